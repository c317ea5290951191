import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { readConnectionHealth } from '../reads/connection-health.ts';
import { ConnectionHealthSchema } from '../schemas/connection-health.ts';
import { ConnectionParams } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}/health',
  operationId: 'get-connection-health',
  tags: ['Connections'],
  summary: 'How a connection is doing',
  description: 'Answers 200 whatever the health: a monitor reads `healthy`.',
  request: { params: ConnectionParams },
  responses: {
    200: {
      description: 'Its health.',
      content: { 'application/json': { schema: ConnectionHealthSchema } },
    },
    ...errors('connection-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { id } = c.req.valid('param');
  return c.json(await readConnectionHealth(c.var.services.sql, id), 200);
};
