import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors, problem } from '../problems.ts';
import { selectAlerts } from '../reads/alerts.ts';
import { AlertSchema } from '../schemas/alert.ts';
import { id } from '../schemas/whole.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/alerts/{id}/acknowledge',
  operationId: 'acknowledge-alert',
  tags: ['Alerts'],
  summary: 'Say that a person has seen an alert',
  description: 'The same found again after that is a new alert. Repeated, it changes nothing.',
  request: {
    params: z.object({
      id: id('id', 'alert_id', Number.MAX_SAFE_INTEGER),
    }),
  },
  responses: {
    200: { description: 'The alert as it is now.', content: { 'application/json': { schema: AlertSchema } } },
    ...errors('invalid-request', 'alert-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { id } = c.req.valid('param');
  const { connections } = c.var.caller;
  const alert = await sql.begin(async (tx) => {
    const changed = await tx`
      update alert set acknowledged_at = ${clock()}, acknowledged_by = ${c.var.caller.name}
      where alert_id = ${id} and acknowledged_at is null
        and (${connections}::integer[] is null or connection_id = any (${connections}))
      returning alert_id`;
    if (changed.length > 0)
      await audit(tx, c, { action: 'alert.acknowledge', target: `alert/${id}`, status: 200 });
    return (await selectAlerts(tx, { alert_id: id, connections, limit: 1 }))[0];
  });
  if (!alert) throw problem('alert-not-found', `There is no alert ${id}. List the alerts.`);
  return c.json(alert, 200);
};
