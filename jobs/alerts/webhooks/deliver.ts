/**
 * Sends one event to one receiver. Anything but a 2xx answer is tried again with growing delays, for about three quarters
 * of an hour; each try is noted. A receiver that answers 410 wants no more, as Standard Webhooks has it, and is switched off,
 * which the record holds, unless somebody has changed it since it was asked.
 */
import type { Sql, Tx } from '../../../sql/connect.ts';
import type { Keyring } from '../../connection/keyring.ts';
import { seal, unseal } from '../../connection/secrets.ts';
import type { Reach } from '../../outbound/reach.ts';
import { type Actor, WORKER } from '../../record/actor.ts';
import { recordInTx } from '../../record/record.ts';
import type { Deps } from '../../step/deps.ts';
import { describeError } from '../../step/describe-error.ts';
import { SyncError, syncError } from '../../step/errors.ts';
import type { Handler } from '../../step/handler.ts';
import { type Answered, post } from '../post.ts';
import { headersOf } from './format.ts';

const GONE = 410;
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
  /** Of the receiver as it is asked. */
  readonly updated_at: Date;
}

/** The status is null where no answer came. */
type Tried = Answered | { readonly status: null; readonly error: SyncError };

export const deliverWebhook: Handler<'webhook'> = async (deps, step) => {
  const [delivery] = await deps.sql<Delivery[]>`
    select delivery_id, webhook_id, event_id, payload, url_sealed, secret_sealed, allowed_networks, updated_at
    from webhook_delivery join webhook using (webhook_id)
    where delivery_id = ${step.payload.delivery_id} and delivered_at is null and is_active`;
  if (!delivery) return step.commit(async () => {});
  const tried = await tryDelivery(deps, delivery);
  const { error } = tried;
  if (error === undefined || tried.status === GONE) {
    return step.commit((tx) => noteInTx(tx, delivery, tried, { actor: WORKER, now: deps.clock() }));
  }
  await step.checkpoint((tx) => noteInTx(tx, delivery, tried, { actor: WORKER, now: deps.clock() }));
  throw error;
};

/** Sends it now and notes how that went: for the test that a person asks for. */
export async function deliverNow(deps: Sending, deliveryId: number, actor: Actor): Promise<void> {
  const [delivery] = await deps.sql<Delivery[]>`
    select delivery_id, webhook_id, event_id, payload, url_sealed, secret_sealed, allowed_networks, updated_at
    from webhook_delivery join webhook using (webhook_id) where delivery_id = ${deliveryId}`;
  if (!delivery) return;
  const tried = await tryDelivery(deps, delivery);
  await deps.sql.begin((tx) => noteInTx(tx, delivery, tried, { actor, now: deps.clock() }));
}

async function tryDelivery(deps: Sending, delivery: Delivery): Promise<Tried> {
  const { keyring } = deps;
  const { webhook_id: id } = delivery;
  try {
    const url = await unseal(keyring, placeOf('url_sealed', id), delivery.url_sealed);
    const secret = await unseal(keyring, placeOf('secret_sealed', id), delivery.secret_sealed);
    const headers = headersOf(secret, delivery.event_id, deps.clock(), delivery.payload);
    const reach = reachOf(url, delivery.allowed_networks);
    return await post(deps, { url, body: delivery.payload, headers, reach });
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

async function noteInTx(
  tx: Tx,
  delivery: Delivery,
  { status, error }: Tried,
  { actor, now }: { readonly actor: Actor; readonly now: Date },
): Promise<void> {
  await tx`
    update webhook_delivery set attempts = attempts + 1, last_at = ${now}, status = ${status},
      error = ${error ? describeError(error).code : null}, delivered_at = ${error ? null : now}
    where delivery_id = ${delivery.delivery_id}`;
  if (status !== GONE) return;
  const switchedOff = await tx`
    update webhook set is_active = false, updated_at = greatest(${now}, updated_at + interval '1 millisecond')
    where webhook_id = ${delivery.webhook_id} and updated_at = ${delivery.updated_at} and is_active
    returning webhook_id`;
  if (switchedOff.length === 0) return;
  await recordInTx(tx, {
    ...{ at: now, actor, action: 'webhook.switch-off', object: `webhook/${delivery.webhook_id}` },
    ...{ before: { is_active: true }, after: { is_active: false } },
    details: { answered: GONE, delivery_id: delivery.delivery_id },
  });
}

const placeOf = (column: 'url_sealed' | 'secret_sealed', row: number) =>
  ({ table: 'webhook', column, connection: 0, row }) as const;

export const sealUrl = (keyring: Keyring, id: number, url: string) =>
  seal(keyring, placeOf('url_sealed', id), url);
export const sealSecret = (keyring: Keyring, id: number, secret: string) =>
  seal(keyring, placeOf('secret_sealed', id), secret);

export async function forgetDeliveriesInTx(sql: Sql | Tx, now: Date): Promise<void> {
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  await sql`delete from webhook_delivery where created_at < ${before}`;
}
