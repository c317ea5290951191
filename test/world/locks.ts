/** Two that meet at the same moment: a test holds a lock, and goes on once somebody waits for it. */
import { vi } from 'vitest';
import type { Sql, Tx } from '../../sql/connect.ts';

/** As long as a test may take: how fast a machine is decides nothing. */
export const WAIT = { timeout: 180_000, interval: 20 };

/** Until so many wait for what a transaction has locked. */
export async function untilWaitedFor(sql: Sql, tx: Tx, by = 1): Promise<void> {
  await untilBlocking(sql, await pidOf(tx), by);
}

/** Does this in a transaction that stays open until it is ended. */
export async function holdOpen(sql: Sql, work: (tx: Tx) => Promise<unknown>): Promise<() => Promise<void>> {
  const done = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const whole = sql.begin(async (tx) => {
    await work(tx);
    done.resolve();
    await end.promise;
  });
  // Where it cannot be done, that is told.
  whole.catch(done.reject);
  await done.promise;
  return async () => {
    end.resolve();
    await whole;
  };
}

export interface HeldTable {
  /** Until somebody waits to write it. */
  reached(): Promise<void>;
  release(): Promise<void>;
}

/** Lets nobody write a table. */
export async function holdTable(sql: Sql, table: string): Promise<HeldTable> {
  let pid = 0;
  const release = await holdOpen(sql, async (tx) => {
    await tx`lock table ${tx(table)} in share mode`;
    pid = await pidOf(tx);
  });
  return { reached: () => untilBlocking(sql, pid, 1), release };
}

async function pidOf(tx: Tx): Promise<number> {
  const [{ pid }] = await tx<[{ pid: number }]>`select pg_backend_pid() as pid`;
  return pid;
}

async function untilBlocking(sql: Sql, pid: number, count: number): Promise<void> {
  await vi.waitUntil(async () => {
    const waits = await sql`select 1 from pg_stat_activity where ${pid} = any(pg_blocking_pids(pid))`;
    return waits.length >= count;
  }, WAIT);
}
