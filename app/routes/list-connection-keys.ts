import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import type { AppEnv } from '../app-env.ts';
import { errors } from '../problems.ts';
import { connectionKeys } from '../reads/connection-keys.ts';
import { connectionResource } from '../reads/connections.ts';
import { ConnectionKeysSchema } from '../schemas/connection-key.ts';
import { ConnectionParams } from '../schemas/page.ts';

export const route = createRoute({
  method: 'get',
  path: '/api/v1/admin/fhir-connections/{id}/keys',
  operationId: 'list-connection-keys',
  tags: ['Connections'],
  summary: 'List the key pairs that were made here',
  description:
    'Public halves only: the key in use, a next one that waits, and those that are published until answers signed with them have expired.',
  request: { params: ConnectionParams },
  responses: {
    200: { description: 'The keys.', content: { 'application/json': { schema: ConnectionKeysSchema } } },
    ...errors('invalid-request', 'connection-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { connection_id } = await connectionResource(sql, c.req.valid('param').id);
  return c.json(await connectionKeys(sql, connection_id, clock()), 200);
};
