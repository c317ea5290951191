/** Brings the queue's schedule of a connection in step with its settings. */

import { readSyncConfig } from '../jobs/connection/sync-config.ts';
import { applySchedule } from '../jobs/schedule/apply-schedules.ts';
import type { Queue } from '../jobs/step/queue.ts';

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
