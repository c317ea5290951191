import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { readConcept } from '../../jobs/vocabulary/concept.ts';
import type { AppEnv } from '../app-env.ts';
import { errors, problem } from '../problems.ts';
import { ConceptDetailSchema } from '../schemas/concept.ts';
import { ConceptParams, OffsetQuery } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/vocabulary/concepts/{id}',
  operationId: 'get-concept',
  tags: ['Vocabulary'],
  summary: 'Get a concept with its relationships and ancestors',
  description: 'limit and offset are those of the relationships.',
  request: { params: ConceptParams, query: z.object(OffsetQuery) },
  responses: {
    200: { description: 'The concept.', content: { 'application/json': { schema: ConceptDetailSchema } } },
    ...errors('invalid-request', 'concept-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { id } = c.req.valid('param');
  const concept = await readConcept(c.var.services.sql, id, c.req.valid('query'));
  if (!concept) {
    throw problem(
      'concept-not-found',
      `The loaded vocabulary has no concept ${id}. GET /api/v1/vocabulary/release says what is loaded.`,
    );
  }
  return c.json(
    {
      ...concept,
      synonyms: [...concept.synonyms],
      relationships: [...concept.relationships],
      ancestors: [...concept.ancestors],
    },
    200,
  );
};
