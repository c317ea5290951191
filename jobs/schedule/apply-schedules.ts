/**
 * The schedules of connections. When the next sync is due stands in `sync_schedule`, and one job waits in the queue for
 * that time. Both are written in the transaction that starts the sync before, or changes the schedule: a job that finds
 * another time there has been overtaken, and does nothing. So a sync that came due several times while nothing ran is
 * started once.
 */
import type { Sql, Tx } from '../../sql/connect.ts';
import { dueSyncs } from '../connection/due-sync.ts';
import { nextDue, type Schedule } from '../connection/schedule.ts';
import { readSyncConfig } from '../connection/sync-config.ts';
import type { Clock } from '../step/clock.ts';
import type { Deps } from '../step/deps.ts';
import { SyncError } from '../step/errors.ts';
import { type Queue, queueName } from '../step/queue.ts';

export interface Scheduled {
  readonly connection_id: number;
  readonly is_active: boolean;
  readonly schedule?: Schedule | undefined;
}

export interface Scheduling {
  readonly sql: Sql;
  readonly queue: Queue;
  readonly clock: Clock;
}

/** Brings what is stored in step with the settings. A schedule that has not changed stays due when it was. */
export async function applySchedule(
  { sql, queue, clock }: Scheduling,
  { connection_id, is_active, schedule }: Scheduled,
): Promise<void> {
  const now = clock();
  const due = is_active && schedule ? nextDue(schedule, now) : undefined;
  await sql.begin(async (tx) => {
    if (!schedule || !due) {
      await tx`delete from sync_schedule where connection_id = ${connection_id}`;
      return;
    }
    const changed = await tx`
      insert into sync_schedule (connection_id, schedule, set_at, due_at)
      values (${connection_id}, ${JSON.stringify(schedule)}::text::jsonb, ${now}, ${due})
      on conflict (connection_id) do update
      set schedule = excluded.schedule, set_at = excluded.set_at, due_at = excluded.due_at
      where sync_schedule.schedule <> excluded.schedule
      returning connection_id`;
    if (changed.length > 0) await sendInTx(tx, queue, connection_id, due);
    else await sendAgainInTx(tx, queue, connection_id);
  });
}

/**
 * Applies the schedules of all connections: at the start of the workers, at ticks, and every hour, since a process may have
 * died between a change and its schedule, and a job may have been lost. Settings that cannot be read (edited by hand) cost
 * that connection its schedule, but no other connection.
 */
export async function applySchedules(deps: Pick<Deps, 'sql' | 'queue' | 'log' | 'clock'>): Promise<void> {
  const { sql, queue, log } = deps;
  await forgetCron(queue);
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
    await applySchedule(deps, { connection_id, is_active, schedule });
  }
}

/** Stores when the next sync is due, and has a job wait for that. */
export async function setDueInTx(tx: Tx, queue: Queue, connectionId: number, due: Date): Promise<void> {
  const set = await tx`
    update sync_schedule set due_at = ${due} where connection_id = ${connectionId} returning connection_id`;
  if (set.length > 0) await sendInTx(tx, queue, connectionId, due);
}

async function sendInTx(tx: Tx, queue: Queue, connection_id: number, due: Date): Promise<void> {
  await queue.sendInTx(tx, 'schedule', { connection_id, due_at: due.toISOString() }, { startAfter: due });
}

/** A job that was lost, by a queue that was emptied or by workers that died of it again and again. */
async function sendAgainInTx(tx: Tx, queue: Queue, connectionId: number): Promise<void> {
  const [stored] = await dueSyncs(tx, connectionId);
  if (!stored) return;
  const waiting = await tx`
    select 1 from ${tx(queue.schema)}.job
    where name = ${queueName('schedule')} and state in ('created', 'retry', 'active')
      and (data->>'connection_id')::integer = ${connectionId} and data->>'due_at' = ${stored.due_at.toISOString()}
    limit 1`;
  if (waiting.length === 0) await sendInTx(tx, queue, connectionId, stored.due_at);
}

/** Before, the queue's own cron started syncs. */
async function forgetCron({ boss }: Queue): Promise<void> {
  const name = queueName('schedule');
  for (const { key } of await boss.getSchedules(name)) await boss.unschedule(name, key);
}
