import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { connectionResource } from '../reads/connections.ts';
import { selectPurges } from '../reads/purges.ts';
import { ConnectionParams, PageQuery, page, pageOf } from '../schemas/page.ts';
import { PurgeSchema } from '../schemas/purge.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}/purges',
  operationId: 'list-purges',
  tags: ['Purges'],
  summary: 'List the purges of a connection, newest first',
  description: 'Purges hold no identifiers. Sorted by `purge_id`, newest first.',
  request: { params: ConnectionParams, query: PageQuery },
  responses: {
    200: {
      description: 'A page of purges; never whom.',
      content: { 'application/json': { schema: pageOf(PurgeSchema, 'PurgePage') } },
    },
    ...errors('invalid-request', 'connection-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const { id } = c.req.valid('param');
  const { limit, cursor } = c.req.valid('query');
  await connectionResource(sql, id);
  const before = cursor === undefined ? undefined : Number(cursor);
  const rows = await selectPurges(sql, { connection_id: id, before, limit: limit + 1 });
  return c.json(
    page(c, rows, limit, (row) => row.purge_id),
    200,
  );
};
