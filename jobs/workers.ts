/**
 * The workers: pg-boss workers for every step of the pipeline. Each takes one job at a time and looks for the
 * next as soon as it is done. So a backlog is worked off without pauses, and an idle pipeline costs only an
 * occasional query. LISTEN/NOTIFY wakes a worker within milliseconds.
 */

import type { JobWithMetadata } from 'pg-boss';
import { scheduleWatch } from './alerts/watch.ts';
import { PIPELINE } from './pipeline.ts';
import { startUpkeep } from './record/upkeep.ts';
import { failStepInTx } from './run/fail-step.ts';
import { runStep } from './run-step.ts';
import { applySchedules } from './schedule/apply-schedules.ts';
import { scheduleHourly } from './schedule/hourly.ts';
import { syncOnStartup } from './schedule/scheduled-sync.ts';
import { type Deps, ownerOf } from './step/deps.ts';
import { describeError } from './step/describe-error.ts';
import { syncError } from './step/errors.ts';
import type { Handler } from './step/handler.ts';
import { DEAD, type Payload, queueName, STEP_NAMES, STEPS, type StepName } from './step/queue.ts';
import type { Threads } from './threads/pool.ts';
import { warnOfConcepts } from './vocabulary/check-concepts.ts';
import { keepSearch } from './vocabulary/search/keep-search.ts';

export interface Workers {
  /** How many threads it has; 0 when the process runs all steps itself. */
  readonly threads: number;
  /**
   * Takes no new jobs; long steps commit what they have and hand themselves on. Resolves when all jobs are
   * done.
   */
  stop(): Promise<void>;
}

/** A download hands itself on after this long, so that no job outlives its limit. */
const LONGEST_STEP_MS = 20 * 60 * 1000;

/**
 * Polling intervals in seconds. NOTIFY announces jobs that may run at once; deferred ones (Retry-After) are
 * found only by polling.
 */
const DEFERRED: Partial<Record<StepName, number>> = { export: 1, poll: 0.5 };

export interface WorkersOptions {
  /** Jobs at once, of steps that are to differ from STEPS. */
  readonly concurrency?: Partial<Record<StepName, number>> | undefined;
  /** Opens the threads that run the steps that take much CPU; they end with the workers. */
  readonly openThreads?: (() => Threads | undefined) | undefined;
}

export async function startWorkers(
  deps: Deps,
  { concurrency = {}, openThreads }: WorkersOptions = {},
): Promise<Workers> {
  const { boss } = deps.queue;
  await applySchedules(deps);
  await syncOnStartup(deps);
  await warnOfConcepts(deps);
  const search = keepSearch({ sql: ownerOf(deps), clock: deps.clock, log: deps.log });
  await scheduleWatch(deps.queue);
  await scheduleHourly(deps.queue);
  const upkeep = startUpkeep(deps);
  const stopping = new AbortController();
  const threads = openThreads?.();
  for (const name of STEP_NAMES) {
    const alone = concurrency[name] ?? STEPS[name].concurrency;
    for (let n = 0; n < (threads?.atOnce(name, alone) ?? alone); n++) {
      let worker = '';
      worker = await boss.work(
        queueName(name),
        {
          includeMetadata: true,
          pollingIntervalSeconds: DEFERRED[name] ?? 2,
          notifyPollingIntervalSeconds: DEFERRED[name] ?? 5,
          heartbeatRefreshSeconds: 10,
        },
        async ([job]: JobWithMetadata<unknown>[]) => {
          if (!job) return;
          const { id, retryCount, data } = job;
          if (!(await threads?.run({ step: name, job: { id, retryCount, data } })))
            await runInTime(deps, name, job, stopping.signal);
          boss.notifyWorker(worker);
        },
      );
    }
  }
  await boss.work(DEAD, { includeMetadata: true, pollingIntervalSeconds: 5 }, async ([job]) => {
    if (job) await buryJob(deps, job.data);
  });
  return {
    threads: threads?.count ?? 0,
    async stop() {
      stopping.abort();
      threads?.handOn();
      await Promise.all(
        [...STEP_NAMES.map(queueName), DEAD].map((name) => boss.offWork(name, { wait: true })),
      );
      await threads?.stop();
      await search.stop();
      await upkeep.stop();
    },
  };
}

/** Runs a job that is to yield when its worker stops, or has run for long. */
export async function runInTime(
  deps: Deps,
  name: StepName,
  job: { id: string; retryCount: number; data: unknown },
  stopping: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + LONGEST_STEP_MS;
  await runJob(deps, name, job, () => stopping.aborted || Date.now() > deadline, stopping);
}

/** Runs one fetched job of a step. The tick and the tests call it too. */
export async function runJob<S extends StepName>(
  deps: Deps,
  name: S,
  job: { id: string; retryCount: number; data: unknown },
  shouldYield: () => boolean = () => false,
  stopping?: AbortSignal,
): Promise<void> {
  const payload = STEPS[name].payload.parse(job.data) as Payload<S>;
  const handler = PIPELINE[name] as Handler<S>;
  await runStep(
    deps,
    name,
    handler,
    { id: job.id, retryCount: job.retryCount, payload },
    shouldYield,
    stopping,
  );
}

/** Buries a job that has killed its workers again and again: what it belongs to fails as `step-abandoned`. */
export async function buryJob(deps: Deps, data: unknown): Promise<void> {
  const payload = typeof data === 'object' && data !== null ? data : {};
  const described = describeError(syncError('step-abandoned'));
  deps.log.error({ ...payload }, described.message);
  await deps.sql.begin((tx) => failStepInTx(tx, deps, payload, 'dead-letter', described));
}
