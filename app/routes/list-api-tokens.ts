import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { selectTokens } from '../auth/api-tokens.ts';
import { errors } from '../problems.ts';
import { ApiTokenSchema, shownToken } from '../schemas/api-token.ts';
import { PageQuery, page, pageOf } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/tokens',
  operationId: 'list-api-tokens',
  tags: ['Tokens'],
  summary: 'List the tokens of programs, newest first',
  description: 'Expired and revoked ones too. The tokens themselves are not stored.',
  request: { query: PageQuery },
  responses: {
    200: {
      description: 'A page of tokens.',
      content: { 'application/json': { schema: pageOf(ApiTokenSchema, 'ApiTokenPage') } },
    },
    ...errors('invalid-request'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { limit, cursor } = c.req.valid('query');
  const before = cursor === undefined ? undefined : Number(cursor);
  const rows = await selectTokens(c.var.services.sql, { before, limit: limit + 1 });
  return c.json(
    page(c, rows.map(shownToken), limit, (row) => row.token_id),
    200,
  );
};
