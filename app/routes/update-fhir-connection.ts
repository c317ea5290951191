import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { changedDestination } from '../../jobs/connection/destination.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { connectionChange, secretsTouched } from '../connection-facts.ts';
import { errors, problem } from '../problems.ts';
import {
  checkConnection,
  connectionNotFound,
  connectionResource,
  etagOf,
  givenFields,
} from '../reads/connections.ts';
import { reschedule } from '../reschedule.ts';
import { ConnectionSchema, UpdateConnectionSchema } from '../schemas/connection.ts';
import { ConnectionParams } from '../schemas/page.ts';
import { checkSecrets, clearSecrets, storeSecrets } from '../secrets.ts';

export const route = createRoute({
  method: 'put',
  path: '/api/v1/admin/fhir-connections/{id}',
  operationId: 'update-fhir-connection',
  tags: ['Connections'],
  summary: 'Change a connection',
  description:
    'Fields that are given are replaced (sync_config as a whole); others stay. Null clears. Whoever changes where ' +
    'credentials go (base URL, token endpoint, audience, further token hosts, http) gives them again: they are cleared ' +
    'otherwise, and `credentials_cleared` says so.',
  request: {
    params: ConnectionParams,
    headers: z.object({
      'if-match': z
        .string()
        .max(100)
        .optional()
        .openapi({
          param: { name: 'if-match', in: 'header' },
          description: 'ETag of the connection as it was read: refused when it was changed since.',
        }),
    }),
    body: { required: true, content: { 'application/json': { schema: UpdateConnectionSchema } } },
  },
  responses: {
    200: { description: 'The connection.', content: { 'application/json': { schema: ConnectionSchema } } },
    ...errors(
      'invalid-request',
      'malformed-json',
      'private-key-invalid',
      'connection-not-found',
      'connection-changed',
      'site-key-taken',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, keyring, queue, clock } = c.var.services;
  const { id } = c.req.valid('param');
  const body = c.req.valid('json');
  const updated = await sql.begin(async (tx) => {
    const [locked] = await tx`select 1 from connection where connection_id = ${id} for update`;
    if (!locked) throw connectionNotFound(id);
    const before = await connectionResource(tx, id);
    const { 'if-match': read } = c.req.valid('header');
    if (read !== undefined && read !== '*' && read !== etagOf(before)) {
      throw problem(
        'connection-changed',
        `Expected the connection as of ${read}, it was changed at ${before.updated_at}. Read it again.`,
      );
    }
    const next = { ...before, ...givenFields(body) };
    checkConnection(next);
    await checkSecrets(body, next.sync_config);
    const [taken] = await tx`
      select 1 from connection where site_key = ${next.site_key} and connection_id <> ${id}`;
    if (taken) throw problem('site-key-taken', `Another connection has the site_key "${next.site_key}".`);
    await tx`
      update connection set
        site_name = ${next.site_name}, site_key = ${next.site_key}, ehr_vendor = ${next.ehr_vendor},
        fhir_base_url = ${next.fhir_base_url}, token_endpoint = ${next.token_endpoint},
        client_id = ${next.client_id}, jwks_url = ${next.jwks_url}, scopes = ${next.scopes},
        group_id = ${next.group_id}, export_resource_types = ${next.export_resource_types},
        target_source = ${next.target_source}, incremental_enabled = ${next.incremental_enabled},
        sync_config = case
          when ${body.sync_config !== undefined} then ${JSON.stringify(next.sync_config)}::text::jsonb
          else sync_config
        end, is_active = ${next.is_active},
        updated_at = ${clock()}
      where connection_id = ${id}`;
    const elsewhere = changedDestination(before, next);
    if (elsewhere.length > 0) await clearSecrets(tx, id, elsewhere);
    await storeSecrets(tx, keyring, id, body);
    const now = await connectionResource(tx, id);
    await audit(tx, c, {
      ...{ action: 'connection.update', target: `connection/${id}`, status: 200 },
      ...{ ...connectionChange(before, now), details: secretsTouched(body) },
    });
    return now;
  });
  await reschedule({ sql, queue }, updated);
  return c.json(updated, 200, { etag: etagOf(updated) });
};
