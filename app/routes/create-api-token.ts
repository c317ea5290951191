import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { createTokenInTx } from '../auth/api-tokens.ts';
import { asTrigger } from '../caller.ts';
import { errors, problem } from '../problems.ts';
import { CreateApiTokenSchema, CreatedApiTokenSchema, shownToken } from '../schemas/api-token.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/tokens',
  operationId: 'create-api-token',
  tags: ['Tokens'],
  summary: 'Make a token for a program',
  description:
    'The answer holds the token, this once: only its SHA-256 is stored. It ends in a checksum, by which scanners for ' +
    'leaked secrets find it.',
  request: { body: { required: true, content: { 'application/json': { schema: CreateApiTokenSchema } } } },
  responses: {
    201: {
      description: 'The token.',
      content: { 'application/json': { schema: CreatedApiTokenSchema } },
    },
    ...errors(
      'invalid-request',
      'malformed-json',
      'connection-not-found',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { role, note, connections = null, expires_at } = c.req.valid('json');
  const now = clock();
  if (expires_at !== undefined && new Date(expires_at) <= now) {
    throw problem('invalid-request', `expires_at: expected a time to come, got ${expires_at}.`);
  }
  const made = await sql.begin(async (tx) => {
    const [missing] = await tx<{ id: number }[]>`
      select id from unnest(${connections ?? []}::integer[]) as given(id)
      where id not in (select connection_id from connection)`;
    if (missing)
      throw problem(
        'connection-not-found',
        `connections: there is no connection ${missing.id}. List the connections.`,
      );
    const { token, stored } = await createTokenInTx(
      tx,
      {
        ...{ role, note, connections, created_by: asTrigger(c.var.caller) },
        person: c.var.caller.person,
        expires_at: expires_at === undefined ? null : new Date(expires_at),
      },
      now,
    );
    await audit(tx, c, { action: 'token.create', target: `token/${stored.token_id}`, status: 201 });
    return { ...shownToken(stored), token };
  });
  return c.json(made, 201);
};
