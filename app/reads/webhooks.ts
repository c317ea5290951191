/** Reads receivers of events and their deliveries, newest first; neither addresses nor secrets. */
import type { Sql, Tx } from '../../sql/connect.ts';
import { problem } from '../problems.ts';
import type { Delivery, Webhook } from '../schemas/webhook.ts';

interface Page {
  readonly before?: number | undefined;
  readonly limit: number;
}

export async function selectWebhooks(
  sql: Sql | Tx,
  { id, before, limit }: Page & { readonly id?: number },
): Promise<Webhook[]> {
  const rows = await sql<(Omit<Webhook, 'created_at'> & { created_at: Date })[]>`
    select webhook_id, name, url_host as host, events, connections, allowed_networks, is_active, created_at, created_by
    from webhook
    where (${id ?? null}::integer is null or webhook_id = ${id ?? null})
      and (${before ?? null}::bigint is null or webhook_id < ${before ?? null}::bigint)
    order by webhook_id desc limit ${limit}`;
  return rows.map((row) => ({ ...row, created_at: row.created_at.toISOString() }));
}

export async function webhookResource(sql: Sql | Tx, id: number): Promise<Webhook> {
  const [found] = await selectWebhooks(sql, { id, limit: 1 });
  if (!found)
    throw problem(
      'webhook-not-found',
      `There is no webhook ${id}; it may have been deleted. List the webhooks.`,
    );
  return found;
}

/** @throws Problem naming those that do not exist: a receiver would wait for their events in vain. */
export async function demandConnectionsInTx(tx: Tx, ids: readonly number[]): Promise<void> {
  const missing = await tx<{ id: number }[]>`
    select distinct id from unnest(${[...ids]}::integer[]) as given(id)
    where id not in (select connection_id from connection) order by id`;
  if (missing.length === 0) return;
  const message = `Expected connections that exist, got ${missing.map(({ id }) => id).join(', ')}.`;
  throw problem('connections-unknown', `connections: ${message}`, {
    errors: [{ path: 'connections', message }],
  });
}

export async function selectDeliveries(
  sql: Sql | Tx,
  { webhook, id, before, limit }: Page & { readonly webhook: number; readonly id?: number },
): Promise<Delivery[]> {
  type Row = Omit<Delivery, 'created_at' | 'last_at' | 'delivered_at'> & {
    readonly created_at: Date;
    readonly last_at: Date | null;
    readonly delivered_at: Date | null;
  };
  const rows = await sql<Row[]>`
    select delivery_id, event_id, type, created_at, attempts, last_at, status, error, delivered_at
    from webhook_delivery
    where webhook_id = ${webhook} and (${id ?? null}::bigint is null or delivery_id = ${id ?? null})
      and (${before ?? null}::bigint is null or delivery_id < ${before ?? null})
    order by delivery_id desc limit ${limit}`;
  return rows.map((row) => ({
    ...row,
    created_at: row.created_at.toISOString(),
    last_at: row.last_at?.toISOString() ?? null,
    delivered_at: row.delivered_at?.toISOString() ?? null,
  }));
}
