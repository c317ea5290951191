/** What the record says of a connection's settings. Of secrets it says only whether there is one, and that it changed. */
import { type Change, changesOf } from '../jobs/record/changes.ts';
import type { Facts } from '../jobs/record/record.ts';
import type { Tx } from '../sql/connect.ts';
import { connectionResource } from './reads/connections.ts';
import type { ConnectionResource } from './schemas/connection.ts';
import type { GivenSecrets } from './secrets.ts';

const FIELDS = [
  ...([
    'site_name',
    'site_key',
    'ehr_vendor',
    'fhir_base_url',
    'token_endpoint',
    'client_id',
    'jwks_url',
  ] as const),
  ...(['scopes', 'group_id', 'export_resource_types', 'target_source', 'incremental_enabled'] as const),
  ...([
    'sync_config',
    'is_active',
    'has_private_key',
    'has_client_secret',
    'client_certificate_expires_at',
  ] as const),
] as const satisfies readonly (keyof ConnectionResource)[];

/** Without `before` the connection is new, without `now` it is gone. */
export function connectionChange(
  before: ConnectionResource | undefined,
  now: ConnectionResource | undefined,
): Partial<Change> {
  const change = changesOf(FIELDS, shown(before), shown(now));
  return { ...(before ? { before: change.before } : {}), ...(now ? { after: change.after } : {}) };
}

/** Of a cohort its size only: whom it names is nobody's business but the sync's. */
function shown(connection: ConnectionResource | undefined): Readonly<Partial<Record<string, unknown>>> {
  const { patients = [], identifiers = [] } = connection?.sync_config.cohort ?? {};
  if (connection?.sync_config.cohort === undefined) return { ...connection };
  const cohort = { patients: patients.length, identifiers: identifiers.length };
  return { ...connection, sync_config: { ...connection.sync_config, cohort } };
}

/** Which secrets a request set or cleared; undefined when none. */
export function secretsTouched(given: GivenSecrets): Facts | undefined {
  const { private_key_pem, client_secret, client_certificate_pem: client_certificate } = given;
  const touched = Object.entries({ private_key: private_key_pem, client_secret, client_certificate })
    .filter(([, given]) => given !== undefined)
    .map(([name, given]) => [name, given ? 'set' : 'cleared']);
  return touched.length > 0 ? Object.fromEntries(touched) : undefined;
}

/** A connection's settings and credentials, to tell later whether somebody has changed them; nobody does before the end. */
export async function settingsOf(tx: Tx, id: number): Promise<unknown> {
  await tx`select 1 from connection where connection_id = ${id} for no key update`;
  const keys = await tx`
    select kid from connection_key where connection_id = ${id} order by kid for update`;
  const now = await connectionResource(tx, id);
  return { settings: connectionChange(undefined, now).after, updated_at: now.updated_at, keys };
}
