/** Brings the queue's schedule of a connection in step with its settings, and from when on it counts as silent. */

import { silenceOf, storeSilence } from '../jobs/alerts/silence.ts';
import { readSyncConfig } from '../jobs/connection/sync-config.ts';
import { applySchedule, type Scheduling } from '../jobs/schedule/apply-schedules.ts';

export async function reschedule(
  scheduling: Scheduling,
  connection: { readonly connection_id: number; readonly is_active: boolean; readonly sync_config: unknown },
): Promise<void> {
  const { sql } = scheduling;
  await applySchedule(scheduling, {
    connection_id: connection.connection_id,
    is_active: connection.is_active,
    schedule: readSyncConfig(connection.sync_config).schedule,
  });
  const [row] = await sql<{ last_success: Date | null }[]>`
    select max(finished_at) as last_success from run
    where connection_id = ${connection.connection_id} and status = 'completed'
      and kind in ('export', 'import')`;
  const heard = { ...connection, last_success: row?.last_success ?? null };
  await storeSilence(sql, connection.connection_id, await silenceOf(sql, heard));
}
