import { createRoute, type RouteHandler, z } from '@hono/zod-openapi';
import { changedDestination } from '../../jobs/connection/destination.ts';
import { clearCredentialsInTx } from '../../jobs/connection/store-credentials.ts';
import type { Facts } from '../../jobs/record/record.ts';
import type { Tx } from '../../sql/connect.ts';
import type { AppEnv } from '../app-env.ts';
import { audit } from '../audit.ts';
import { connectionChange, secretsTouched, settingsOf } from '../connection-facts.ts';
import { errors, problem } from '../problems.ts';
import {
  checkConnection,
  connectionNotFound,
  connectionResource,
  etagOf,
  givenFields,
  refuseManaged,
} from '../reads/connections.ts';
import { reschedule } from '../reschedule.ts';
import { type ConnectionResource, ConnectionSchema, UpdateConnectionSchema } from '../schemas/connection.ts';
import { ConnectionParams } from '../schemas/page.ts';
import { doOrAsk, type GuardedAction, grantFacts } from '../second-person/guarded.ts';
import { checkSecrets, storeSecrets } from '../secrets.ts';

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
      'connection-managed',
      'site-key-taken',
      'second-person-needed',
      'second-person-unknown',
      'too-many-approvals',
      'body-too-large',
      'unsupported-media-type',
    ),
  },
});

const Request = UpdateConnectionSchema.extend({ id: z.number(), if_match: z.string().optional() });

interface Updated {
  readonly before: ConnectionResource;
  readonly now: ConnectionResource;
  /** Settings whose change sends credentials elsewhere, or has the EHR take our keys from elsewhere. */
  readonly elsewhere: readonly string[];
  readonly touched: Facts | undefined;
}

export const action: GuardedAction<z.infer<typeof Request>, Updated> = {
  operation: 'update-fhir-connection',
  need: 'endpoint',
  request: Request,
  async run(tx, c, { id, if_match: read, ...body }, grant) {
    const { keyring, clock } = c.var.services;
    if (!(await lockInTx(tx, id, body.site_key))) throw connectionNotFound(id);
    const before = await connectionResource(tx, id);
    refuseManaged(before);
    if (read !== undefined && read !== '*' && read !== etagOf(before)) {
      throw problem(
        'connection-changed',
        `Expected the connection as of ${read}, it was changed at ${before.updated_at}. Read it again.`,
      );
    }
    const next = { ...before, ...givenFields(body) };
    checkConnection(next, c.var.services.allowedAudiences);
    await checkSecrets(body, next.sync_config, clock());
    // Whether it is taken would tell who may see some connections of the others.
    if (c.var.caller.connections !== null && next.site_key !== before.site_key) {
      throw problem(
        'forbidden',
        'A site_key must be unlike those of all connections; the caller is restricted to some.',
      );
    }
    const [taken] = await tx`
      select 1 from connection where site_key = ${next.site_key} and connection_id <> ${id}`;
    if (taken) throw problem('site-key-taken', `Another connection has the site_key "${next.site_key}".`);
    await tx`
      update connection set
        site_name = ${next.site_name}, ehr_vendor = ${next.ehr_vendor}, fhir_base_url = ${next.fhir_base_url},
        token_endpoint = ${next.token_endpoint}, client_id = ${next.client_id}, jwks_url = ${next.jwks_url}, scopes = ${next.scopes},
        group_id = ${next.group_id}, export_resource_types = ${next.export_resource_types},
        target_source = ${next.target_source}, incremental_enabled = ${next.incremental_enabled},
        sync_config = case
          when ${body.sync_config !== undefined} then ${JSON.stringify(next.sync_config)}::text::jsonb
          else sync_config
        end, is_active = ${next.is_active},
        updated_at = ${clock()}
      where connection_id = ${id}`;
    // To name the key, changed or not, is to wait for all who refer to the connection.
    if (next.site_key !== before.site_key)
      await tx`update connection set site_key = ${next.site_key} where connection_id = ${id}`;
    const elsewhere = changedDestination(before, next);
    if (elsewhere.length > 0) await clearCredentialsInTx(tx, id, elsewhere);
    await storeSecrets(tx, keyring, id, body, clock());
    const now = await connectionResource(tx, id);
    await audit(tx, c, {
      ...{ action: 'connection.update', target: `connection/${id}`, status: 200 },
      ...{ ...connectionChange(before, now), details: detailsOf(secretsTouched(body), grantFacts(c, grant)) },
    });
    const keysElsewhere = before.jwks_url === now.jwks_url ? [] : ['jwks_url'];
    return { before, now, elsewhere: [...elsewhere, ...keysElsewhere], touched: secretsTouched(body) };
  },
  async afterwards(c, { now }) {
    await reschedule(c.var.services, now);
  },
  asks({ id }, { before, now, elsewhere, touched }) {
    if (elsewhere.length === 0) return undefined;
    const shown = { elsewhere, ...connectionChange(before, now), ...(touched ? { secrets: touched } : {}) };
    return { connection_id: id, object: `connection/${id}`, shown };
  },
  concerns: (tx, { id }) => settingsOf(tx, id),
  resultOf: ({ now }) => `connection/${now.connection_id}`,
};

/** A new site_key also keeps out whoever refers to the connection, such as a run that closes; other settings do not. */
async function lockInTx(tx: Tx, id: number, site_key: string | undefined): Promise<boolean> {
  const [named] = await tx<{ site_key: string }[]>`
    select site_key from connection where connection_id = ${id}`;
  const renames = site_key !== undefined && site_key !== named?.site_key;
  const [locked] = await tx`
    select 1 from connection where connection_id = ${id} for ${renames ? tx`update` : tx`no key update`}`;
  return locked !== undefined;
}

const detailsOf = (touched: Facts | undefined, grant: Facts): Facts | undefined =>
  touched === undefined && Object.keys(grant).length === 0 ? undefined : { ...touched, ...grant };

export const handler: RouteHandler<typeof route, AppEnv> = async (c) => {
  const { id } = c.req.valid('param');
  const { 'if-match': if_match } = c.req.valid('header');
  const { now } = await doOrAsk(c, action, { id, if_match, ...c.req.valid('json') });
  return c.json(now, 200, { etag: etagOf(now) });
};
