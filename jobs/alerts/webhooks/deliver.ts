/**
 * Sends one event to one receiver. Anything but a 2xx answer is tried again with growing delays, for about three quarters
 * of an hour; each try is noted. Redirects are not followed, since the message is signed for one receiver. One that answers
 * 410 wants no more, as Standard Webhooks has it, and is switched off.
 */
import type { Sql, Tx } from '../../../sql/connect.ts';
import type { Keyring } from '../../connection/keyring.ts';
import { seal, unseal } from '../../connection/secrets.ts';
import { send } from '../../fhir/http.ts';
import { readRetryAfter } from '../../fhir/retry-after.ts';
import type { Reach } from '../../outbound/reach.ts';
import type { Deps } from '../../step/deps.ts';
import { describeError } from '../../step/describe-error.ts';
import { SyncError, syncError } from '../../step/errors.ts';
import type { Handler } from '../../step/handler.ts';
import { headersOf } from './format.ts';

const TIMEOUT_MS = 10_000;
const GONE = 410;
/** The receiver's Retry-After is believed within these bounds. */
const RETRY_SECONDS = { least: 1, most: 900 };
const KEPT_DAYS = 30;

type Sending = Pick<Deps, 'sql' | 'keyring' | 'clock' | 'outbound'>;

interface Delivery {
  readonly delivery_id: number;
  readonly webhook_id: number;
  readonly event_id: string;
  readonly payload: string;
  readonly url_sealed: string;
  readonly secret_sealed: string;
  readonly allowed_networks: readonly string[];
}

export interface Tried {
  readonly status: number | null;
  /** Undefined when the receiver took it. */
  readonly error?: SyncError;
}

export const deliverWebhook: Handler<'webhook'> = async (deps, step) => {
  const [delivery] = await deps.sql<Delivery[]>`
    select delivery_id, webhook_id, event_id, payload, url_sealed, secret_sealed, allowed_networks
    from webhook_delivery join webhook using (webhook_id)
    where delivery_id = ${step.payload.delivery_id} and delivered_at is null and is_active`;
  if (!delivery) return step.commit(async () => {});
  const tried = await tryDelivery(deps, delivery);
  const { error } = tried;
  if (error === undefined || tried.status === GONE) {
    return step.commit((tx) => noteInTx(tx, delivery, tried, deps.clock()));
  }
  await step.checkpoint((tx) => noteInTx(tx, delivery, tried, deps.clock()));
  throw error;
};

/** Sends it now and notes how that went: for the test that a person asks for. */
export async function deliverNow(deps: Sending, deliveryId: number): Promise<void> {
  const [delivery] = await deps.sql<Delivery[]>`
    select delivery_id, webhook_id, event_id, payload, url_sealed, secret_sealed, allowed_networks
    from webhook_delivery join webhook using (webhook_id) where delivery_id = ${deliveryId}`;
  if (!delivery) return;
  const tried = await tryDelivery(deps, delivery);
  await deps.sql.begin((tx) => noteInTx(tx, delivery, tried, deps.clock()));
}

async function tryDelivery({ keyring, clock, outbound }: Sending, delivery: Delivery): Promise<Tried> {
  try {
    const url = await unseal(keyring, placeOf('url_sealed'), delivery.url_sealed);
    const secret = await unseal(keyring, placeOf('secret_sealed'), delivery.secret_sealed);
    const headers = headersOf(secret, delivery.event_id, clock(), delivery.payload);
    const answer = await send(
      url,
      { method: 'POST', body: delivery.payload, headers },
      { outbound, reach: reachOf(url, delivery.allowed_networks), timeoutMs: TIMEOUT_MS },
    );
    await answer.body?.cancel();
    const { status } = answer;
    if (answer.ok) return { status };
    const asked = readRetryAfter(answer.headers.get('retry-after'), clock());
    const { least, most } = RETRY_SECONDS;
    const retryAfterSeconds = asked === undefined ? undefined : Math.min(most, Math.max(least, asked));
    return { status, error: syncError('webhook-refused', { status }, { status, retryAfterSeconds }) };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    // What is said of a connection's server would send people to the connection's settings.
    const isPrivate = error.code === 'address-refused';
    return { status: null, error: isPrivate ? syncError('webhook-address-refused') : error };
  }
}

/** Whoever may make receivers need not be whoever runs the machine: its own network is open by name only. */
function reachOf(url: string, networks: readonly string[]): Reach {
  return { networks, hosts: [new URL(url).hostname] };
}

async function noteInTx(tx: Tx, delivery: Delivery, { status, error }: Tried, now: Date): Promise<void> {
  await tx`
    update webhook_delivery set attempts = attempts + 1, last_at = ${now}, status = ${status},
      error = ${error ? describeError(error).code : null}, delivered_at = ${error ? null : now}
    where delivery_id = ${delivery.delivery_id}`;
  if (status === GONE)
    await tx`update webhook set is_active = false, updated_at = ${now} where webhook_id = ${delivery.webhook_id}`;
}

const placeOf = (column: 'url_sealed' | 'secret_sealed') =>
  ({ table: 'webhook', column, connection: 0 }) as const;

export const sealUrl = (keyring: Keyring, url: string) => seal(keyring, placeOf('url_sealed'), url);
export const sealSecret = (keyring: Keyring, secret: string) =>
  seal(keyring, placeOf('secret_sealed'), secret);

export async function forgetDeliveriesInTx(sql: Sql | Tx, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  await sql`delete from webhook_delivery where created_at < ${before}`;
}
