import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { changesOf } from '../../jobs/record/changes.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors } from '../problems.ts';
import { demandConnectionsInTx, webhookResource } from '../reads/webhooks.ts';
import { UpdateWebhookSchema, WebhookParams, WebhookSchema } from '../schemas/webhook.ts';
import { sealAddress } from '../webhook-address.ts';

const FIELDS = ['name', 'host', 'events', 'connections', 'allowed_networks', 'is_active'] as const;

export const route = createRoute({
  method: 'put',
  path: '/api/v1/admin/webhooks/{wid}',
  operationId: 'update-webhook',
  tags: ['Alerts'],
  summary: 'Change a receiver of events',
  description: 'The secret stays; for another one make another receiver.',
  request: {
    params: WebhookParams,
    body: { required: true, content: { 'application/json': { schema: UpdateWebhookSchema } } },
  },
  responses: {
    200: { description: 'The receiver.', content: { 'application/json': { schema: WebhookSchema } } },
    ...errors(
      'invalid-request',
      'malformed-json',
      'webhook-not-found',
      'connections-unknown',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, keyring, clock } = c.var.services;
  const { wid } = c.req.valid('param');
  const { url, ...given } = c.req.valid('json');
  const address = url === undefined ? {} : await sealAddress(keyring, wid, url);
  const now = await sql.begin(async (tx) => {
    await tx`select 1 from webhook where webhook_id = ${wid} for update`;
    const before = await webhookResource(tx, wid);
    const { name = before.name, events = before.events, connections = before.connections } = given;
    // One that was deleted since may stay named.
    const added = connections?.filter((id) => !before.connections?.includes(id));
    await demandConnectionsInTx(tx, added ?? []);
    const { allowed_networks = before.allowed_networks, is_active = before.is_active } = given;
    await tx`
      update webhook set ${tx({ ...address, name })}, events = ${events},
        connections = ${connections}, allowed_networks = ${allowed_networks}, is_active = ${is_active},
        updated_at = greatest(${clock()}, updated_at + interval '1 millisecond')
      where webhook_id = ${wid}`;
    const after = await webhookResource(tx, wid);
    const details = url === undefined ? {} : { details: { url: 'set' } };
    const change = changesOf(FIELDS, before, after);
    await audit(tx, c, {
      action: 'webhook.update',
      target: `webhook/${wid}`,
      status: 200,
      ...change,
      ...details,
    });
    return after;
  });
  return c.json(now, 200);
};
