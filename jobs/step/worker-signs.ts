/**
 * Whether somebody works on jobs. Processes that stay note in the queue every 15 s that they looked for schedules, ticks
 * do so each time, and a job under way gives signs of life; the API alone does neither.
 */
import type { Sql } from '../../sql/connect.ts';

export interface WorkerSigns {
  /** The last sign of life of a worker or tick; null when there never was one. */
  readonly seen_at: Date | null;
  readonly running: boolean;
}

/** Ticks come every minute or so. */
const FRESH_SECONDS = 90;

export async function workerSigns(sql: Sql, queueSchema: string): Promise<WorkerSigns> {
  const [there] = await sql`
    select 1 from pg_tables where schemaname = ${queueSchema} and tablename = 'version'`;
  if (!there) return { seen_at: null, running: false };
  const [signs] = await sql<WorkerSigns[]>`
    select seen_at, coalesce(seen_at > now() - make_interval(secs => ${FRESH_SECONDS}), false) as running
    from (
      select greatest(max(cron_on), (
        select max(coalesce(heartbeat_on, started_on)) from ${sql(queueSchema)}.job
        where state = 'active' and name like 'sync-%'
      )) as seen_at
      from ${sql(queueSchema)}.version
    ) v`;
  return signs ?? { seen_at: null, running: false };
}
