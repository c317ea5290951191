/**
 * What the queue itself costs per chunk. Map jobs for a chunk that does not exist go through the real queue
 * to a real worker, so a step is its fetch, two look-ups that find nothing, its completion and the commit.
 * They are sent as `advance` sends them, sixteen in a transaction.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { openQueue } from '../../jobs/step/queue.ts';
import { connect, type Sql } from '../../sql/connect.ts';
import { DEFAULT_SCHEMAS } from '../../sql/default-schemas.ts';
import type { Server } from './server.ts';
import { openWorker, stopWorker } from './site.ts';
import { counting } from './spent.ts';

const AT_ONCE = 16;
const WARM_UP = 20 * AT_ONCE;
const STEPS = 60 * AT_ONCE;

/** Costs of one chunk. */
export interface QueueCost {
  readonly milliseconds: number;
  readonly workerMs: number;
  readonly postgresMs: number;
  readonly sendMs: number;
  /** Undefined where the server does not count them (pg_stat_statements). */
  readonly statements: { readonly all: number; readonly queue: number } | undefined;
}

export async function measureQueue(server: Server): Promise<QueueCost> {
  const url = await server.create();
  const sql = connect(url, DEFAULT_SCHEMAS, { max: 2 });
  const queue = await openQueue({ url, schemas: DEFAULT_SCHEMAS, passive: true });
  const sending = performance.now();
  for (let sent = 0; sent < WARM_UP + STEPS; sent += AT_ONCE) {
    const payloads = Array.from({ length: AT_ONCE }, () => ({ run_id: 1, chunk_id: 1 }));
    await sql.begin((tx) => queue.sendManyInTx(tx, 'map', payloads));
  }
  const sendMs = (performance.now() - sending) / (WARM_UP + STEPS);
  await queue.close();

  const counts = await countsStatements(sql);
  const worker = await openWorker(url);
  await worker.ask('work');
  const steps = await leftOf(sql, STEPS);
  if (counts) await sql`select pg_stat_statements_reset()`;
  const spentSince = await counting(sql, [worker]);
  const begin = performance.now();
  await leftOf(sql, 0);
  const milliseconds = (performance.now() - begin) / steps;
  const spent = await spentSince();
  const statements = counts ? await statementsOf(sql) : undefined;
  await stopWorker(worker);
  await sql.end();
  await server.drop(url);
  return {
    ...{ milliseconds, sendMs },
    workerMs: (spent.worker * 1000) / steps,
    postgresMs: (spent.postgres * 1000) / steps,
    statements: statements && { all: statements.all / steps, queue: statements.queue / steps },
  };
}

async function countsStatements(sql: Sql): Promise<boolean> {
  const [loaded] = await sql`
    select 1 from pg_settings where name = 'shared_preload_libraries' and setting like '%pg_stat_statements%'`;
  if (loaded) await sql`create extension if not exists pg_stat_statements schema public`;
  return loaded !== undefined;
}

async function statementsOf(sql: Sql): Promise<{ all: number; queue: number } | undefined> {
  // The statements that this process has sent itself are left out.
  const [counted] = await sql<{ all: number; queue: number }[]>`
    select coalesce(sum(calls), 0) as all, coalesce(sum(calls) filter (where query like '%pgboss%'), 0) as queue
    from public.pg_stat_statements
    where dbid = (select oid from pg_database where datname = current_database())
      and query !~ 'left_in_queue|pg_backend_pid|pg_stat_statements'`;
  return counted;
}

/** Waits until no more than that many steps are left, and returns how many there are. */
async function leftOf(sql: Sql, most: number): Promise<number> {
  for (;;) {
    const [row] = await sql<{ left_in_queue: number }[]>`
      select count(*)::int as left_in_queue from pgboss.job
      where name = 'sync-map' and state in ('created', 'retry', 'active')`;
    const left = row?.left_in_queue ?? 0;
    if (left <= most) return left;
    await wait(50);
  }
}
