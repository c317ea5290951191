import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { revokeTokenInTx, selectTokens } from '../auth/api-tokens.ts';
import { asTrigger } from '../caller.ts';
import { errors, problem } from '../problems.ts';
import { ApiTokenSchema, shownToken, TokenParams } from '../schemas/api-token.ts';

export const route = createRoute({
  method: 'delete',
  path: '/api/v1/admin/tokens/{tid}',
  operationId: 'revoke-api-token',
  tags: ['Tokens'],
  summary: 'Revoke a token',
  description: 'From the answer on it is refused. It stays in the list. Repeated, it changes nothing.',
  request: { params: TokenParams },
  responses: {
    200: {
      description: 'The token as it is now.',
      content: { 'application/json': { schema: ApiTokenSchema } },
    },
    ...errors('invalid-request', 'token-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { tid } = c.req.valid('param');
  const revoked = await sql.begin(async (tx) => {
    await revokeTokenInTx(tx, { token_id: tid, revoked_by: asTrigger(c.var.caller), now: clock() });
    const [stored] = await selectTokens(tx, { token_id: tid, limit: 1 });
    if (!stored) throw problem('token-not-found', `There is no token ${tid}. List the tokens.`);
    await audit(tx, c, { action: 'token.revoke', target: `token/${tid}`, status: 200 });
    return shownToken(stored);
  });
  return c.json(revoked, 200);
};
