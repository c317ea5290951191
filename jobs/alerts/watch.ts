/**
 * What no close can tell: a connection of which nothing has been heard for longer than its schedule allows, and a live
 * run that takes much longer than the ones before it. Looked at every ten minutes by a job of its own, which also lets
 * go what servers said, and what waits for a second person, when its time is over.
 */

import type { Sql, Tx } from '../../sql/connect.ts';
import { noun } from '../../sql/noun.ts';
import { WARNED_DAYS } from '../connection/client-certificate.ts';
import { forgetServerTextInTx } from '../connection/server-text.ts';
import { alertSettings } from '../connection/sync-config.ts';
import { expireApprovalsInTx } from '../record/approvals.ts';
import type { Handler } from '../step/handler.ts';
import { type Queue, queueName } from '../step/queue.ts';
import type { Run } from '../step/run.ts';
import { notEnded } from '../step/run.ts';
import { readFiguresInTx } from './figures.ts';
import { type Finding, longRun } from './judge.ts';
import { raiseInTx, resolveInTx } from './raise.ts';
import { type Silence, silenceOf, storeSilence } from './silence.ts';
import { forgetDeliveriesInTx } from './webhooks/deliver.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

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
  const silences = await Promise.all(watched.map((one) => silenceOf(deps.sql, one)));
  await step.commit(async (tx) => {
    const now = deps.clock();
    await forgetServerTextInTx(tx, now);
    await expireApprovalsInTx(tx, now);
    await forgetDeliveriesInTx(tx, now);
    for (const [index, connection] of watched.entries()) {
      const silence = silences[index];
      await storeSilence(tx, connection.connection_id, silence);
      const expiring = nearEnd(connection, now);
      const findings = [...tooSilent(silence, now), ...(await slowness(tx, now, connection)), ...expiring];
      await resolveInTx(tx, connection.connection_id, ['certificate-expires'], expiring, now);
      await raiseInTx(tx, deps, { ...connection, run_id: connection.run?.run_id ?? null }, findings);
    }
  });
};

interface Watched {
  readonly connection_id: number;
  readonly sync_config: unknown;
  readonly last_success: Date | null;
  readonly client_certificate_expires_at: Date | null;
  readonly run: (Pick<Run, 'run_id' | 'kind' | 'mode'> & { readonly created_at: string }) | null;
}

function connections(sql: Sql): Promise<Watched[]> {
  return sql<Watched[]>`
    select connection_id, sync_config, client_certificate_expires_at,
      (select max(finished_at) from run r where r.connection_id = c.connection_id and r.status = 'completed'
       and r.kind in ('export', 'import')) as last_success,
      (select jsonb_build_object('run_id', run_id, 'kind', kind, 'mode', mode, 'created_at', created_at) from run r
       where r.connection_id = c.connection_id and ${notEnded(sql)} and kind <> 'patient') as run
    from connection c where is_active order by connection_id`;
}

function tooSilent(silence: Silence | undefined, now: Date): Finding[] {
  if (!silence || now <= silence.silent_after) return [];
  const measured = Math.round((now.getTime() - silence.heard.getTime()) / HOUR);
  const message = `No sync has been completed for ${measured} ${noun(measured, 'hour')}; one was due at ${silence.due.toISOString()}. See the connection's runs, and whether workers or ticks run.`;
  return [{ kind: 'connection-silent', subject: '', message, measured, expected: null }];
}

function nearEnd({ client_certificate_expires_at: end }: Watched, now: Date): Finding[] {
  if (!end || end.getTime() - now.getTime() > WARNED_DAYS * DAY) return [];
  const measured = Math.floor((end.getTime() - now.getTime()) / DAY);
  const on = end.toISOString().slice(0, 'YYYY-MM-DD'.length);
  const message = `The client certificate ${measured < 0 ? 'has expired' : 'expires'} on ${on}. Enter the next one (cli keys certificate).`;
  return [{ kind: 'certificate-expires', subject: '', message, measured, expected: null }];
}

async function slowness(tx: Tx, now: Date, { run, ...connection }: Watched): Promise<Finding[]> {
  if (!run) return [];
  const settings = alertSettings(connection.sync_config);
  const of = { ...run, connection_id: connection.connection_id };
  const { before } = await readFiguresInTx(tx, of, settings.history_runs);
  const seconds = Math.round((now.getTime() - new Date(run.created_at).getTime()) / 1000);
  return longRun(seconds, before, settings);
}
