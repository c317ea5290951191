/** Brings the queue's schedule of a connection in step with its settings. */
import type { Queue } from '../jobs/queue.ts';
import { applySchedule } from '../jobs/schedule.ts';
import { readSyncConfig } from '../jobs/sync-config.ts';

export async function reschedule(
  queue: Queue,
  connection: { readonly connection_id: number; readonly is_active: boolean; readonly sync_config: unknown },
): Promise<void> {
  await applySchedule(queue, {
    connection_id: connection.connection_id,
    is_active: connection.is_active,
    schedule: readSyncConfig(connection.sync_config).schedule,
  });
}
