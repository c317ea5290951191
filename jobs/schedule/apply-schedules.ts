/**
 * Cron per connection, through pg-boss schedules: each connection has one schedule on the schedule queue,
 * keyed by its id. Whenever it is due, it starts a sync. The sync is skipped while a run is live, and the log
 * says so.
 */

import { readSyncConfig } from '../connection/sync-config.ts';
import { CRON } from '../record/actor.ts';
import { recordInTx } from '../record/record.ts';
import { SCHEDULE, startRunInTx } from '../run/start-run.ts';
import type { Deps } from '../step/deps.ts';
import { SyncError } from '../step/errors.ts';
import type { Handler } from '../step/handler.ts';
import { type Queue, queueName, scheduleKey } from '../step/queue.ts';

export interface Scheduled {
  readonly connection_id: number;
  readonly is_active: boolean;
  readonly schedule?: { readonly cron: string; readonly timezone?: string | undefined } | undefined;
}

export async function applySchedule(queue: Queue, connection: Scheduled): Promise<void> {
  const name = queueName('schedule');
  const key = scheduleKey(connection.connection_id);
  if (!connection.is_active || !connection.schedule) {
    await queue.boss.unschedule(name, key);
    return;
  }
  const { cron, timezone } = connection.schedule;
  await queue.boss.schedule(
    name,
    cron,
    { connection_id: connection.connection_id },
    // A schedule that came due while nothing ran is made up for, once. A process and a tick
    // (due-schedules.ts) that both find the same minute due send it once.
    { key, tz: timezone ?? 'UTC', missed: 'once', singletonKey: key, singletonSeconds: 60 },
  );
}

/**
 * Applies the schedules of all connections, at the start of the workers and at ticks, since a process may
 * have died between a change and its schedule. Settings that cannot be read (edited by hand) cost that
 * connection its schedule, but no other connection.
 */
export async function applySchedules({
  sql,
  queue,
  log,
}: Pick<Deps, 'sql' | 'queue' | 'log'>): Promise<void> {
  const connections = await sql<{ connection_id: number; is_active: boolean; sync_config: unknown }[]>`
    select connection_id, is_active, sync_config from connection order by connection_id`;
  for (const { connection_id, is_active, sync_config } of connections) {
    let schedule: Scheduled['schedule'];
    try {
      schedule = readSyncConfig(sync_config).schedule;
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      log.error({ connection_id, code: error.code }, `no schedule for this connection: ${error.message}`);
    }
    await applySchedule(queue, { connection_id, is_active, schedule });
  }
}

export const scheduledSync: Handler<'schedule'> = async (deps, step) => {
  const { connection_id } = step.payload;
  try {
    const run = await deps.sql.begin(async (tx) => {
      const started = await startRunInTx(tx, deps, { connection_id, triggered_by: SCHEDULE });
      const object = `run/${started.run_id}`;
      const details = { connection_id, mode: started.mode };
      await recordInTx(tx, { at: deps.clock(), actor: CRON, action: 'sync.start', object, details });
      return started;
    });
    deps.log.info({ connection_id, ...run }, 'scheduled sync started');
  } catch (error) {
    const skip = [
      'sync-already-running',
      'connection-inactive',
      'connection-not-found',
      'connection-without-server',
      'connection-paused',
      'credentials-cleared',
    ];
    if (!(error instanceof SyncError) || !skip.includes(error.code)) throw error;
    deps.log.warn({ connection_id, code: error.code }, `scheduled sync skipped: ${error.message}`);
  }
  await step.commit(async () => {});
};
