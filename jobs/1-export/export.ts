/**
 * Step 1: asks the server for an export and stores where its status is.
 *
 * A kick-off is not idempotent, and some servers grant one a day: the intent is recorded before the request leaves.
 * A worker that dies between the request and the commit leaves a run with an intent and no status URL; the step then
 * fails the run rather than asking blindly again. Refusals that say "later" (429, 503) are answers: no job was made.
 *
 * One delivery at a time asks. A second one comes when a worker that lives is taken for dead. It waits for the first
 * and finds what that was told: the answer is stored as soon as it is there, whoever has the job by then. When a
 * worker dies, its connection ends, and its lock with it.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import { storedStatusUrl } from '../connection/sealed-data.ts';
import { keepServerTextInTx } from '../connection/server-text.ts';
import { exportLevel } from '../connection/sync-config.ts';
import { sendAuthorised } from '../fhir/authorised.ts';
import { askBulkDataVersion } from '../fhir/bulk-data-version.ts';
import { type KickOff, kickOffRequest, readKickOff, type Wish } from '../fhir/kick-off.ts';
import { neverLeft } from '../outbound/outbound.ts';
import { logExport } from '../run/export-log.ts';
import { newcomersOf, withoutPartInTx } from '../run/group-membership.ts';
import type { Deps } from '../step/deps.ts';
import { SyncError, syncError } from '../step/errors.ts';
import { BRIEF_ATTEMPTS, type Handler } from '../step/handler.ts';
import { type Run, readRun } from '../step/run.ts';
import { beginCrawl } from './begin-crawl.ts';
import { settleScopes } from './granted-scopes.ts';
import { releaseAbandoned, releaseFinished } from './release-export.ts';

export const exportStep: Handler<'export'> = (deps, step) =>
  oneAtATime(deps.sql, step.payload.run_id, () => askForExport(deps, step));

async function oneAtATime(sql: Sql, runId: number, work: () => Promise<void>): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended(${`kick-off ${runId}`}, 0))`;
    await work();
  });
}

const askForExport: Handler<'export'> = async (deps, step) => {
  const { sql, clock, queue, tokens } = deps;
  const run = await readRun(sql, step.payload.run_id);
  if (run?.status !== 'pending' && run?.status !== 'exporting') return step.commit(async () => {});
  if (run.status_url) return step.commit((tx) => queue.sendInTx(tx, 'poll', { run_id: run.run_id }));

  const connection = await readConnection(sql, run.connection_id);
  if (run.kind === 'patient' || exportLevel(connection) === 'search')
    return beginCrawl(deps, step, run, connection);
  if (run.kick_off_started_at) {
    throw syncError('kick-off-outcome-unknown', {
      found: `it left at ${run.kick_off_started_at.toISOString()}`,
    });
  }
  // Some servers grant one export a day: it is not asked for while nothing of it could be mapped.
  await deps.resolver.state(sql);
  await releaseFinished(deps, connection, run.run_id);
  await releaseAbandoned(deps, connection, run);
  const source = tokens.of(connection);
  const { since } = await settleScopes(deps, connection, run, (await source.get()).notGranted);
  const wish = await wishOf(deps, connection, { ...run, since });
  const request = kickOffRequest(connection, wish);
  await step.checkpoint(async (tx) => {
    await tx`update run set status = 'exporting', started_at = coalesce(started_at, ${clock()}), kick_off_started_at = ${clock()}
      where run_id = ${run.run_id} and status in ('pending', 'exporting')`;
  });
  const send = async (asked: KickOff) =>
    readKickOff(
      await sendAuthorised(connection, source, asked.url, asked, {
        ...{ outbound: deps.outbound, what: 'The export operation', timeoutMs: 120_000, onlyOnce: true },
      }),
      asked,
      clock(),
    );
  let statusUrl: string;
  try {
    statusUrl = await answered(deps, run.run_id, async () => {
      try {
        return await send(request);
      } catch (error) {
        // 405 is an answer: nothing was made, and the same may be asked for in the other way.
        const other = error instanceof SyncError && error.status === 405 && request.method === 'GET';
        if (!other || connection.config.kick_off_method) throw error;
        return await send(kickOffRequest(connection, { ...wish, post: true }));
      }
    });
  } catch (error) {
    const refused = refusalOf(error, step.payload.attempt ?? 0);
    if (run.part === 'main' || refused === undefined || refused === 401 || refused === 403) throw error;
    return step.commit(async (tx) => {
      await keepRefusalInTx(tx, deps, run, error);
      await withoutPartInTx(tx, queue, run, clock(), refused);
    });
  }
  logExport(deps, run, 'kickoff', {
    exportMethod: request.method,
    mode: run.part === 'main' ? (since ? 'incremental' : 'full') : run.part,
    types: connection.export_resource_types,
  });
  const live = await sql`
    update run set status_url = ${await storedStatusUrl(deps.keyring, run.run_id, statusUrl)}, next_poll_at = ${clock()}
    where run_id = ${run.run_id} and status = 'exporting' returning run_id`;
  await step.commit(async (tx) => {
    if (live.length > 0) await queue.sendInTx(tx, 'poll', { run_id: run.run_id });
  });
};

/** The run goes on without that part, so nothing else would keep the server's words. */
async function keepRefusalInTx(tx: Tx, deps: Deps, { run_id }: Run, error: unknown): Promise<void> {
  const text = error instanceof SyncError ? error.saidByServer() : undefined;
  if (!(error instanceof SyncError) || text === undefined) return;
  await keepServerTextInTx(tx, { run_id, now: deps.clock() }, [
    { step: 'export', code: error.code, status: error.status ?? null, text },
  ]);
}

/** The status of the refusal, when there is no use in asking again. */
function refusalOf(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof SyncError)) return undefined;
  const spent = error.sort === 'retry-briefly' && attempt + 1 >= BRIEF_ATTEMPTS;
  return error.code === 'kick-off-refused' || spent ? error.status : undefined;
}

/**
 * A refusal is an answer, and a request that never left can have made nothing: no job exists, so the intent is taken
 * back and the step may be repeated.
 */
async function answered<T>(deps: Deps, runId: number, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    const known = error instanceof SyncError ? error : undefined;
    if (known && (known.status !== undefined || neverLeft(known))) {
      const wait = known.sort !== 'give-up' ? known.retryAfterSeconds : undefined;
      const at = wait === undefined ? null : new Date(deps.clock().getTime() + wait * 1000);
      await deps.sql`update run set kick_off_started_at = null, next_poll_at = ${at} where run_id = ${runId}`;
    }
    throw error;
  }
}

/** What this part of the run asks for. */
async function wishOf(deps: Deps, connection: Connection, run: Run): Promise<Wish> {
  const { kick_off_method, bulk_data_version, since_overlap_seconds } = connection.config;
  const known = kick_off_method ?? bulk_data_version;
  const version = known === undefined ? await askBulkDataVersion(deps.outbound, connection) : undefined;
  if (run.part === 'members') return { since: null, members: true, version };
  if (run.part === 'main') return { since: overlapped(run.since, since_overlap_seconds), version };
  const patients = await newcomersOf(deps.sql, run, connection.group_id ?? '');
  return { since: null, patients, version };
}

/** The watermark verbatim, unless the connection wants an overlap. */
function overlapped(since: string | null, seconds: number): string | null {
  if (!since || seconds === 0) return since;
  const time = Date.parse(since);
  return Number.isNaN(time) ? since : new Date(time - seconds * 1000).toISOString();
}
