/** How connections are doing (view connection_health), with what their last runs noticed. */
import type { Sql } from '../../sql/connect.ts';
import type { Dashboard } from '../schemas/dashboard.ts';

export type Connection = Dashboard['connections'][number];
type Row = Omit<Connection, 'last_sync_at' | 'last_success_at' | 'notices'> & {
  last_sync_at: Date | null;
  last_success_at: Date | null;
};
type Notice = Omit<Connection['notices'][number], 'at'> & {
  readonly at: Date;
  readonly connection_id: number;
};

/** Of these connections, or of all. */
export async function selectHealth(sql: Sql, only: readonly number[] | null): Promise<Connection[]> {
  const visible = sql`(${only}::integer[] is null or connection_id = any (${only}))`;
  const [rows, notices] = await Promise.all([
    sql<Row[]>`
      select connection_id, site_key, site_name, is_active, health, reasons, last_status, last_sync_at, last_success_at,
        hours_since_success, runs_30d, failed_30d, success_rate_30d, records_failed_open, parked_open,
        mapping_coverage, watermark, live_run_id, last_run_id
      from connection_health
      where ${visible}
      order by connection_id`,
    sql<Notice[]>`
      select f.connection_id, n.run_id, n.code, n.subject, n.amount, n.message, n.at
      from connection_facts f join run_notice n on n.run_id in (f.live_run, f.last_run, f.last_success)
      where (${only}::integer[] is null or f.connection_id = any (${only}))
      order by n.run_id desc, n.code, n.subject`,
  ]);
  return rows.map((row) => ({
    ...row,
    last_sync_at: row.last_sync_at?.toISOString() ?? null,
    last_success_at: row.last_success_at?.toISOString() ?? null,
    notices: notices
      .filter((notice) => notice.connection_id === row.connection_id)
      .map(({ connection_id: _, at, ...notice }) => ({ ...notice, at: at.toISOString() })),
  }));
}
