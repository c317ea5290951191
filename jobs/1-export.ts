/**
 * Step 1: asks the server for an export and stores where its status is.
 *
 * A kick-off is not idempotent, and some servers grant one a day: the intent is recorded before the request leaves.
 * A worker that dies between the request and the commit leaves a run with an intent and no status URL; the step then
 * fails the run rather than asking blindly again. Refusals that say "later" (429, 503) are answers: no job was made.
 */
import { readConnection } from './connection.ts';
import { giveUp, SyncError } from './errors.ts';
import { sendAuthorised } from './fhir/authorised.ts';
import { kickOffRequest, readKickOff } from './fhir/kick-off.ts';
import { readRun } from './run.ts';
import type { Handler } from './step.ts';

export const exportStep: Handler<'export'> = async (deps, step) => {
  const { sql, clock, queue, tokens, log } = deps;
  const run = await readRun(sql, step.payload.run_id);
  if (run?.status !== 'pending' && run?.status !== 'exporting') return step.commit(async () => {});
  if (run.status_url) return step.commit((tx) => queue.sendInTx(tx, 'poll', { run_id: run.run_id }));

  const connection = await readConnection(sql, run.connection_id);
  if (run.kick_off_started_at) {
    throw giveUp(
      'kick-off-outcome-unknown',
      `The kick-off of ${run.kick_off_started_at.toISOString()} was sent, but its answer never arrived here, so the server may be ` +
        'preparing an export that we cannot find. Check with the server (some allow one export a day), then start the sync again.',
    );
  }
  // Some servers grant one export a day: it is not asked for while nothing of it could be mapped.
  await deps.resolver.state(sql);
  const source = tokens.of(connection);
  const { notGranted } = await source.get();
  if (notGranted.length > 0) {
    log.warn(
      { run_id: run.run_id, not_granted: notGranted },
      'the server granted fewer scopes than were asked for; their types will be missing',
    );
  }
  const request = kickOffRequest(connection, overlapped(run.since, connection.config.since_overlap_seconds));
  await step.checkpoint(async (tx) => {
    await tx`update run set status = 'exporting', started_at = coalesce(started_at, ${clock()}), kick_off_started_at = ${clock()}
      where run_id = ${run.run_id} and status in ('pending', 'exporting')`;
  });
  const statusUrl = await answered(deps, run.run_id, async () =>
    readKickOff(
      await sendAuthorised(connection, source, request.url, request, { timeoutMs: 120_000 }),
      request,
      clock(),
    ),
  );
  await step.commit(async (tx) => {
    const live = await tx`update run set status_url = ${statusUrl}, next_poll_at = ${clock()}
      where run_id = ${run.run_id} and status = 'exporting' returning run_id`;
    if (live.length > 0) await queue.sendInTx(tx, 'poll', { run_id: run.run_id });
  });
};

/**
 * A refusal is an answer, and a request that never left can have made nothing: no job exists, so the intent is taken
 * back and the step may be repeated.
 */
async function answered<T>(
  deps: Parameters<typeof exportStep>[0],
  runId: number,
  request: () => Promise<T>,
): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const known = error instanceof SyncError ? error : undefined;
    if (known?.status !== undefined || known?.code === 'network-unreachable') {
      const wait = known.sort === 'retry' ? known.retryAfterSeconds : undefined;
      const at = wait === undefined ? null : new Date(deps.clock().getTime() + wait * 1000);
      await deps.sql`update run set kick_off_started_at = null, next_poll_at = ${at} where run_id = ${runId}`;
    }
    throw error;
  }
}

/** The watermark verbatim, unless the connection wants an overlap. */
function overlapped(since: string | null, seconds: number): string | null {
  if (!since || seconds === 0) return since;
  const time = Date.parse(since);
  return Number.isNaN(time) ? since : new Date(time - seconds * 1000).toISOString();
}
