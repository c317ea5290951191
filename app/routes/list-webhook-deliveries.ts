import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { selectDeliveries, webhookResource } from '../reads/webhooks.ts';
import { PageQuery, page, pageOf } from '../schemas/page.ts';
import { DeliverySchema, WebhookParams } from '../schemas/webhook.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/webhooks/{wid}/deliveries',
  operationId: 'list-webhook-deliveries',
  tags: ['Alerts'],
  summary: 'List what was sent to a receiver, newest first',
  description: 'Kept for 30 days.',
  request: { params: WebhookParams, query: PageQuery },
  responses: {
    200: {
      description: 'A page of deliveries.',
      content: { 'application/json': { schema: pageOf(DeliverySchema, 'WebhookDeliveryPage') } },
    },
    ...errors('invalid-request', 'webhook-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const { wid } = c.req.valid('param');
  const { limit, cursor } = c.req.valid('query');
  await webhookResource(sql, wid);
  const before = cursor === undefined ? undefined : Number(cursor);
  const rows = await selectDeliveries(sql, { webhook: wid, before, limit: limit + 1 });
  return c.json(
    page(c, rows, limit, (row) => row.delivery_id),
    200,
  );
};
