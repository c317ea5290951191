import { createRoute, type RouteHandler } from '@hono/zod-openapi';
import { asksForChanges, withPreset } from '../../jobs/connection/vendor-defaults.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { connectionChange, secretsTouched } from '../connection-facts.ts';
import { errors, problem } from '../problems.ts';
import { checkConnection, connectionResource, normaliseBase } from '../reads/connections.ts';
import { reschedule } from '../reschedule.ts';
import { ConnectionSchema, CreateConnectionSchema } from '../schemas/connection.ts';
import { checkSecrets, storeSecrets } from '../secrets.ts';

export const route = createRoute({
  method: 'post',
  path: '/api/v1/admin/fhir-connections',
  operationId: 'create-fhir-connection',
  tags: ['Connections'],
  summary: 'Create a connection',
  description:
    'Nothing is asked of its server yet: test it, then start a sync or give it a schedule. Secrets are stored sealed and never shown.',
  request: { body: { required: true, content: { 'application/json': { schema: CreateConnectionSchema } } } },
  responses: {
    201: { description: 'The connection.', content: { 'application/json': { schema: ConnectionSchema } } },
    ...errors(
      'invalid-request',
      'malformed-json',
      'private-key-invalid',
      'site-key-taken',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { sql, keyring, clock } = c.var.services;
  const { sync_config: asked = {}, ...body } = c.req.valid('json');
  const sync_config = withPreset(body.ehr_vendor, asked);
  const given = { ...body, sync_config, fhir_base_url: normaliseBase(body.fhir_base_url) };
  checkConnection(given, c.var.services.allowedAudiences);
  await checkSecrets(given, sync_config, clock());
  const created = await sql.begin(async (tx) => {
    const [row] = await tx<{ connection_id: number }[]>`
      insert into connection (
        site_name, site_key, ehr_vendor, fhir_base_url, token_endpoint, client_id, jwks_url, scopes, group_id, export_resource_types, target_source,
        incremental_enabled, sync_config, is_active
      )
      values (
        ${given.site_name}, ${given.site_key}, ${given.ehr_vendor}, ${given.fhir_base_url},
        ${given.token_endpoint}, ${given.client_id}, ${given.jwks_url}, ${given.scopes}, ${given.group_id},
        ${given.export_resource_types}, ${given.target_source}, ${given.incremental_enabled ?? asksForChanges(body.ehr_vendor)},
        ${JSON.stringify(sync_config)}::text::jsonb, ${given.is_active}
      )
      on conflict (site_key) do nothing
      returning connection_id`;
    if (!row) throw problem('site-key-taken', `Another connection has the site_key "${given.site_key}".`);
    await storeSecrets(tx, keyring, row.connection_id, given, clock());
    const made = await connectionResource(tx, row.connection_id);
    await audit(tx, c, {
      ...{ action: 'connection.create', target: `connection/${row.connection_id}`, status: 201 },
      ...{ ...connectionChange(undefined, made), details: secretsTouched(given) },
    });
    return made;
  });
  await reschedule(c.var.services, created);
  return c.json(created, 201, { location: `/api/v1/admin/fhir-connections/${created.connection_id}` });
};
