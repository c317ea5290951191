/**
 * Takes a failed run up again from its checkpoint: files that are here are not fetched again, chunks that are mapped
 * are not mapped again, searches go on at their page. Only the last run of a connection: a later one has moved on.
 */

import type { Tx } from '../../sql/connect.ts';
import { readConnection } from '../connection/connection.ts';
import { beginReadingInTx } from '../import/sources.ts';
import { advanceInTx } from '../run/advance.ts';
import { FILE_LOST, SEARCH_LOST } from '../run/missing-parts.ts';
import { clearRetriesInTx } from '../run/retries.ts';
import { reopenSearchesInTx } from '../run/searches.ts';
import { refuseBesideOthersInTx } from '../run/start-run.ts';
import type { Clock } from '../step/clock.ts';
import { syncError } from '../step/errors.ts';
import type { Queue } from '../step/queue.ts';
import type { RunKind } from '../step/run.ts';
import { isOperation, sendFirstStepInTx } from './start-operation.ts';

export type RetriedAs = 'pending' | 'exporting' | 'downloading' | 'processing';

export async function retryRunInTx(
  tx: Tx,
  deps: { readonly queue: Queue; readonly clock: Clock },
  run: { readonly connection_id: number; readonly run_id: number },
): Promise<RetriedAs> {
  const [found] = await tx<
    {
      status: string;
      kind: RunKind;
      status_url: string | null;
      manifest_at: Date | null;
      crawls: boolean;
      last: number;
    }[]
  >`
      select status, kind, status_url, manifest_at, crawls,
        (select max(run_id) from run l
         where l.connection_id = ${run.connection_id} and (l.kind = 'patient') = (run.kind = 'patient')) as last
      from run where run_id = ${run.run_id} and connection_id = ${run.connection_id} for update`;
  if (!found) throw syncError('run-not-found', { connection_id: run.connection_id, run_id: run.run_id });
  // To cancel a sync by searches is to pause it: nothing at the server expires meanwhile.
  const isPaused = found.status === 'cancelled' && found.crawls;
  if (found.status !== 'failed' && !isPaused) {
    throw notFailed({ run_id: run.run_id, ...found });
  }
  if (found.last !== run.run_id) {
    throw syncError('run-not-last', { last: found.last, run_id: run.run_id });
  }
  await refuseBesideOthersInTx(tx, { connection_id: run.connection_id, kind: found.kind });
  if (isOperation(found.kind)) {
    await reopen(tx, run.run_id, 'processing', deps.clock());
    await tx`update run set closing_at = ${deps.clock()} where run_id = ${run.run_id}`;
    await sendFirstStepInTx(tx, deps.queue, found.kind, run.run_id);
    return 'processing';
  }
  if (found.kind === 'import' && !found.manifest_at) {
    await reopen(tx, run.run_id, 'downloading', deps.clock());
    await beginReadingInTx(tx, deps.queue, run.run_id);
    return 'downloading';
  }
  const status = found.manifest_at ? 'downloading' : found.status_url ? 'exporting' : 'pending';
  await reopen(tx, run.run_id, status, deps.clock());
  await tx`
      update export_file set state = 'pending', refreshed_at = null, short_reads = 0, error_code = null, error_message = null
      where run_id = ${run.run_id} and state in ('queued', 'failed')
        and not exists (select from crawl where run_id = ${run.run_id})`;
  await reopenSearchesInTx(tx, run.run_id);
  // Given up before, had now: what was recorded of such a file holds no longer.
  await tx`
      update failure set resolved_at = ${deps.clock()}
      where run_id = ${run.run_id} and reason in (${FILE_LOST}, ${SEARCH_LOST}) and resolved_at is null`;
  await tx`update chunk set state = 'waiting' where run_id = ${run.run_id} and state = 'queued'`;
  if (status === 'pending') await deps.queue.sendInTx(tx, 'export', { run_id: run.run_id });
  else if (status === 'exporting') await deps.queue.sendInTx(tx, 'poll', { run_id: run.run_id });
  else {
    const { limits } = (await readConnection(tx, run.connection_id)).config;
    await advanceInTx(tx, deps.queue, { run_id: run.run_id, limits }, deps.clock());
  }
  return status;
}

/** What to do instead depends on how it is. */
function notFailed(run: { readonly run_id: number; readonly status: string; readonly kind: string }) {
  const { run_id, status, kind } = run;
  const ended = status === 'completed' || status === 'cancelled';
  const code = ended ? 'run-not-failed' : kind === 'import' ? 'import-still-live' : 'run-still-live';
  return syncError(code, { run_id, status });
}

export interface LastRun {
  readonly kind: string;
  readonly error_code: string | null;
}

/** Whether a failed run can go on from its checkpoint, once the cause is mended. The server has forgotten some. */
export function waysOn({ error_code }: LastRun): 'retry' | 'new-sync' {
  return error_code === 'export-gone' ? 'new-sync' : 'retry';
}

/** The person who retries has seen the error, also that a kick-off may have been lost: it may be sent again. */
async function reopen(tx: Tx, runId: number, status: RetriedAs, now: Date): Promise<void> {
  await clearRetriesInTx(tx, runId);
  await tx`
    update run set status = ${status}, finished_at = null, closing_at = null,
      hydrating = false, hydration_round = 0, retried_at = ${now},
      kick_off_started_at = case when ${status} = 'pending' then null else kick_off_started_at end,
      error_step = null, error_code = null, error_message = null,
      records_extracted = null, records_redriven = null, records_unchanged = null, records_loaded = null,
      records_excluded = null, records_failed = null, records_parked = null, records_mapped = null,
      rows_written = null, rows_deleted = null, records_removed = null, held_by = '{}'
    where run_id = ${runId}`;
}
