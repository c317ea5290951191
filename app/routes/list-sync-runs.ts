import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { connectionResource } from '../reads/connections.ts';
import { selectRuns } from '../reads/runs.ts';
import { ConnectionParams, PageQuery, page, pageOf } from '../schemas/page.ts';
import { RunSchema, StatusQuery } from '../schemas/run.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}/sync-runs',
  operationId: 'list-sync-runs',
  tags: ['Syncs'],
  summary: 'List the runs of a connection, newest first',
  description: 'Filter: `status`. Sorted by `run_id`, newest first.',
  request: {
    params: ConnectionParams,
    query: PageQuery.extend(StatusQuery),
  },
  responses: {
    200: {
      description: 'A page of runs.',
      content: { 'application/json': { schema: pageOf(RunSchema, 'RunPage') } },
    },
    ...errors('invalid-request', 'connection-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql } = c.var.services;
  const { id } = c.req.valid('param');
  const { limit, cursor, status } = c.req.valid('query');
  await connectionResource(sql, id);
  const rows = await selectRuns(sql, {
    connection_id: id,
    statuses: status,
    before: cursor === undefined ? undefined : Number(cursor),
    limit: limit + 1,
  });
  return c.json(
    page(c, rows, limit, (row) => row.run_id),
    200,
  );
};
