import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { deliverNow } from '../../jobs/alerts/webhooks/deliver.ts';
import { bodyOf, makeEventId, TEST_EVENT } from '../../jobs/alerts/webhooks/format.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors } from '../problems.ts';
import { selectDeliveries, webhookResource } from '../reads/webhooks.ts';
import { DeliverySchema, WebhookParams } from '../schemas/webhook.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/webhooks/{wid}/test',
  operationId: 'test-webhook',
  tags: ['Alerts'],
  summary: 'Send a receiver an event to try it',
  description:
    'Of the type `webhook.test`, once, also while it is switched off. The answer says how that went.',
  request: { params: WebhookParams },
  responses: {
    200: { description: 'The delivery.', content: { 'application/json': { schema: DeliverySchema } } },
    ...errors('invalid-request', 'webhook-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { wid } = c.req.valid('param');
  const id = await sql.begin(async (tx) => {
    const { name } = await webhookResource(tx, wid);
    const now = clock();
    const [made] = await tx<{ delivery_id: number }[]>`
      insert into webhook_delivery (webhook_id, event_id, type, payload, created_at)
      values (${wid}, ${makeEventId()}, ${TEST_EVENT}, ${bodyOf(TEST_EVENT, now, { name })}, ${now})
      returning delivery_id`;
    await audit(tx, c, { action: 'webhook.test', target: `webhook/${wid}`, status: 200 });
    return made?.delivery_id ?? 0;
  });
  await deliverNow(c.var.services, id, c.var.caller);
  const [delivery] = await selectDeliveries(sql, { webhook: wid, id, limit: 1 });
  if (!delivery) throw new Error('the delivery is gone');
  return c.json(delivery, 200);
};
