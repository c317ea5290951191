/** Reads alerts for the API from their view, newest first. */
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Alert } from '../schemas/alert.ts';

const TIMES = ['raised_at', 'last_at', 'acknowledged_at', 'resolved_at', 'delivered_at'] as const;
type Row = Omit<Alert, (typeof TIMES)[number]> & {
  raised_at: Date;
  last_at: Date;
  acknowledged_at: Date | null;
  resolved_at: Date | null;
  delivered_at: Date | null;
};

export interface AlertFilter {
  readonly alert_id?: number | undefined;
  readonly connection_id?: number | undefined;
  /** Only of these connections; null for all. */
  readonly connections?: readonly number[] | null | undefined;
  readonly states?: readonly Alert['state'][] | undefined;
  /** Only alerts before this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export async function selectAlerts(sql: Sql | Tx, filter: AlertFilter): Promise<Alert[]> {
  const rows = await sql<Row[]>`
    select alert_id, connection_id, site_key, run_id, kind, subject, message, measured, expected, times, state,
      raised_at, last_at, acknowledged_at, acknowledged_by, resolved_at, delivered_at, delivery_error
    from alerts
    where (${filter.alert_id ?? null}::bigint is null or alert_id = ${filter.alert_id ?? null})
      and (${filter.connection_id ?? null}::integer is null or connection_id = ${filter.connection_id ?? null})
      and (${filter.connections ?? null}::integer[] is null or connection_id = any (${filter.connections ?? null}))
      and (${filter.states ?? null}::text[] is null or state = any (${filter.states ?? null}))
      and (${filter.before ?? null}::bigint is null or alert_id < ${filter.before ?? null})
    order by alert_id desc
    limit ${filter.limit}`;
  return rows.map((row) => ({
    ...row,
    raised_at: row.raised_at.toISOString(),
    last_at: row.last_at.toISOString(),
    acknowledged_at: row.acknowledged_at?.toISOString() ?? null,
    resolved_at: row.resolved_at?.toISOString() ?? null,
    delivered_at: row.delivered_at?.toISOString() ?? null,
  }));
}
