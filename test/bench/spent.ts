/** The CPU time that worker and Postgres use; on a busy machine it says more than elapsed seconds. */

import { availableParallelism } from 'node:os';
import { z } from 'zod';
import type { Sql } from '../../sql/connect.ts';
import type { Child } from './child.ts';
import { machineCpu, ourCpu, postgresCpu } from './cpu.ts';
import type { Findings } from './findings.ts';

export interface Spent {
  /** Seconds of CPU. */
  readonly worker: number;
  /** NaN where Postgres runs elsewhere. */
  readonly postgres: number;
  /** Share of the machine's CPU that others used meanwhile, from 0 to 1; NaN where there is no /proc. */
  readonly others: number;
}

/** Begins to count; the function that it returns tells what was spent since. */
export async function counting(sql: Sql, workers: readonly Child[]): Promise<() => Promise<Spent>> {
  const now = async () => {
    const seconds = await Promise.all(workers.map(async (one) => z.number().parse(await one.ask('cpu'))));
    return {
      worker: seconds.reduce((sum, one) => sum + one, 0),
      postgres: (await postgresCpu(sql)) ?? Number.NaN,
      machine: await machineCpu(),
      ours: await ourCpu(),
      at: performance.now() / 1000,
    };
  };
  const before = await now();
  return async () => {
    const after = await now();
    const spent = { worker: after.worker - before.worker, postgres: after.postgres - before.postgres };
    const ours = after.ours - before.ours + (Number.isNaN(spent.postgres) ? 0 : spent.postgres);
    const all = (after.at - before.at) * availableParallelism();
    return { ...spent, others: Math.max(0, after.machine - before.machine - ours) / all };
  };
}

/** Microseconds of CPU a resource. */
export function perResource(
  spent: Omit<Spent, 'others'>,
  resources: number,
): { worker: number; postgres: number } {
  const each = (seconds: number) => (seconds * 1e6) / resources;
  return { worker: each(spent.worker), postgres: each(spent.postgres) };
}

export function describe({ worker, postgres }: Omit<Spent, 'others'>, resources: number): string {
  const each = perResource({ worker, postgres }, resources);
  const inPostgres = Number.isNaN(postgres) ? '' : `, Postgres ${each.postgres.toFixed(1)} µs a resource`;
  return `worker ${each.worker.toFixed(1)} µs a resource${inPostgres}`;
}

/** Keeps with these figures what they took, and says it. */
export function note(
  { circumstances }: Findings,
  figures: readonly string[],
  spent: Spent,
  resources: number,
): string {
  const cpu = describe(spent, resources);
  for (const name of figures) circumstances[name] = { others: spent.others, cpu };
  return cpu;
}
