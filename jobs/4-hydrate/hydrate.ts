/**
 * Step "hydrate", between map and settle: asks the server for what its export refers to and left out. A batch is a job:
 * first the questions, then one commit with the answers (lines of chunks, which are mapped as any others, and what did
 * not come) and the next batch. A batch that is begun by two jobs at once is committed by one of them.
 *
 * What the server does not answer is tried again as other steps are, and then left to the next sync: what refers to it
 * is remembered (waiting, open_link), whatever the watermark is. So a run does not fail for it.
 */
import type { Tx } from '../../sql/connect.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import { throttledSeconds } from '../connection/pace.ts';
import { advanceInTx } from '../run/advance.ts';
import { checkAsking } from '../run/check-age.ts';
import { noteRetryInTx } from '../run/retries.ts';
import type { Deps } from '../step/deps.ts';
import { SyncError } from '../step/errors.ts';
import { BRIEF_ATTEMPTS, type Handler, MAX_ATTEMPTS, type StepContext } from '../step/handler.ts';
import { isLive, type Run, readRun } from '../step/run.ts';
import type { Asked } from './answer.ts';
import { askAll, type Heard } from './ask.ts';
import { locate } from './attachments.ts';
import { countAnswersInTx, giveUpInTx, writeAnswersInTx } from './write-answers.ts';

/** Questions per commit. */
const BATCH = 200;
/** At a slow server a batch ends after this long with what it has. */
const LONGEST_MS = 60_000;

export const hydrateStep: Handler<'hydrate'> = async (deps, step) => {
  const { sql } = deps;
  const run = await readRun(sql, step.payload.run_id);
  if (!run || !isLive(run) || !run.hydrating || run.hydration_batch !== step.payload.batch) {
    return step.commit(async () => {});
  }
  const connection = await readConnection(sql, run.connection_id);
  checkAsking(run, connection, deps.clock());
  try {
    await deps.disk?.check();
  } catch (error) {
    if (!(error instanceof SyncError) || error.code !== 'disk-low') throw error;
    return step.commit((tx) => laterInTx(tx, deps, step, error, error.retryAfterSeconds ?? 60));
  }
  const wanted = await locate(deps, connection, await nextBatch(deps, run));
  const heard = await askAll(await askerOf(deps, step, run, connection), wanted);
  const failed = heard.answers.flatMap((one) => (one.state === 'unavailable' ? [one.error] : []));
  const [error] = failed;
  const isStuck = error !== undefined && failed.length === heard.answers.length && !heard.throttled;
  const givesUp = isStuck && (step.payload.attempt ?? 0) + 1 >= (await mostTries(deps, run, error));
  if (isStuck && !givesUp) throw error;
  await step.commit(async (tx) => {
    if (!(await claimInTx(tx, run))) return;
    const now = deps.clock();
    await writeAnswersInTx(tx, deps, run, connection, heard);
    if (givesUp) await giveUpInTx(tx, run, now);
    await goOnInTx(tx, deps, step, run, connection, heard);
    await countAnswersInTx(tx, run);
    await advanceInTx(tx, deps.queue, { run_id: run.run_id, limits: connection.config.limits }, now);
  });
};

/** Those that were asked for in vain come last, so that they hold back nobody. */
async function nextBatch({ sql }: Deps, run: Run): Promise<Asked[]> {
  return await sql<Asked[]>`
    select resource_type as type, fhir_id as id from hydration_request
    where connection_id = ${run.connection_id} and state = 'wanted' and run_id = ${run.run_id}
    order by tries, resource_type, fhir_id limit ${BATCH}`;
}

async function askerOf(deps: Deps, step: StepContext<'hydrate'>, run: Run, connection: Connection) {
  const { connection_id } = connection;
  const searches = await deps.sql<{ type: string; works: boolean }[]>`
    select resource_type as type, works from hydration_search where connection_id = ${connection_id}`;
  const told = await deps.sql<{ type: string }[]>`
    select distinct resource_type as type from hydration_request
    where connection_id = ${connection_id} and run_id = ${run.run_id} and state in ('found', 'not-found')`;
  const until = performance.now() + LONGEST_MS;
  return {
    ...{ deps, connection, signal: step.stopping, parallel: connection.config.limits.parallel_reads },
    searches: new Map(searches.map(({ type, works }) => [type, works])),
    told: new Set(told.map(({ type }) => type)),
    mayGoOn: () => !step.shouldYield() && performance.now() < until,
  };
}

/** A server that answered others of this run will hardly change its mind about these. */
async function mostTries({ sql }: Deps, run: Run, error: SyncError): Promise<number> {
  // More tries than the step has would fail the run.
  if (error.sort === 'retry-briefly') return BRIEF_ATTEMPTS;
  const [answered] = await sql`
    select 1 from hydration_request
    where connection_id = ${run.connection_id} and run_id = ${run.run_id}
      and state in ('found', 'not-found', 'refused') limit 1`;
  return answered ? BRIEF_ATTEMPTS : MAX_ATTEMPTS;
}

/** False when another job has committed this batch. */
async function claimInTx(tx: Tx, run: Run): Promise<boolean> {
  const [now] = await tx<{ hydrating: boolean; batch: number }[]>`
    select hydrating, hydration_batch as batch from run where run_id = ${run.run_id} for no key update`;
  return now?.hydrating === true && now.batch === run.hydration_batch;
}

/** The next batch, where something is left; else the round is over. */
async function goOnInTx(
  tx: Tx,
  deps: Deps,
  step: StepContext<'hydrate'>,
  run: Run,
  connection: Connection,
  { throttled }: Heard,
): Promise<void> {
  const [left] = await tx`
    select 1 from hydration_request
    where connection_id = ${run.connection_id} and state = 'wanted' and run_id = ${run.run_id} limit 1`;
  if (!left) {
    await tx`update run set hydrating = false where run_id = ${run.run_id}`;
    return;
  }
  const batch = run.hydration_batch + 1;
  await tx`update run set hydration_batch = ${batch} where run_id = ${run.run_id}`;
  const next = { ...step, payload: { run_id: run.run_id, batch } };
  if (!throttled) return deps.queue.sendInTx(tx, 'hydrate', next.payload);
  await laterInTx(tx, deps, next, throttled, throttledSeconds(connection, throttled.retryAfterSeconds));
}

/** Which does not count as a try; the run says why. */
async function laterInTx(
  tx: Tx,
  { queue, clock }: Deps,
  { payload }: Pick<StepContext<'hydrate'>, 'payload'>,
  error: SyncError,
  seconds: number,
): Promise<void> {
  const attempt = (payload.attempt ?? 0) + 1;
  await noteRetryInTx(tx, payload, { step: 'hydrate', attempt, error, failed_at: clock(), seconds });
  await queue.sendInTx(tx, 'hydrate', payload, { startAfter: seconds });
}
