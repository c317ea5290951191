/** How much waits for a person, for the menu: counted to a bound, since more than that is many. */
import type { Sql } from '../../sql/connect.ts';

/** From here on it is told as so many and more. */
export const MANY = 1000;

export interface OpenWork {
  /** Alerts that nobody has acknowledged. */
  readonly alerts: number;
  /** Failures that no later version has resolved. */
  readonly failures: number;
  /** Requests that wait for a second person. */
  readonly approvals: number;
}

/** Of these connections, or of all. */
export async function countOpenWork(
  sql: Sql,
  connections: readonly number[] | null,
  now: Date,
): Promise<OpenWork> {
  const visible = sql`(${connections}::integer[] is null or connection_id = any (${connections}))`;
  const [row] = await sql<[OpenWork]>`
    select
      (select count(*) from (
        select from alert where resolved_at is null and acknowledged_at is null and ${visible} limit ${MANY}
      ) a)::int as alerts,
      (select count(*) from (select from failure where resolved_at is null and ${visible} limit ${MANY}) f)::int as failures,
      (select count(*) from (
        select from approval where decision is null and expires_at > ${now} and ${visible} limit ${MANY}
      ) p)::int as approvals`;
  return row;
}
