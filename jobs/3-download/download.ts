/**
 * Step 3: reads one file and commits it chunk by chunk. Each commit holds the chunk, the file's offset and, when its
 * phase is open, the chunk's map job: that is the checkpoint. After a break the file is continued at the last
 * committed byte by Range, or read again from its beginning; what is known already is then compared by hash and let
 * go. A file that changed underneath, or proves damaged, starts anew. One that seems to end early is read once more.
 */
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tx } from '../../sql/connect.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import { throttledSeconds } from '../connection/pace.ts';
import { type OpenFile, openLocalFile, openRemoteFile } from '../fhir/file.ts';
import { checkAge } from '../run/check-age.ts';
import { noteInTx, noticeOf } from '../run/notices.ts';
import { noteRetryInTx } from '../run/retries.ts';
import type { Deps } from '../step/deps.ts';
import { SyncError, syncError } from '../step/errors.ts';
import type { Handler, StepContext } from '../step/handler.ts';
import { type Run, readRun } from '../step/run.ts';
import { MAX_RESTARTS, restartInTx, skipKnown } from './continue.ts';
import { readFile } from './export-file.ts';
import { isLost, settleLostFile } from './lost-file.ts';
import { type Download, receive } from './receive.ts';
import { takeBackInTx } from './take-back.ts';

export const downloadStep: Handler<'download'> = async (deps, step) => {
  const { sql } = deps;
  const run = await readRun(sql, step.payload.run_id);
  const file = await readFile(deps, step.payload.file_id);
  if (!run || !file || file.state !== 'queued' || !['downloading', 'processing'].includes(run.status)) {
    return step.commit(async () => {});
  }
  const connection = await readConnection(sql, run.connection_id);
  try {
    await readWhole({ deps, step, run, connection, file });
  } catch (error) {
    // We called it off ourselves, which does not count as a try. Another worker goes on at the checkpoint.
    if (step.stopping?.aborted && error instanceof SyncError) {
      return step.commit((tx) => deps.queue.sendInTx(tx, 'download', step.payload));
    }
    const damaged = error instanceof SyncError && error.code === 'file-damaged';
    if (damaged) await step.checkpoint((tx) => takeBackInTx(tx, file));
    if (error instanceof SyncError && error.code === 'disk-low') return waitForDisk(deps, step, run, error);
    // Files on disk are for a person to put right: there the run stops, and goes on when it is started again.
    if (run.kind === 'import') throw damaged ? damagedOnDisk(file, error) : error;
    if (error instanceof SyncError && error.code === 'file-throttled') {
      return waitForServer(deps, step, run, connection, error);
    }
    // A worker that hands itself on after each chunk begins to count anew.
    const oftenEnough = damaged && file.restarts >= MAX_RESTARTS;
    if (!oftenEnough && !isLost(error, step.payload.attempt ?? 0)) throw error;
    await settleLostFile(deps, step, run, connection, file, error);
  }
};

/** No server is to blame. */
function damagedOnDisk({ url }: Download['file'], cause: SyncError): SyncError {
  return syncError('import-file-damaged', { file: basename(fileURLToPath(url)) }, { cause });
}

async function readWhole(download: Download): Promise<void> {
  const { deps, step, connection, file } = download;
  await deps.disk?.check();
  const opened = await open(download);
  try {
    const { max_line_bytes } = connection.config.limits;
    const isFromBeginning = opened.from < file.bytes_done;
    if (isFromBeginning && !(await skipKnown(deps.sql, file, opened.bytes, max_line_bytes))) {
      return await step.commit(async (tx) => {
        await restartInTx(tx, file);
        await deps.queue.sendInTx(tx, 'download', { run_id: file.run_id, file_id: file.file_id });
      });
    }
    await receive(download, opened);
  } finally {
    opened.bytes.destroy();
  }
}

async function open({ deps, step, run, connection, file }: Download): Promise<OpenFile> {
  if (run.kind === 'import') return openLocalFile(file.url);
  const request = {
    url: file.url,
    from: file.bytes_done,
    etag: file.etag,
    requiresToken: run.requires_token,
    signal: step.stopping,
  };
  return openRemoteFile(deps, connection, deps.tokens.of(connection), request);
}

/** 429 is no fault of the file: it is asked for again as often as it takes, within the time that an export may take. */
async function waitForServer(
  deps: Deps,
  step: StepContext<'download'>,
  run: Run,
  connection: Connection,
  error: SyncError,
): Promise<void> {
  checkAge(run, connection, deps.clock());
  const seconds = throttledSeconds(connection, error.retryAfterSeconds);
  await step.commit((tx) => againInTx(tx, deps, step, error, seconds));
}

/** It waits however long it takes: what is here stays, and neither this file nor the run is to blame. */
async function waitForDisk(
  deps: Deps,
  step: StepContext<'download'>,
  run: Run,
  error: SyncError,
): Promise<void> {
  const { code, message, retryAfterSeconds = 60 } = error;
  deps.log.warn({ step: 'download', run_id: run.run_id, file_id: step.payload.file_id, code }, message);
  await step.commit(async (tx) => {
    await noteInTx(tx, run.run_id, deps.clock(), noticeOf('disk-low', error));
    await againInTx(tx, deps, step, error, retryAfterSeconds);
  });
}

/** Asks for the file again later, which does not count as a try; the run says why. */
async function againInTx(
  tx: Tx,
  { queue, clock }: Deps,
  { payload }: StepContext<'download'>,
  error: SyncError,
  seconds: number,
): Promise<void> {
  const attempt = (payload.attempt ?? 0) + 1;
  await noteRetryInTx(tx, payload, { step: 'download', attempt, error, failed_at: clock(), seconds });
  await queue.sendInTx(tx, 'download', payload, { startAfter: seconds });
}
