/**
 * What the queue does as time passes, done at once: jobs whose worker gave no sign of life for 30 s go to
 * another, and jobs that wait for a later try start. Jobs of living workers lose their claim too, as they do
 * after a long pause.
 */
import type { Queue } from '../../jobs/step/queue.ts';
import type { Sql } from '../../sql/connect.ts';

/** As if every worker had been silent for an hour: all jobs in progress are given to others. */
export async function loseClaims(sql: Sql, queue: Queue): Promise<void> {
  await sql`update pgboss.job set heartbeat_on = now() - interval '1 hour' where state = 'active' and name like 'sync-%'`;
  // pg-boss supervises a queue at most every 15 s, whoever asks.
  await sql`update pgboss.queue set monitor_on = null, monitor_claim_on = null`;
  await queue.boss.supervise();
  await hurry(sql);
}

/** What is to start later starts now, and the workers hear of it as they do of a new job. */
export async function hurry(sql: Sql): Promise<void> {
  const waiting = await sql<{ name: string }[]>`
    update pgboss.job set start_after = now() - interval '1 second'
    where state in ('created', 'retry') and name like 'sync-%' and start_after > now() returning name`;
  for (const name of new Set(waiting.map((job) => job.name))) {
    await sql`select pg_notify('pgboss_' || left(encode(sha224('pgboss'::bytea), 'hex'), 24), ${name})`;
  }
}

/** Sends copies of jobs of this run, done or not: a queue that delivers twice. Says how many. */
export async function deliverTwice(sql: Sql, queue: Queue, runId: number, limit: number): Promise<number> {
  const jobs = await sql<{ name: string; data: object }[]>`
    select name, data from pgboss.job
    where name like 'sync-%' and name not in ('sync-dead', 'sync-schedule') and (data ->> 'run_id')::bigint = ${runId}
    order by random() limit ${limit}`;
  for (const { name, data } of jobs) await queue.boss.send(name, data);
  return jobs.length;
}

export async function openJobs(sql: Sql): Promise<{ name: string; state: string; n: number }[]> {
  return await sql<{ name: string; state: string; n: number }[]>`
    select name, state::text as state, count(*)::int as n from pgboss.job
    where name like 'sync-%' and (state in ('created', 'retry', 'active') or name = 'sync-dead') group by 1, 2`;
}
