/** Receivers of events and what was sent to them, as rows of tables. */
import type { Schemas } from '../../openapi/client/index.ts';

export function webhookRow(one: Schemas['Webhook'], names: ReadonlyMap<number, string>) {
  return {
    ...{ webhook: one.webhook_id, name: one.name, host: one.host },
    events: one.events.join(', ') || 'all',
    connections: one.connections?.map((id) => names.get(id) ?? id).join(', ') ?? 'all',
    networks: one.allowed_networks.join(', '),
    active: one.is_active ? 'yes' : 'no',
  };
}

export function deliveryRow(one: Schemas['WebhookDelivery']) {
  return {
    ...{ delivery: one.delivery_id, type: one.type, happened: one.created_at.slice(0, 19) },
    ...{ tries: one.attempts, last: one.last_at?.slice(0, 19), status: one.status, error: one.error },
    delivered: one.delivered_at?.slice(0, 19),
  };
}
