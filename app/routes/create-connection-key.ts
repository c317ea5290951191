import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { makeKey } from '../../jobs/connection/key-pairs.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors } from '../problems.ts';
import { connectionKeys } from '../reads/connection-keys.ts';
import { connectionResource, refuseManaged } from '../reads/connections.ts';
import { ConnectionKeysSchema, CreateConnectionKeySchema } from '../schemas/connection-key.ts';
import { ConnectionParams } from '../schemas/page.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections/{id}/keys',
  operationId: 'create-connection-key',
  tags: ['Connections'],
  summary: 'Make a key pair',
  description:
    'Its private half stays here, sealed; its public half is published at /.well-known/jwks/{id}. It signs at once where ' +
    'the connection has no key; else it is published and waits until the keys are rotated.',
  request: {
    params: ConnectionParams,
    body: { required: false, content: { 'application/json': { schema: CreateConnectionKeySchema } } },
  },
  responses: {
    201: { description: 'The keys.', content: { 'application/json': { schema: ConnectionKeysSchema } } },
    ...errors(
      'connection-managed',
      'invalid-request',
      'malformed-json',
      'connection-not-found',
      'next-key-waits',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, keyring, clock } = c.var.services;
  const { id } = c.req.valid('param');
  const { algorithm = 'ES384', bits } = c.req.valid('json');
  const keys = await sql.begin(async (tx) => {
    refuseManaged(await connectionResource(tx, id));
    const kid = await makeKey(tx, keyring, id, { algorithm, bits }, clock());
    await audit(tx, c, { action: 'key.create', target: `connection/${id}/key/${kid}`, status: 201 });
    return await connectionKeys(tx, id, clock());
  });
  return c.json(keys, 201);
};
