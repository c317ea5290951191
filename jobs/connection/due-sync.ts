/** When the next sync of a connection is due, as it is stored: whoever reads the database can tell, also when no worker runs. */
import type { Sql, Tx } from '../../sql/connect.ts';
import { nextTimes, type Schedule } from './schedule.ts';

export interface DueSync {
  readonly connection_id: number;
  readonly schedule: Schedule;
  /** Since when the schedule is as it is. */
  readonly set_at: Date;
  readonly due_at: Date;
}

/** Those of all connections, or of one. */
export function dueSyncs(sql: Sql | Tx, connectionId: number | null = null): Promise<DueSync[]> {
  return sql<DueSync[]>`
    select connection_id, schedule, set_at, due_at from sync_schedule
    where ${connectionId}::integer is null or connection_id = ${connectionId}
    order by connection_id`;
}

/** The next times of a schedule that is stored: the one that is due, and those after it. */
export function timesOf({ schedule, due_at }: DueSync, count: number): Date[] {
  return [due_at, ...nextTimes(schedule, due_at, count - 1)];
}
