import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { selectConnections, shownTo } from '../reads/connections.ts';
import { ConnectionSchema } from '../schemas/connection.ts';
import { PageQuery, page, pageOf } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections',
  operationId: 'list-fhir-connections',
  tags: ['Connections'],
  summary: 'List connections, in order of their ids',
  description:
    'Filters: none; a caller who is restricted to some connections sees those. Sorted by `connection_id`.',
  request: { query: PageQuery },
  responses: {
    200: {
      description: 'A page of connections.',
      content: { 'application/json': { schema: pageOf(ConnectionSchema, 'ConnectionPage') } },
    },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { limit, cursor } = c.req.valid('query');
  const rows = await selectConnections(c.var.services.sql, {
    connections: c.var.caller.connections,
    after: Number(cursor ?? 0),
    limit: limit + 1,
  });
  return c.json(
    page(
      c,
      rows.map((row) => shownTo(c.var.caller.role, row)),
      limit,
      (row) => row.connection_id,
    ),
    200,
  );
};
