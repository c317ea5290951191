/**
 * Where alerts are sent, and how the receiver knows that they are ours. The header `x-signature: t=<unix
 * seconds>,v1=<hex>` holds the HMAC-SHA256 of "<t>.<body>" under the shared secret. The time is signed with
 * the body, so that an intercepted message cannot be replayed later.
 */
import { createHmac } from 'node:crypto';
import { ALERTS } from '../../sql/settings/program.ts';
import { checkUrl } from '../fhir/http.ts';
import { readSettings, settingFault } from '../step/settings.ts';

export interface Webhook {
  readonly url: string;
  readonly secret: string;
  /** Time allowed until the answer begins; 10 s by default. */
  readonly timeoutMs?: number | undefined;
}

export function sign(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/** Reads ALERT_WEBHOOK_URL and ALERT_WEBHOOK_SECRET; returns undefined when neither is set. */
export function readWebhook(env: Readonly<Record<string, string | undefined>>): Webhook | undefined {
  const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret } = readSettings(ALERTS, env);
  if (!url && !secret) return undefined;
  if (!url || !secret) {
    throw settingFault('ALERT_WEBHOOK_URL and ALERT_WEBHOOK_SECRET belong together: set both or neither');
  }
  try {
    checkUrl(url, false);
  } catch {
    // The message leaves the URL out: the webhook URL of a chat service is itself a secret.
    throw settingFault('ALERT_WEBHOOK_URL: expected an https URL without user name and password');
  }
  return { url, secret };
}
