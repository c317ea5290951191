import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { rotateKeys } from '../../jobs/connection/key-pairs.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors } from '../problems.ts';
import { connectionKeys } from '../reads/connection-keys.ts';
import { connectionResource, refuseManaged } from '../reads/connections.ts';
import { ConnectionKeysSchema, RotateConnectionKeysSchema } from '../schemas/connection-key.ts';
import { ConnectionParams } from '../schemas/page.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections/{id}/keys/rotate',
  operationId: 'rotate-connection-keys',
  tags: ['Connections'],
  summary: 'Let the next key sign',
  description:
    'The private half of the key before is destroyed; its public half stays published for the overlap.',
  request: {
    params: ConnectionParams,
    body: { required: false, content: { 'application/json': { schema: RotateConnectionKeysSchema } } },
  },
  responses: {
    200: { description: 'The keys.', content: { 'application/json': { schema: ConnectionKeysSchema } } },
    ...errors(
      'connection-managed',
      'invalid-request',
      'malformed-json',
      'connection-not-found',
      'no-next-key',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, clock } = c.var.services;
  const { id } = c.req.valid('param');
  const { overlap_days } = c.req.valid('json');
  const keys = await sql.begin(async (tx) => {
    refuseManaged(await connectionResource(tx, id));
    const kid = await rotateKeys(tx, id, { now: clock(), overlapDays: overlap_days });
    await audit(tx, c, { action: 'key.rotate', target: `connection/${id}/key/${kid}`, status: 200 });
    return await connectionKeys(tx, id, clock());
  });
  return c.json(keys, 200);
};
