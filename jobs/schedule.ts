/**
 * Cron per connection, through pg-boss schedules: one schedule a connection, keyed by its id, on the schedule queue.
 * A tick starts an incremental sync; while one is live it is skipped, and the log says so.
 */

import { SyncError } from './errors.ts';
import { type Queue, queueName } from './queue.ts';
import { startRun } from './start-run.ts';
import type { Handler } from './step.ts';

export interface Scheduled {
  readonly connection_id: number;
  readonly is_active: boolean;
  readonly schedule?: { readonly cron: string; readonly timezone?: string | undefined } | undefined;
}

export async function applySchedule(queue: Queue, connection: Scheduled): Promise<void> {
  const name = queueName('schedule');
  const key = `connection-${connection.connection_id}`;
  if (!connection.is_active || !connection.schedule) {
    await queue.boss.unschedule(name, key);
    return;
  }
  const { cron, timezone } = connection.schedule;
  await queue.boss.schedule(
    name,
    cron,
    { connection_id: connection.connection_id },
    { key, tz: timezone ?? 'UTC' },
  );
}

export const scheduledSync: Handler<'schedule'> = async (deps, step) => {
  const { connection_id } = step.payload;
  try {
    const run = await startRun(deps, { connection_id, triggered_by: 'schedule' });
    deps.log.info({ connection_id, ...run }, 'scheduled sync started');
  } catch (error) {
    const skip = [
      'sync-already-running',
      'connection-inactive',
      'connection-not-found',
      'connection-without-server',
    ];
    if (!(error instanceof SyncError) || !skip.includes(error.code)) throw error;
    deps.log.warn({ connection_id, code: error.code }, `scheduled sync skipped: ${error.message}`);
  }
  await step.commit(async () => {});
};
