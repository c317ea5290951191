import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { type Connection, readConnection } from '../../jobs/connection/connection.ts';
import { changedDestination } from '../../jobs/connection/destination.ts';
import { keepServerTextInTx, type ServerText } from '../../jobs/connection/server-text.ts';
import { testConnection } from '../../jobs/operator/test-connection.ts';
import type { AppEnv, Services } from '../app-env.ts';
import { audit } from '../audit.ts';
import { mayAs } from '../auth/authorize.ts';
import { errors, problem } from '../problems.ts';
import { checkConnection, connectionResource, givenFields } from '../reads/connections.ts';
import { type UpdateConnection, UpdateConnectionSchema } from '../schemas/connection.ts';
import { ConnectionTestSchema } from '../schemas/connection-test.ts';
import { ConnectionParams } from '../schemas/page.ts';
import { checkSecrets, sealSecrets } from '../secrets.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections/{id}/test',
  operationId: 'test-fhir-connection',
  tags: ['Connections'],
  summary: 'Test a connection',
  description:
    'Makes a client assertion, exchanges it for a token, reads the server metadata, and looks the Group up where one is to be exported. Answers 200 also when a step ' +
    'failed: the test itself was done. Settings in the body are tried without being stored; stored credentials are ' +
    'tried with them only where they go where they are meant to.',
  request: {
    params: ConnectionParams,
    body: { required: false, content: { 'application/json': { schema: UpdateConnectionSchema } } },
  },
  responses: {
    200: {
      description: 'What was found.',
      content: { 'application/json': { schema: ConnectionTestSchema } },
    },
    ...errors(
      'invalid-request',
      'malformed-json',
      'private-key-invalid',
      'connection-not-found',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, keyring, clock, outbound, allowedAudiences } = c.var.services;
  const { id } = c.req.valid('param');
  const body = c.req.valid('json');
  const stored = await readConnection(sql, id);
  const isUnsaved = Object.keys(body).length > 0;
  // Whoever may not store an address must not have it asked either.
  if (isUnsaved && !mayAs(c.var.caller.role, 'admin')) {
    throw problem('forbidden', 'Settings that are not stored are tried by the role admin only.');
  }
  const connection = isUnsaved ? await withUnsaved(c.var.services, stored, body) : stored;
  const said: ServerText[] = [];
  const onSaid = (words: ServerText) => void said.push(words);
  const onStep = c.env?.inside?.onStep;
  const found = await testConnection({
    ...{ connection, keyring, clock, outbound, allowedAudiences, onSaid, onStep },
  });
  await sql.begin(async (tx) => {
    await keepServerTextInTx(tx, { connection_id: id, run_id: null, now: clock() }, said);
    await audit(tx, c, { action: 'connection.test', target: `connection/${id}`, status: 200 });
  });
  return c.json(found, 200);
};

/** The connection as it would be stored with these settings, without credentials that were not meant for them. */
async function withUnsaved(
  { sql, keyring, clock, allowedAudiences }: Services,
  stored: Connection,
  body: UpdateConnection,
) {
  const before = await connectionResource(sql, stored.connection_id);
  const next = { ...before, ...givenFields(body) };
  checkConnection(next, allowedAudiences);
  await checkSecrets(body, next.sync_config, clock());
  const elsewhere = changedDestination(before, next);
  const none = {
    ...{ private_key_sealed: null, client_secret_sealed: null, signing_key_sealed: null },
    ...{ client_certificate: null, client_certificate_key_sealed: null },
  };
  const sealed = await sealSecrets(keyring, stored.connection_id, body, clock());
  const { private_key_sealed, client_secret_sealed, certificate } = sealed;
  return {
    ...stored,
    ...next,
    credentials_cleared: elsewhere.length > 0 ? elsewhere.join(', ') : stored.credentials_cleared,
    ...(elsewhere.length > 0 ? none : {}),
    ...(private_key_sealed === undefined ? {} : { private_key_sealed, signing_key_sealed: null }),
    ...(client_secret_sealed === undefined ? {} : { client_secret_sealed }),
    ...(certificate === undefined
      ? {}
      : {
          client_certificate: certificate?.chain ?? null,
          client_certificate_key_sealed: certificate?.keySealed ?? null,
        }),
  };
}
