/**
 * Where alerts are sent, and how the receiver knows that they are ours. The header `x-signature: t=<unix
 * seconds>,v1=<hex>` holds the HMAC-SHA256 of "<t>.<body>" under the shared secret. The time is signed with
 * the body, so that an intercepted message cannot be replayed later.
 */
import { createHmac } from 'node:crypto';
import { checkUrl } from '../fhir/http.ts';
import { syncError } from '../step/errors.ts';
import { secretFault } from '../step/secret-strength.ts';

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
  const url = env['ALERT_WEBHOOK_URL'];
  const secret = env['ALERT_WEBHOOK_SECRET'];
  if (!url && !secret) return undefined;
  if (!url || !secret) {
    throw syncError('setting-invalid', {
      faults: 'ALERT_WEBHOOK_URL and ALERT_WEBHOOK_SECRET belong together: set both or neither',
    });
  }
  const fault = secretFault(secret);
  if (fault !== undefined) throw syncError('setting-invalid', { faults: `ALERT_WEBHOOK_SECRET: ${fault}` });
  try {
    checkUrl(url, false);
  } catch {
    // The message leaves the URL out: the webhook URL of a chat service is itself a secret.
    throw syncError('setting-invalid', {
      faults: 'ALERT_WEBHOOK_URL: expected an https URL without user name and password',
    });
  }
  return { url, secret };
}
