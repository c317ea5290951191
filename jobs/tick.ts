/**
 * `npm run tick -- --budget 20s`, and what POST /internal/tick does: runs ready jobs until the budget is used up or
 * none is left, then returns. It is for places where no process may stay, such as a cron job or a serverless function.
 * A tick begins with what long-running processes do beside their jobs: it gives the jobs of dead workers to others and
 * sends the schedules that came due. It ends with the upkeep of the record. Ticks may overlap, and each may die
 * anywhere.
 */
import { pathToFileURL } from 'node:url';
import { readArguments } from '../sql/arguments.ts';
import { environment } from '../sql/environment.ts';
import { noun } from '../sql/noun.ts';
import { endBecause } from './end-because.ts';
import { openEngine } from './engine.ts';
import { applyEnvironment } from './environment-connection.ts';
import { keepRecord } from './record/upkeep.ts';
import { nextDue, sendDueSchedules } from './schedule/due-schedules.ts';
import type { Deps } from './step/deps.ts';
import { DEAD, queueName, STEP_NAMES, type StepName } from './step/queue.ts';
import { buryJob, runJob } from './workers.ts';

/** How often a job that runs in a tick gives a sign of life. */
const HEARTBEAT_MS = 8000;

export interface Ticked {
  readonly jobs: number;
  /** False when the budget ended first. */
  readonly idle: boolean;
}

export interface WholeTick extends Ticked {
  /** When the next tick will have something to do; undefined when only a new sync would give it work. */
  readonly next_at: Date | undefined;
}

/** Runs a whole tick. */
export async function runTick(deps: Deps, until: () => boolean): Promise<WholeTick> {
  await deps.queue.boss.supervise();
  await sendDueSchedules(deps);
  const ticked = await tick(deps, until);
  await keepRecord(deps);
  return { ...ticked, next_at: ticked.idle ? await nextDue(deps) : deps.clock() };
}

/** Runs only the ready jobs, without the rest of a tick. */
export async function tick(
  deps: Deps,
  until: () => boolean,
  onJob: (step: StepName) => void = () => {},
): Promise<Ticked> {
  let jobs = 0;
  for (;;) {
    let found = false;
    const ready = await readyQueues(deps);
    // Later steps come first, so that work begun is finished before more is begun.
    for (const name of STEP_NAMES.toReversed()) {
      if (until()) return { jobs, idle: false };
      if (!ready.has(queueName(name)) || !(await runNext(deps, name, until))) continue;
      found = true;
      jobs++;
      onJob(name);
    }
    found = (ready.has(DEAD) && (await buryNext(deps))) || found;
    if (!found) return { jobs, idle: true };
  }
}

export interface Ticks {
  /** Runs a whole tick with a budget of that many seconds. */
  run(seconds: number): Promise<WholeTick>;
  /** Begins no more jobs; resolves when those under way have ended or handed themselves on. */
  stop(): Promise<void>;
}

/** Ticks on demand in a process that may have to end while one is under way. */
export function openTicks(deps: Deps): Ticks {
  const underWay = new Set<Promise<unknown>>();
  let stopping = false;
  return {
    run(seconds) {
      const ticking = runTick(
        deps,
        within(seconds * 1000, () => stopping),
      );
      const settled = ticking.catch(() => {}).finally(() => underWay.delete(settled));
      underWay.add(settled);
      return ticking;
    },
    async stop() {
      stopping = true;
      await Promise.all(underWay);
    },
  };
}

function within(budgetMs: number, stopping: () => boolean = () => false): () => boolean {
  const end = performance.now() + budgetMs;
  return () => stopping() || performance.now() > end;
}

/** Names of the queues with a job to take: one statement in the place of a fetch from each, most of which are empty. */
async function readyQueues({ sql, queue }: Deps): Promise<Set<string>> {
  const names = [...STEP_NAMES.map(queueName), DEAD];
  const rows = await sql<{ name: string }[]>`
    select q.name from unnest(${names}::text[]) q (name)
    where exists (select from ${sql(queue.schema)}.job j
      where j.name = q.name and j.state < 'active' and not j.blocked and j.start_after <= now())`;
  return new Set(rows.map(({ name }) => name));
}

async function runNext(deps: Deps, name: StepName, until: () => boolean): Promise<boolean> {
  const { boss } = deps.queue;
  const [job] = await boss.fetch<unknown>(queueName(name), { includeMetadata: true, batchSize: 1 });
  if (!job) return false;
  const alive = setInterval(() => {
    boss.touch(queueName(name), job.id).catch(() => {});
  }, HEARTBEAT_MS);
  try {
    await runJob(deps, name, job, until);
  } finally {
    clearInterval(alive);
  }
  return true;
}

async function buryNext(deps: Deps): Promise<boolean> {
  const { boss } = deps.queue;
  const [job] = await boss.fetch<unknown>(DEAD, { batchSize: 1 });
  if (!job) return false;
  await buryJob(deps, job.data);
  await boss.complete(DEAD, job.id);
  return true;
}

export function readBudget(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  if (!number) throw new Error(`--budget ${text}: expected a duration such as 20s, 500ms or 2m.`);
  return Number(number) * (unit === 'ms' ? 1 : unit === 'm' ? 60_000 : 1000);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const values = readArguments(
    `Usage: npm run tick [-- --budget 20s]

Runs the jobs that are ready until the budget is used up or none is left, then ends: for a timer.

  --budget TIME  20s, 500ms, 2m (20s)`,
    { budget: { type: 'string', default: '20s' } },
  );
  await runOnce(values.budget).catch(endBecause);
}

async function runOnce(budget: string): Promise<void> {
  const budgetMs = readBudget(budget);
  const env = environment();
  const engine = await openEngine(env, { passive: true });
  try {
    await applyEnvironment(engine.deps, env);
    const { jobs, idle, next_at } = await runTick(engine.deps, within(budgetMs));
    const next = next_at ? ` The next is due at ${next_at.toISOString()}.` : '';
    console.log(
      `${jobs} ${noun(jobs, 'job')} run, ${idle ? `nothing more is ready.${next}` : 'the budget is used up: tick again.'}`,
    );
  } finally {
    await engine.close();
  }
}
