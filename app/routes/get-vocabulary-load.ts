import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors, problem } from '../problems.ts';
import { selectLoads } from '../reads/vocabulary-loads.ts';
import { LoadParams } from '../schemas/page.ts';
import { VocabularyLoadSchema } from '../schemas/vocabulary-load.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/vocabulary/loads/{lid}',
  operationId: 'get-vocabulary-load',
  tags: ['Vocabulary'],
  summary: 'How far a load of a vocabulary is, and how it ended',
  description: 'Ask again until `state` is final.',
  request: { params: LoadParams },
  responses: {
    200: { description: 'The load.', content: { 'application/json': { schema: VocabularyLoadSchema } } },
    ...errors('invalid-request', 'vocabulary-load-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { lid } = c.req.valid('param');
  const [load] = await selectLoads(sql, clock(), { load_id: lid, limit: 1 });
  if (!load) throw problem('vocabulary-load-not-found', `There is no load ${lid}. List the loads.`);
  return c.json(load, 200);
};
