import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { connectionResource, etagOf, shownTo } from '../reads/connections.ts';
import { ConnectionSchema } from '../schemas/connection.ts';
import { ConnectionParams } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}',
  operationId: 'get-fhir-connection',
  tags: ['Connections'],
  summary: 'Get a connection',
  description:
    'With its ETag, by which a change is refused when somebody else made one meanwhile (If-Match).',
  request: { params: ConnectionParams },
  responses: {
    200: { description: 'The connection.', content: { 'application/json': { schema: ConnectionSchema } } },
    ...errors('invalid-request', 'connection-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const found = await connectionResource(c.var.services.sql, c.req.valid('param').id);
  return c.json(shownTo(c.var.caller.role, found), 200, { etag: etagOf(found) });
};
