/**
 * Settles a file that cannot be downloaded. An export may have taken hours to prepare, and one file is no reason to
 * throw it away. When the server no longer has the file at its URL, the manifest is read again, once, since it may
 * name another. After that the file is given up, and the others go on. The watermark is held, so that its resources
 * are asked for again. When no file of the export can be downloaded, the run fails.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import { advanceInTx } from '../run/advance.ts';
import { logExport } from '../run/export-log.ts';
import { failRunInTx } from '../run/fail-run.ts';
import { askForManifest } from '../run/manifest.ts';
import { FILE_LOST, recordFileFailureInTx } from '../run/missing-parts.ts';
import { countInTx, notice } from '../run/notices.ts';
import { type StagedFiles, storeFilesInTx } from '../run/staged-files.ts';
import type { Deps } from '../step/deps.ts';
import { describeError } from '../step/describe-error.ts';
import { SyncError } from '../step/errors.ts';
import { MAX_ATTEMPTS, type StepContext } from '../step/handler.ts';
import type { Run } from '../step/run.ts';

export interface LostFile {
  readonly file_id: number;
  readonly run_id: number;
  readonly file_no: number;
  readonly kind: string;
  readonly refreshed_at: Date | null;
}

/** Statuses by which servers and their stores (400: Google's) say that a URL has expired or a file has gone. */
const GONE = [400, 403, 404, 410];

/** Whether an error is about this one file and will not pass: not the network, the credentials, the program. */
export function isLost(error: unknown, attempt: number): error is SyncError {
  if (!(error instanceof SyncError) || error.about !== 'file') return false;
  return error.sort === 'give-up' || attempt + 1 >= MAX_ATTEMPTS;
}

export async function settleLostFile(
  deps: Deps,
  step: StepContext<'download'>,
  run: Run,
  connection: Connection,
  file: LostFile,
  error: SyncError,
): Promise<void> {
  const { clock, queue } = deps;
  logExport(deps, run, 'download_error', { file_no: file.file_no, code: error.code, status: error.status });
  const { stack } = describeError(error);
  deps.log.warn(
    { run_id: run.run_id, file_id: file.file_id, code: error.code, stack },
    'a file cannot be downloaded',
  );
  const mayBeRenewed = error.status !== undefined && GONE.includes(error.status) && !file.refreshed_at;
  const renewed = mayBeRenewed ? await readManifestAgain(deps, run, connection) : undefined;
  await step.commit(async (tx) => {
    if (renewed) {
      await storeFilesInTx(tx, run, renewed);
      await tx`update export_file set refreshed_at = ${clock()} where file_id = ${file.file_id}`;
      return queue.sendInTx(tx, 'download', { run_id: run.run_id, file_id: file.file_id });
    }
    const given = await tx`
      update export_file set state = 'failed', finished_at = ${clock()}, error_code = ${error.code},
        error_message = ${error.message}
      where file_id = ${file.file_id} and state = 'queued' returning file_id`;
    if (given.length === 0) return;
    if (!(await anyReadableInTx(tx, run))) {
      return failRunInTx(tx, deps, run.run_id, 'download', describeError(error));
    }
    await recordFileFailureInTx(tx, file.file_id, FILE_LOST, error.code);
    await countInTx(tx, run.run_id, clock(), notice(FILE_LOST));
    await advanceInTx(tx, queue, { run_id: run.run_id, limits: connection.config.limits }, clock());
  });
}

/** undefined when the server does not give a complete manifest any more. */
async function readManifestAgain(
  deps: Deps,
  run: Run,
  connection: Connection,
): Promise<StagedFiles | undefined> {
  if (!run.status_url) return undefined;
  try {
    const { waiting, pages, files } = await askForManifest(deps, connection, run, run.status_url);
    return waiting && pages.length === 0 ? undefined : files;
  } catch (error) {
    if (error instanceof SyncError && error.sort === 'give-up') return undefined;
    throw error;
  }
}

/** Whether some file with data is here or may still come. */
async function anyReadableInTx(tx: Tx, run: Run): Promise<boolean> {
  const rows = await tx`
    select 1 from export_file
    where run_id = ${run.run_id} and (kind = 'output' and state <> 'failed' or kind = 'members') limit 1`;
  return rows.length > 0;
}
