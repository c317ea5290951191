/**
 * Stores alerts, and sends each new one to the webhook by a job, all in the caller's transaction. While an alert is
 * open the same again only counts it up and is not sent: a nightly failure is one message, until a person has
 * acknowledged it or it was over in between.
 */
import type { Tx } from '../../sql/connect.ts';
import { alertSettings } from '../connection/sync-config.ts';
import type { Clock } from '../step/clock.ts';
import type { Queue } from '../step/queue.ts';
import type { AlertKind, Finding, InstallationFinding } from './judge.ts';
import type { Webhook } from './webhook.ts';
import { announceInTx } from './webhooks/announce.ts';

export interface Alarm {
  readonly queue: Queue;
  readonly clock: Clock;
  readonly webhook?: Webhook | undefined;
}

export interface About {
  readonly connection_id: number;
  readonly run_id: number | null;
  /** As stored. */
  readonly sync_config: unknown;
}

export async function raiseInTx(
  tx: Tx,
  alarm: Alarm,
  about: About,
  findings: readonly Finding[],
): Promise<void> {
  const { off } = alertSettings(about.sync_config);
  const now = alarm.clock();
  for (const { kind, subject, message, measured, expected } of findings) {
    if (off.includes(kind)) continue;
    const [alert] = await tx<{ alert_id: number; times: number }[]>`
      insert into alert (connection_id, run_id, kind, subject, message, measured, expected, raised_at, last_at)
      values (${about.connection_id}, ${about.run_id}, ${kind}, ${subject}, ${message}, ${measured}, ${expected}, ${now}, ${now})
      on conflict (connection_id, kind, subject) where acknowledged_at is null and resolved_at is null do update set
        run_id = coalesce(excluded.run_id, alert.run_id), message = excluded.message, measured = excluded.measured,
        expected = excluded.expected, last_at = excluded.last_at, times = alert.times + 1
      returning alert_id, times`;
    if (alert?.times === 1) await tellInTx(tx, alarm, about.connection_id, alert.alert_id);
  }
}

/**
 * Of these kinds, what was not found again is over: open and acknowledged ones alike, so that the next time is a new one.
 */
export async function resolveInTx(
  tx: Tx,
  connectionId: number,
  kinds: readonly AlertKind[],
  found: readonly Pick<Finding, 'kind' | 'subject'>[],
  now: Date,
): Promise<void> {
  const still = found.map(({ kind, subject }) => `${kind} ${subject}`);
  await tx`
    update alert set resolved_at = ${now}
    where connection_id = ${connectionId} and kind = any(${kinds}::text[]) and resolved_at is null
      and kind || ' ' || subject <> all(${still}::text[])`;
}

/** The same of the installation, which no connection's settings turn off. */
export async function raiseOfInstallationInTx(
  tx: Tx,
  alarm: Alarm,
  { kind, subject, message, measured }: InstallationFinding,
): Promise<void> {
  const now = alarm.clock();
  const [alert] = await tx<{ alert_id: number; times: number }[]>`
    insert into alert (kind, subject, message, measured, raised_at, last_at)
    values (${kind}, ${subject}, ${message}, ${measured}, ${now}, ${now})
    on conflict (kind, subject) where connection_id is null and acknowledged_at is null and resolved_at is null
    do update set
      message = excluded.message, measured = excluded.measured, last_at = excluded.last_at, times = alert.times + 1
    returning alert_id, times`;
  if (alert?.times === 1) await tellInTx(tx, alarm, null, alert.alert_id);
}

/** To the webhook of the environment, and to those that were made by API. */
async function tellInTx(tx: Tx, alarm: Alarm, connection_id: number | null, alert_id: number): Promise<void> {
  if (alarm.webhook) await alarm.queue.sendInTx(tx, 'alert', { alert_id });
  await announceInTx(tx, alarm, { type: 'alert.raised', connection_id }, async () => {
    const [data] = await tx<object[]>`
      select alert_id, connection_id, site_key, run_id, kind, subject, message, measured, expected, raised_at
      from alerts where alert_id = ${alert_id}`;
    return data;
  });
}
