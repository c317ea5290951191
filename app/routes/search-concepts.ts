import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { searchConcepts } from '../../jobs/vocabulary/search/search.ts';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { SearchQuery, SearchResultSchema } from '../schemas/search.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/vocabulary/search',
  operationId: 'search-concepts',
  tags: ['Vocabulary'],
  summary: 'Search for concepts',
  description:
    'By name, synonym, code or id; the last word may be the beginning of one, and misspelt words are found.',
  request: { query: SearchQuery },
  responses: {
    200: {
      description: 'A page of concepts.',
      content: { 'application/json': { schema: SearchResultSchema } },
    },
    ...errors('invalid-request', 'vocabulary-not-loaded'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { q, domain, vocabulary, class: conceptClass, ...rest } = c.req.valid('query');
  const found = await searchConcepts(c.var.services.sql, {
    ...{ text: q, domains: domain, vocabularies: vocabulary, classes: conceptClass },
    ...rest,
  });
  return c.json(
    {
      ...found,
      items: [...found.items],
      ignored: [...found.ignored],
      corrected: found.corrected.map(({ typed, taken_as }) => ({ typed, taken_as: [...taken_as] })),
    },
    200,
  );
};
