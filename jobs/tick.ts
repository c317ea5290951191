/**
 * `npm run tick -- --budget 20s`: runs the jobs that are ready until the budget is used or none is left, then returns.
 * For places where no process may stay: a cron job, a serverless function.
 */
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { environment } from '../sql/environment.ts';
import type { Deps } from './deps.ts';
import { DEAD, queueName, STEP_NAMES, type StepName } from './queue.ts';
import { buryJob, runJob } from './workers.ts';
import { openWorld } from './world.ts';

/** How often a job that runs in a tick gives a sign of life. */
const HEARTBEAT_MS = 8000;

export interface Ticked {
  readonly jobs: number;
  /** False when the budget ended first. */
  readonly idle: boolean;
}

export async function tick(
  deps: Deps,
  until: () => boolean,
  onJob: (step: StepName) => void = () => {},
): Promise<Ticked> {
  let jobs = 0;
  for (;;) {
    let found = false;
    // Later steps first: what is begun is finished before more is begun.
    for (const name of STEP_NAMES.toReversed()) {
      if (until()) return { jobs, idle: false };
      if (!(await runNext(deps, name, until))) continue;
      found = true;
      jobs++;
      onJob(name);
    }
    found = (await buryNext(deps)) || found;
    if (!found) return { jobs, idle: true };
  }
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
  const { values } = parseArgs({ options: { budget: { type: 'string', default: '20s' } } });
  const world = await openWorld(environment(), { passive: true });
  const end = Date.now() + readBudget(values.budget);
  try {
    // Without a process that stays, somebody must notice dead workers and send what cron asks for.
    await world.deps.queue.boss.supervise();
    const { jobs, idle } = await tick(world.deps, () => Date.now() > end);
    console.log(`${jobs} jobs run, ${idle ? 'nothing more is ready' : 'the budget is used up'}.`);
  } finally {
    await world.close();
  }
}
