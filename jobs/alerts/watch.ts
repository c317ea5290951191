/**
 * What no close can tell: a connection of which nothing has been heard for longer than its schedule allows, and a live
 * run that takes much longer than the ones before it. Looked at every ten minutes by a job of its own.
 */

import type { Sql, Tx } from '../../sql/connect.ts';
import { alertSettings } from '../connection/sync-config.ts';
import type { Deps } from '../step/deps.ts';
import type { Handler } from '../step/handler.ts';
import { type Queue, queueName, scheduleKey } from '../step/queue.ts';
import type { Run } from '../step/run.ts';
import { notEnded } from '../step/run.ts';
import { readFiguresInTx } from './figures.ts';
import { type Finding, longRun } from './judge.ts';
import { raiseInTx } from './raise.ts';

const HOUR = 3_600_000;

export async function scheduleWatch(queue: Queue): Promise<void> {
  const key = 'watch';
  await queue.boss.schedule(
    queueName('watch'),
    '*/10 * * * *',
    {},
    { key, singletonKey: key, singletonSeconds: 60 },
  );
}

export const watchStep: Handler<'watch'> = async (deps, step) => {
  const watched = await connections(deps.sql);
  const silent = await Promise.all(watched.map((one) => silence(deps, one)));
  await step.commit(async (tx) => {
    for (const [index, connection] of watched.entries()) {
      const findings = [...(silent[index] ?? []), ...(await slowness(tx, deps.clock(), connection))];
      await raiseInTx(tx, deps, { ...connection, run_id: connection.run?.run_id ?? null }, findings);
    }
  });
};

interface Watched {
  readonly connection_id: number;
  readonly sync_config: unknown;
  readonly last_success: Date | null;
  readonly run: (Pick<Run, 'run_id' | 'kind' | 'mode'> & { readonly created_at: string }) | null;
}

function connections(sql: Sql): Promise<Watched[]> {
  return sql<Watched[]>`
    select connection_id, sync_config,
      (select max(finished_at) from run r where r.connection_id = c.connection_id and r.status = 'completed') as last_success,
      (select jsonb_build_object('run_id', run_id, 'kind', kind, 'mode', mode, 'created_at', created_at) from run r
       where r.connection_id = c.connection_id and ${notEnded(sql)}) as run
    from connection c where is_active order by connection_id`;
}

/** From the first sync that should have come after the last success, or after the schedule was set. */
async function silence({ queue, clock }: Deps, connection: Watched): Promise<Finding[]> {
  const { silent_hours } = alertSettings(connection.sync_config);
  const schedule = await queue.boss.getSchedule(queueName('schedule'), scheduleKey(connection.connection_id));
  if (!schedule) return [];
  const heard = Math.max(connection.last_success?.getTime() ?? 0, schedule.createdOn.getTime());
  const [due] = queue.boss.previewSchedule(schedule.cron, {
    tz: schedule.timezone || 'UTC',
    from: new Date(heard),
    count: 1,
  });
  const measured = Math.round((clock().getTime() - heard) / HOUR);
  if (!due || clock().getTime() <= due.getTime() + silent_hours * HOUR) return [];
  const message = `No sync has been completed for ${measured} hours; one was due at ${due.toISOString()}. See the connection's runs, and whether workers or ticks run.`;
  return [{ kind: 'connection-silent', subject: '', message, measured, expected: null }];
}

async function slowness(tx: Tx, now: Date, { run, ...connection }: Watched): Promise<Finding[]> {
  if (!run) return [];
  const settings = alertSettings(connection.sync_config);
  const of = { ...run, connection_id: connection.connection_id };
  const { before } = await readFiguresInTx(tx, of, settings.history_runs);
  const seconds = Math.round((now.getTime() - new Date(run.created_at).getTime()) / 1000);
  return longRun(seconds, before, settings);
}
