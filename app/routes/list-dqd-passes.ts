import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { selectPasses } from '../reads/dqd-passes.ts';
import { PassSchema } from '../schemas/dqd.ts';
import { PageQuery, page, pageOf } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/quality/dqd/passes',
  operationId: 'list-dqd-passes',
  tags: ['Quality'],
  summary: "Passes of the Data Quality Dashboard's checks, newest first",
  description:
    'How many checks failed in each, by category, and what began to fail: by the thresholds of today.',
  request: { query: PageQuery },
  responses: {
    200: {
      description: 'A page of passes.',
      content: { 'application/json': { schema: pageOf(PassSchema, 'DqdPassPage') } },
    },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { limit, cursor } = c.req.valid('query');
  const before = cursor === undefined ? undefined : Number(cursor);
  const rows = await selectPasses(c.var.services.sql, { before, limit: limit + 1 });
  return c.json(
    page(c, rows, limit, (row) => row.dqd_run_id),
    200,
  );
};
