import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { readConnection } from '../../jobs/connection/connection.ts';
import { keepServerTextInTx, type ServerText } from '../../jobs/connection/server-text.ts';
import { testConnection } from '../../jobs/operator/test-connection.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { errors } from '../problems.ts';
import { ConnectionTestSchema } from '../schemas/connection-test.ts';
import { ConnectionParams } from '../schemas/page.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections/{id}/test',
  operationId: 'test-fhir-connection',
  tags: ['Connections'],
  summary: 'Test a connection',
  description:
    'Makes a client assertion, exchanges it for a token, reads the server metadata, and looks the Group up where one is to be exported. Answers 200 also when a step ' +
    'failed: the test itself was done.',
  request: { params: ConnectionParams },
  responses: {
    200: {
      description: 'What was found.',
      content: { 'application/json': { schema: ConnectionTestSchema } },
    },
    ...errors('invalid-request', 'connection-not-found'),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, keyring, clock, fetch } = c.var.services;
  const { id } = c.req.valid('param');
  const connection = await readConnection(sql, id);
  const said: ServerText[] = [];
  const onSaid = (text: ServerText) => void said.push(text);
  const found = await testConnection({ connection, keyring, clock, fetch, onSaid });
  await keepServerTextInTx(sql, { connection_id: id, run_id: null, now: clock() }, said);
  await audit(sql, c, { action: 'connection.test', target: `connection/${id}`, status: 200 });
  return c.json(found, 200);
};
