/** The CPU time that worker and Postgres use; on a busy machine it says more than elapsed seconds. */
import { z } from 'zod';
import type { Sql } from '../../sql/connect.ts';
import type { Child } from './child.ts';
import { postgresCpu } from './cpu.ts';

export interface Spent {
  /** Seconds of CPU. */
  readonly worker: number;
  /** NaN where Postgres runs elsewhere. */
  readonly postgres: number;
}

/** Begins to count; the function that it returns tells what was spent since. */
export async function counting(sql: Sql, workers: readonly Child[]): Promise<() => Promise<Spent>> {
  const now = async (): Promise<Spent> => {
    const seconds = await Promise.all(workers.map(async (one) => z.number().parse(await one.ask('cpu'))));
    return {
      worker: seconds.reduce((sum, one) => sum + one, 0),
      postgres: (await postgresCpu(sql)) ?? Number.NaN,
    };
  };
  const before = await now();
  return async () => {
    const after = await now();
    return { worker: after.worker - before.worker, postgres: after.postgres - before.postgres };
  };
}

/** Microseconds of CPU a resource. */
export function perResource(spent: Spent, resources: number): { worker: number; postgres: number } {
  const each = (seconds: number) => (seconds * 1e6) / resources;
  return { worker: each(spent.worker), postgres: each(spent.postgres) };
}

export function describe({ worker, postgres }: Spent, resources: number): string {
  const each = perResource({ worker, postgres }, resources);
  const inPostgres = Number.isNaN(postgres) ? '' : `, Postgres ${each.postgres.toFixed(1)} µs a resource`;
  return `worker ${each.worker.toFixed(1)} µs a resource${inPostgres}`;
}
