import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { selectDashboard } from '../reads/dashboard.ts';
import { DashboardSchema } from '../schemas/dashboard.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-sync/dashboard',
  operationId: 'get-dashboard',
  tags: ['Syncs'],
  summary: 'How all connections are doing',
  description: 'Totals, funnel, 30-day timeline, health of each connection and recent runs.',
  responses: {
    200: { description: 'The figures.', content: { 'application/json': { schema: DashboardSchema } } },
    ...errors(),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, queue, clock } = c.var.services;
  return c.json(
    await selectDashboard(sql, queue.schema, { now: clock(), only: c.var.caller.connections }),
    200,
  );
};
