import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { readJwks } from '../../jobs/connection/jwks.ts';
import type { AppEnv } from '../app-env.ts';
import { openErrors } from '../problems.ts';
import { connectionNotFound } from '../reads/connections.ts';
import { JwkSetSchema } from '../schemas/connection-key.ts';
import { ConnectionParams } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/.well-known/jwks/{id}',
  operationId: 'get-connection-jwks',
  tags: ['Connections'],
  summary: 'Public keys of a connection',
  description: 'The address to register at the EHR and to enter as jwks_url.',
  security: [],
  request: { params: ConnectionParams },
  responses: {
    200: { description: 'The keys.', content: { 'application/json': { schema: JwkSetSchema } } },
    ...openErrors('invalid-request', 'connection-not-found', 'internal-error', 'database-busy'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { id } = c.req.valid('param');
  const jwks = await readJwks(sql, clock(), id);
  if (!jwks) throw connectionNotFound(id);
  return c.json(jwks, 200);
};
