/**
 * Step 2: makes one status request and goes back to the queue for as long as the server asks, within the
 * connection's bounds. So an export may take days and any number of restarts; `next_poll_at` says when we ask again.
 * The manifest, all its pages, is stored before anything is downloaded; of a partial one, what it lists so far is
 * downloaded meanwhile, and mapped when the rest is known (the order of the types needs all of them).
 */

import { type Connection, readConnection } from '../connection/connection.ts';
import { advanceInTx } from '../run/advance.ts';
import { checkAge } from '../run/check-age.ts';
import { logExport } from '../run/export-log.ts';
import { askForManifest, earliest } from '../run/manifest.ts';
import { dropStaged, storeFilesInTx } from '../run/staged-files.ts';
import type { Handler } from '../step/handler.ts';
import { readRun } from '../step/run.ts';
import { recordGapsInTx } from './manifest-gaps.ts';

export const pollStep: Handler<'poll'> = async (deps, step) => {
  const { sql, clock, queue } = deps;
  const run = await readRun(sql, step.payload.run_id);
  if (!run?.status_url || run.manifest_at || !['exporting', 'downloading'].includes(run.status)) {
    return step.commit(async () => {});
  }
  const connection = await readConnection(sql, run.connection_id);
  checkAge(run, connection, clock());
  const answer = await askForManifest(deps, connection, run, run.status_url);
  const { waiting, pages, files, counts, withoutUrl } = answer;
  const first = earliest(pages);

  if (waiting) {
    const seconds = pollDelay(connection, run.polls, waiting.retryAfterSeconds);
    const at = new Date(clock().getTime() + seconds * 1000);
    logExport(deps, run, 'status_progress', { next_poll_at: at.toISOString(), files: files.amount });
    return step.commit(async (tx) => {
      const live = await tx`
        update run set polls = polls + 1, next_poll_at = ${at},
          export_progress = coalesce(${waiting.progress ?? null}, export_progress),
          status = case when ${files.amount > 0} then 'downloading' else status end,
          requires_token = coalesce(${first?.requiresAccessToken ?? null}, requires_token)
        where run_id = ${run.run_id} and status in ('exporting', 'downloading') and manifest_at is null
        returning run_id`;
      if (live.length === 0) return dropStaged(tx, files);
      await queue.sendInTx(tx, 'poll', { run_id: run.run_id }, { startAfter: seconds });
      if (files.amount === 0) return;
      await storeFilesInTx(tx, run, files);
      await advanceInTx(tx, queue, { run_id: run.run_id, limits: connection.config.limits }, clock());
    });
  }
  logExport(deps, run, 'status_complete', { transactionTime: first?.transactionTime });
  logExport(deps, run, 'manifest_complete', {
    pages: pages.length,
    totalOutputFileCount: counts.output + counts.members,
    totalDeletedFileCount: counts.deleted,
    totalErrorFileCount: counts.error,
  });
  await step.commit(async (tx) => {
    const live = await tx`
      update run set status = 'downloading', transaction_time = ${first?.transactionTime ?? null},
        requires_token = ${first?.requiresAccessToken ?? null}, manifest_at = ${clock()}, next_poll_at = null,
        export_progress = null
      where run_id = ${run.run_id} and status in ('exporting', 'downloading') and manifest_at is null
      returning run_id`;
    if (live.length === 0) return dropStaged(tx, files);
    await storeFilesInTx(tx, run, files);
    await recordGapsInTx(tx, run, { pages, withoutUrl }, clock());
    await advanceInTx(tx, queue, { run_id: run.run_id, limits: connection.config.limits }, clock());
  });
};

/** The server's wish within the connection's bounds; without one, growing delays that begin short. */
export function pollDelay(
  connection: Connection,
  polls: number,
  retryAfterSeconds: number | undefined,
): number {
  const { poll_min_seconds, poll_max_seconds } = connection.config.limits;
  const wished = retryAfterSeconds ?? Math.min(1.5 ** Math.min(polls, 20), 120);
  return Math.min(poll_max_seconds, Math.max(poll_min_seconds, wished));
}
