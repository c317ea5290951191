import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { selectRuns } from '../reads/runs.ts';
import { ConnectionQuery, PageQuery, page, pageOf } from '../schemas/page.ts';
import { RunSchema, StatusQuery } from '../schemas/run.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/sync-runs',
  operationId: 'list-runs',
  tags: ['Syncs'],
  summary: 'List the runs of all connections, newest first',
  description: 'Filters: `connection_id`, `status`. Sorted by `run_id`, newest first.',
  request: { query: PageQuery.extend({ ...ConnectionQuery, ...StatusQuery }) },
  responses: {
    200: {
      description: 'A page of runs.',
      content: { 'application/json': { schema: pageOf(RunSchema, 'RunPage') } },
    },
    ...errors(),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { limit, cursor, status, connection_id } = c.req.valid('query');
  const rows = await selectRuns(c.var.services.sql, {
    connection_id,
    connections: c.var.caller.connections,
    statuses: status,
    before: cursor === undefined ? undefined : Number(cursor),
    limit: limit + 1,
  });
  return c.json(
    page(c, rows, limit, (row) => row.run_id),
    200,
  );
};
