/** What goes on around a step that it does not know of: to whom its log lines belong, how long it took, its trace. */
import { performance } from 'node:perf_hooks';
import type { Sql } from '../sql/connect.ts';
import { idIn } from './run/retries.ts';
import type { Deps } from './step/deps.ts';
import { describeError } from './step/describe-error.ts';
import type { StepName } from './step/queue.ts';
import type { EndedRun, Traces } from './step/traces.ts';
import { doUnderWay, type UnderWay } from './step/under-way.ts';

/** lost: the job was given to another worker, which says how it ended. */
export type Outcome = 'done' | 'retry' | 'failed' | 'lost';

export async function watched(
  deps: Deps,
  step: StepName,
  payload: object,
  work: () => Promise<Outcome>,
): Promise<void> {
  const { meters, traces } = deps;
  const run_id = idIn(payload, 'run_id');
  const connection_id = await connectionOf(deps.sql, run_id, idIn(payload, 'connection_id'));
  const what: UnderWay = { step, run_id, connection_id };
  let outcome: Outcome = 'failed';
  const since = performance.now();
  const body = async () => {
    outcome = await work();
  };
  try {
    await doUnderWay(what, () => (traces ? traces.step(what, body, () => outcome) : body()));
  } finally {
    meters?.observe({ name: 'step', label: step, outcome }, (performance.now() - since) / 1000);
  }
  if (traces && run_id !== undefined && mayEnd(step, outcome)) {
    // The step has ended, and what its trace lacks is no reason to call it failed.
    await traceRun(deps.sql, traces, step, run_id).catch((error: unknown) =>
      deps.log.warn({ code: describeError(error).code }, 'the trace of a run lacks the run itself'),
    );
  }
}

async function traceRun(sql: Sql, traces: Traces, step: StepName, runId: number): Promise<void> {
  const ended = await endedRun(sql, runId);
  // After an export is released its run has ended before, unless that was what cancelling it left to do.
  if (ended && (step !== 'release' || ended.status === 'cancelled')) traces.run(ended);
}

/** The last step of a run that is completed, the one that fails it, and what follows a cancellation. */
const mayEnd = (step: StepName, outcome: Outcome): boolean =>
  outcome === 'failed' || (outcome === 'done' && (step === 'close' || step === 'release'));

async function endedRun(sql: Sql, runId: number): Promise<EndedRun | undefined> {
  const [run] = await sql<EndedRun[]>`
    select run_id, connection_id, kind, status, error_code, created_at, finished_at from run
    where run_id = ${runId} and finished_at is not null`;
  return run;
}

/** Runs never change their connection, so each is asked for once. Several databases may be open in one process. */
const known = new WeakMap<Sql, Map<number, number>>();
const REMEMBERED = 1000;

async function connectionOf(
  sql: Sql,
  runId: number | undefined,
  given: number | undefined,
): Promise<number | undefined> {
  if (given !== undefined || runId === undefined) return given;
  const runs = known.get(sql) ?? new Map<number, number>();
  known.set(sql, runs);
  const before = runs.get(runId);
  if (before !== undefined) return before;
  // The step itself tells of a database that does not answer.
  const [run] = await sql<{ connection_id: number }[]>`
    select connection_id from run where run_id = ${runId}`.catch(() => []);
  if (!run) return undefined;
  const [oldest] = runs.keys();
  if (runs.size >= REMEMBERED && oldest !== undefined) runs.delete(oldest);
  runs.set(runId, run.connection_id);
  return run.connection_id;
}
