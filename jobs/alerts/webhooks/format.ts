/**
 * The format of Standard Webhooks: what is signed, and how. The signature is one call of node's own HMAC, so the package
 * `standardwebhooks`, which brings a SHA-256 in JavaScript, only verifies it in the tests.
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';

/** Types of events. */
export const EVENTS = ['alert.raised', 'run.completed', 'run.failed', 'run.cancelled'] as const;
export type EventType = (typeof EVENTS)[number];

/** What a person sends to see whether anything arrives; every receiver gets it. */
export const TEST_EVENT = 'webhook.test';

const PREFIX = 'whsec_';
/** The format asks for 24 to 64. */
const SECRET_BYTES = 32;

export const makeSecret = () => `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;

export const makeEventId = () => `msg_${randomUUID().replaceAll('-', '')}`;

export function bodyOf(type: string, at: Date, data: object): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), data });
}

export function headersOf(secret: string, id: string, now: Date, body: string): Record<string, string> {
  const seconds = Math.floor(now.getTime() / 1000);
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': `v1,${signature}`,
  };
}
