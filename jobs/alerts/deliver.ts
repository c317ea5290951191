/**
 * Sends one alert to the webhook. Anything but a 2xx answer is tried again with growing delays, for about
 * three quarters of an hour. The receiver may get an alert twice, if we died before we could note that it took
 * it; `alert_id` shows that it is the same one.
 */

import { reachOfOperator } from '../outbound/reach.ts';
import type { Deps } from '../step/deps.ts';
import { describeError } from '../step/describe-error.ts';
import type { Handler } from '../step/handler.ts';
import { post } from './post.ts';
import { sign, type Webhook } from './webhook.ts';

interface Stored {
  readonly alert_id: number;
  /** Null, as site_key, where it is of the installation. */
  readonly connection_id: number | null;
  readonly site_key: string | null;
  readonly run_id: number | null;
  readonly kind: string;
  readonly subject: string;
  readonly message: string;
  readonly measured: number | null;
  readonly expected: number | null;
  readonly raised_at: Date;
}

export const deliverAlert: Handler<'alert'> = async (deps, step) => {
  const { alert_id } = step.payload;
  const [alert] = await deps.sql<Stored[]>`
    select alert_id, connection_id, site_key, run_id, kind, subject, message, measured, expected, raised_at
    from alerts where alert_id = ${alert_id} and delivered_at is null`;
  if (!alert || !deps.webhook) return step.commit(async () => {});
  try {
    await send(deps, deps.webhook, alert);
  } catch (error) {
    const { code } = describeError(error);
    await step.checkpoint(async (tx) => {
      await tx`update alert set attempts = attempts + 1, delivery_error = ${code} where alert_id = ${alert_id}`;
    });
    throw error;
  }
  await step.commit(async (tx) => {
    await tx`
      update alert set attempts = attempts + 1, delivered_at = ${deps.clock()}, delivery_error = null
      where alert_id = ${alert_id}`;
  });
};

async function send(deps: Deps, webhook: Webhook, alert: Stored): Promise<void> {
  const body = JSON.stringify({ type: 'alert.raised', ...alert });
  const seconds = Math.floor(deps.clock().getTime() / 1000);
  const { error } = await post(deps, {
    ...{ url: webhook.url, body, timeoutMs: webhook.timeoutMs },
    headers: { 'x-signature': sign(webhook.secret, seconds, body) },
    reach: reachOfOperator(new URL(webhook.url)),
  });
  if (error) throw error;
}
