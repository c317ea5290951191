import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { selectWebhooks } from '../reads/webhooks.ts';
import { PageQuery, page, pageOf } from '../schemas/page.ts';
import { WebhookSchema } from '../schemas/webhook.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/webhooks',
  operationId: 'list-webhooks',
  tags: ['Alerts'],
  summary: 'List the receivers of events, newest first',
  description: 'Their secrets are never shown, and of their URLs only the host.',
  request: { query: PageQuery },
  responses: {
    200: {
      description: 'A page of receivers.',
      content: { 'application/json': { schema: pageOf(WebhookSchema, 'WebhookPage') } },
    },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { limit, cursor } = c.req.valid('query');
  const before = cursor === undefined ? undefined : Number(cursor);
  const rows = await selectWebhooks(c.var.services.sql, { before, limit: limit + 1 });
  return c.json(
    page(c, rows, limit, (row) => row.webhook_id),
    200,
  );
};
