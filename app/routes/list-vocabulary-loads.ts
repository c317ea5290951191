import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { selectLoads } from '../reads/vocabulary-loads.ts';
import { PageQuery, page, pageOf } from '../schemas/page.ts';
import { VocabularyLoadSchema } from '../schemas/vocabulary-load.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/vocabulary/loads',
  operationId: 'list-vocabulary-loads',
  tags: ['Vocabulary'],
  summary: 'List the loads of vocabularies that were asked for here, newest first',
  description:
    'Loads from the command line are not among them; every release is under /api/v1/vocabulary/release.',
  request: { query: PageQuery },
  responses: {
    200: {
      description: 'A page of loads.',
      content: { 'application/json': { schema: pageOf(VocabularyLoadSchema, 'VocabularyLoadPage') } },
    },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { limit, cursor } = c.req.valid('query');
  const before = cursor === undefined ? undefined : Number(cursor);
  const rows = await selectLoads(sql, clock(), { before, limit: limit + 1 });
  return c.json(
    page(c, rows, limit, (row) => row.load_id),
    200,
  );
};
