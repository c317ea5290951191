import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors } from '../problems.ts';
import { webhookResource } from '../reads/webhooks.ts';
import { WebhookParams } from '../schemas/webhook.ts';

export const route = createRoute({
  method: 'delete',
  path: '/api/v1/admin/webhooks/{wid}',
  operationId: 'delete-webhook',
  tags: ['Alerts'],
  summary: 'Delete a receiver of events',
  description: 'With its log of deliveries. What waits for it is not sent any more.',
  request: { params: WebhookParams },
  responses: { 204: { description: 'Deleted.' }, ...errors('invalid-request', 'webhook-not-found') },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { wid } = c.req.valid('param');
  await c.var.services.sql.begin(async (tx) => {
    const before = await webhookResource(tx, wid);
    await tx`delete from webhook where webhook_id = ${wid}`;
    await audit(tx, c, { action: 'webhook.delete', target: `webhook/${wid}`, status: 204, before });
  });
  return c.body(null, 204);
};
