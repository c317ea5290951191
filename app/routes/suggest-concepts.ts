import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { suggest } from '../../jobs/vocabulary/unmapped/suggest.ts';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { ConceptSchema } from '../schemas/concept.ts';
import { CodeParams } from '../schemas/unmapped.ts';
import { wholeOr } from '../schemas/whole.ts';

const SuggestionsSchema = z
  .object({
    text: z.string().describe('What concepts were compared with: the display, or the words.'),
    domains: z.array(z.string()).describe('Domains that were searched; all, when empty.'),
    index: z
      .enum(['ready', 'building'])
      .describe('`building`: the search is not ready, and only beginnings of names are found.'),
    items: z
      .array(
        z.object({
          concept: ConceptSchema,
          similarity: z.number().describe('0 to 1: the share of three-letter pieces in common.'),
          matched_text: z.string().describe('The name or synonym that is alike.'),
        }),
      )
      .describe('Standard concepts, the most alike first.'),
  })
  .openapi('ConceptSuggestions');

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/vocabulary/unmapped/{code_id}/suggestions',
  operationId: 'suggest-concepts',
  tags: ['Local codes'],
  summary: 'Suggest Standard concepts for an unmapped code',
  description: 'By likeness of the words, in the expected domains. A person decides.',
  request: {
    params: CodeParams,
    query: z.object({
      limit: wholeOr('limit', 10, 'Suggestions at most.', { most: 50 }),
    }),
  },
  responses: {
    200: { description: 'Suggestions.', content: { 'application/json': { schema: SuggestionsSchema } } },
    ...errors('invalid-request', 'unmapped-code-not-found', 'vocabulary-not-loaded'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { code_id } = c.req.valid('param');
  const { limit } = c.req.valid('query');
  return c.json(
    await suggest(c.var.services.sql, code_id, { limit, connections: c.var.caller.connections }),
    200,
  );
};
