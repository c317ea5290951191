import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { sealSecret } from '../../jobs/alerts/webhooks/deliver.ts';
import { makeSecret } from '../../jobs/alerts/webhooks/format.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { asTrigger } from '../caller.ts';
import { errors } from '../problems.ts';
import { demandConnectionsInTx, webhookResource } from '../reads/webhooks.ts';
import { CreatedWebhookSchema, CreateWebhookSchema } from '../schemas/webhook.ts';
import { sealAddress } from '../webhook-address.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/webhooks',
  operationId: 'create-webhook',
  tags: ['Alerts'],
  summary: 'Have events sent to a receiver',
  description:
    'In the format of Standard Webhooks. The answer holds the secret, this once. Each event is posted until the answer is ' +
    '2xx, with growing delays for three quarters of an hour.',
  request: { body: { required: true, content: { 'application/json': { schema: CreateWebhookSchema } } } },
  responses: {
    201: {
      description: 'The receiver, with its secret.',
      content: { 'application/json': { schema: CreatedWebhookSchema } },
    },
    ...errors(
      'invalid-request',
      'malformed-json',
      'connections-unknown',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, keyring, clock } = c.var.services;
  const { url, ...given } = c.req.valid('json');
  const secret = makeSecret();
  // Drawn before, since what is sealed is bound to it.
  const [drawn] = await sql<{ id: number }[]>`
    select nextval(pg_get_serial_sequence('webhook', 'webhook_id')) as id`;
  const id = drawn?.id ?? 0;
  const address = await sealAddress(keyring, id, url);
  const secret_sealed = await sealSecret(keyring, id, secret);
  const made = await sql.begin(async (tx) => {
    await demandConnectionsInTx(tx, given.connections ?? []);
    await tx`
      insert into webhook (
        webhook_id, name, url_host, url_sealed, secret_sealed, events, connections, allowed_networks, is_active, created_at,
        created_by, updated_at
      )
      overriding system value
      values (
        ${id}, ${given.name}, ${address.url_host}, ${address.url_sealed}, ${secret_sealed}, ${given.events},
        ${given.connections}, ${given.allowed_networks}, ${given.is_active}, ${clock()}, ${asTrigger(c.var.caller)},
        ${clock()}
      )`;
    const after = await webhookResource(tx, id);
    await audit(tx, c, { action: 'webhook.create', target: `webhook/${id}`, status: 201, after });
    return after;
  });
  return c.json({ ...made, secret }, 201, { location: `/api/v1/admin/webhooks/${made.webhook_id}` });
};
