/** How one connection is doing, for monitors that look at each by itself. The view connection_health decides. */
import { dueSyncs } from '../../jobs/connection/due-sync.ts';
import type { Sql } from '../../sql/connect.ts';
import type { ConnectionHealth } from '../schemas/connection-health.ts';
import { connectionNotFound } from './connections.ts';

type Times = 'last_run_at' | 'last_success_at' | 'next_run_at' | 'data_as_of';
type Row = Omit<ConnectionHealth, Times | 'healthy' | 'is_running'> & {
  readonly last_run_at: Date | null;
  readonly last_success_at: Date | null;
  readonly data_as_of: string | null;
};

export async function readConnectionHealth(sql: Sql, connectionId: number): Promise<ConnectionHealth> {
  const [row] = await sql<Row[]>`
    select connection_id, site_key, health, reasons, is_active as enabled, live_run_id, last_run_id,
      last_status as last_run_status, last_sync_at as last_run_at, last_success_at, watermark as data_as_of
    from connection_health
    where connection_id = ${connectionId}`;
  if (!row) throw connectionNotFound(connectionId);
  const [due] = await dueSyncs(sql, connectionId);
  return {
    ...row,
    healthy: row.health === 'healthy',
    is_running: row.live_run_id !== null,
    last_run_at: row.last_run_at?.toISOString() ?? null,
    last_success_at: row.last_success_at?.toISOString() ?? null,
    next_run_at: due?.due_at.toISOString() ?? null,
  };
}
