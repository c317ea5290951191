import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { selectAlerts } from '../reads/alerts.ts';
import { ALERT_STATES, AlertSchema } from '../schemas/alert.ts';
import { ConnectionQuery, PageQuery, page, pageOf } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/alerts',
  operationId: 'list-alerts',
  tags: ['Alerts'],
  summary: 'List alerts, newest first',
  description: 'Filters: `state`, `connection_id`. Sorted by `alert_id`, newest first.',
  request: {
    query: PageQuery.extend({
      ...ConnectionQuery,
      state: z
        .preprocess(
          (given) => (typeof given === 'string' ? given.split(',') : given),
          z.array(z.enum(ALERT_STATES)).min(1).optional(),
        )
        .openapi({
          param: { name: 'state', in: 'query', required: false },
          type: 'array',
          items: { type: 'string', enum: [...ALERT_STATES] },
          description: 'Only alerts in these states; repeated or with commas.',
        }),
    }),
  },
  responses: {
    200: {
      description: 'A page of alerts.',
      content: { 'application/json': { schema: pageOf(AlertSchema, 'AlertPage') } },
    },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { limit, cursor, state, connection_id } = c.req.valid('query');
  const rows = await selectAlerts(c.var.services.sql, {
    connection_id,
    connections: c.var.caller.connections,
    states: state,
    before: cursor === undefined ? undefined : Number(cursor),
    limit: limit + 1,
  });
  return c.json(
    page(c, rows, limit, (row) => row.alert_id),
    200,
  );
};
