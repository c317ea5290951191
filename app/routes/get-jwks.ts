import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { readJwks } from '../../jobs/connection/jwks.ts';
import type { AppEnv } from '../app-env.ts';
import { openErrors } from '../problems.ts';
import { JwkSetSchema } from '../schemas/connection-key.ts';

export const route = createRoute({
  method: 'get',
  path: '/.well-known/jwks.json',
  operationId: 'get-jwks',
  tags: ['Connections'],
  summary: 'Public keys of all active connections',
  description:
    'What EHRs read to check our assertions. No token is needed, and keys of inactive connections are not in it.',
  security: [],
  responses: {
    200: { description: 'The keys.', content: { 'application/json': { schema: JwkSetSchema } } },
    ...openErrors('host-refused', 'too-many-requests', 'internal-error', 'database-busy'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  return c.json((await readJwks(sql, clock())) ?? { keys: [] }, 200);
};
