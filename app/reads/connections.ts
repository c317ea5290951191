/** Reads connections for the API: without their sealed secrets, and with the outcome of their last run. */

import { mayBeAudience } from '../../jobs/connection/destination.ts';
import { readSyncConfig } from '../../jobs/connection/sync-config.ts';
import { SyncConfigSchema } from '../../jobs/connection/sync-config-schema.ts';
import { type ConnectionUrls, urlFaults } from '../../jobs/connection/url-faults.ts';
import { isLoopback, withoutSlashesAtEnd } from '../../jobs/fhir/http.ts';
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Role } from '../caller.ts';
import { type FieldError, problem } from '../problems.ts';
import type { ConnectionResource, UpdateConnection } from '../schemas/connection.ts';

interface ConnectionRow {
  connection_id: number;
  site_name: string;
  site_key: string;
  ehr_vendor: ConnectionResource['ehr_vendor'];
  fhir_base_url: string | null;
  token_endpoint: string | null;
  client_id: string | null;
  jwks_url: string | null;
  scopes: string;
  group_id: string | null;
  export_resource_types: string[];
  target_source: string | null;
  incremental_enabled: boolean;
  sync_config: unknown;
  is_active: boolean;
  has_private_key: boolean;
  has_client_secret: boolean;
  client_certificate_expires_at: Date | null;
  credentials_cleared: string | null;
  managed_by: 'environment' | null;
  watermark: string | null;
  last_sync_at: Date | null;
  last_sync_status: string | null;
  created_at: Date;
  updated_at: Date;
}

export async function connectionResource(sql: Sql | Tx, connectionId: number): Promise<ConnectionResource> {
  const [row] = await selectConnections(sql, { id: connectionId, after: 0, limit: 1 });
  if (!row) throw connectionNotFound(connectionId);
  return row;
}

export function connectionNotFound(connectionId: number) {
  return problem(
    'connection-not-found',
    `There is no connection ${connectionId}; it may have been deleted. List the connections.`,
  );
}

/** What the next start would change back is not changed here. */
export function refuseManaged({ managed_by }: Pick<ConnectionResource, 'managed_by'>): void {
  if (managed_by === null) return;
  throw problem(
    'connection-managed',
    'The EHR_… variables of the environment say what this connection is. Change them and start API and workers again; ' +
      'EHR_SYNC_ENABLED=false switches it off, and =released leaves it to be changed and deleted here.',
  );
}

/** Names what was read, so that a change can be made of that and nothing later (If-Match). */
export function etagOf({ updated_at }: Pick<ConnectionResource, 'updated_at'>): string {
  return `"${updated_at}"`;
}

/** Connections in order of their ids; with `connections` only those of them. */
export async function selectConnections(
  sql: Sql | Tx,
  {
    id,
    connections = null,
    after,
    limit,
  }: { id?: number; connections?: readonly number[] | null; after: number; limit: number },
): Promise<ConnectionResource[]> {
  const rows = await sql<ConnectionRow[]>`
    select c.connection_id, c.site_name, c.site_key, c.ehr_vendor, c.fhir_base_url, c.token_endpoint, c.client_id,
      c.jwks_url, c.scopes, c.group_id, c.export_resource_types, c.target_source, c.incremental_enabled,
      c.sync_config, c.is_active, c.managed_by, c.watermark, c.created_at, c.updated_at,
      c.private_key_sealed is not null or exists (
        select from connection_key k where k.connection_id = c.connection_id and k.private_key_sealed is not null
      ) as has_private_key,
      coalesce(c.credentials_cleared, c.client_certificate_cleared) as credentials_cleared, c.client_certificate_expires_at,
      c.client_secret_sealed is not null as has_client_secret,
      coalesce(last.finished_at, last.started_at, last.created_at) as last_sync_at,
      last.status as last_sync_status
    from connection c
    -- One look for all: a look for each would read every run where a connection has none.
    left join (
      select connection_id, max(run_id) as run_id from run
      where ${id ?? null}::integer is null or connection_id = ${id ?? null}
      group by connection_id
    ) latest on latest.connection_id = c.connection_id
    left join run last on last.run_id = latest.run_id
    where c.connection_id > ${after}::bigint and (${id ?? null}::integer is null or c.connection_id = ${id ?? null})
      and (${connections}::integer[] is null or c.connection_id = any (${connections}))
    order by c.connection_id
    limit ${limit}`;
  return rows.map((row) => ({
    ...row,
    ...shownSettings(row.sync_config),
    client_certificate_expires_at: row.client_certificate_expires_at?.toISOString() ?? null,
    credentials_cleared: row.credentials_cleared?.split(', ') ?? [],
    last_sync_at: row.last_sync_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }));
}

/** Older rows may hold settings that this version refuses; they are shown as empty, rather than the connection not at all. */
function shownSettings(stored: unknown) {
  const sync_config = SyncConfigSchema.safeParse(stored).data ?? {};
  return { sync_config, cohort_size: cohortSize(sync_config) };
}

/** Checks what no field can tell alone, on the connection as it would be stored. */
export function checkConnection(
  connection: ConnectionUrls & { readonly group_id: string | null; readonly sync_config: unknown },
  allowedAudiences: readonly string[] = [],
): void {
  const config = readSyncConfig(connection.sync_config);
  const faults: FieldError[] = [...urlFaults(connection)];
  for (const field of ['fhir_base_url', 'token_endpoint', 'jwks_url'] as const) {
    const text = connection[field];
    if (text === null) continue;
    const url = new URL(text);
    if (url.protocol === 'http:' && !isLoopback(url.hostname) && !config.allow_http) {
      faults.push({
        path: field,
        message:
          'Expected https. http is for this machine, or with sync_config.allow_http for a test system.',
      });
    }
  }
  if (config.level === 'group' && !connection.group_id) {
    faults.push({ path: 'sync_config.level', message: 'Level "group" needs a group_id.' });
  }
  const { audience } = config.auth;
  if (audience !== undefined && connection.token_endpoint !== null) {
    const server = { tokenEndpoint: connection.token_endpoint, fhirBaseUrl: connection.fhir_base_url };
    if (!mayBeAudience(audience, server, allowedAudiences)) {
      faults.push({
        path: 'sync_config.auth.audience',
        message:
          'Expected the token endpoint, or an address on its host or on that of the FHIR server: an assertion that ' +
          'names another server could be used there. Others must be named in ALLOWED_AUDIENCES.',
      });
    }
  }
  if (config.auth.rotate_days !== undefined && connection.jwks_url === null) {
    faults.push({
      path: 'sync_config.auth.rotate_days',
      message: 'Needs jwks_url: an EHR that does not read our keys would not learn of the next one.',
    });
  }
  const [first] = faults;
  if (first) throw problem('invalid-request', `${first.path}: ${first.message}`, { errors: faults });
}

/** The fields of a body that are there, without the secrets. */
export function givenFields({
  private_key_pem: _pem,
  client_secret: _secret,
  client_certificate_pem: _certificate,
  client_certificate_key_pem: _key,
  ...fields
}: UpdateConnection) {
  const { fhir_base_url: base, ...others } = fields;
  const present = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  return base === undefined ? present : { ...present, fhir_base_url: normaliseBase(base) };
}

/** Removes trailing slashes, so that paths join and the same server is recognised. */
export function normaliseBase(url: string | null): string | null {
  if (url === null) return null;
  const parsed = new URL(url);
  parsed.pathname = withoutSlashesAtEnd(parsed.pathname);
  return parsed.search || parsed.hash ? parsed.href : parsed.href.replace(/\/$/, '');
}

/** Names of these connections, or of all, by their ids. */
export async function siteNames(
  sql: Sql | Tx,
  connections: readonly number[] | null,
): Promise<ReadonlyMap<number, string>> {
  const rows = await sql<{ connection_id: number; site_name: string }[]>`
    select connection_id, site_name from connection
    where (${connections}::integer[] is null or connection_id = any (${connections}))
    order by site_name, connection_id`;
  return new Map(rows.map((row) => [row.connection_id, row.site_name]));
}

/** Whom a cohort names is the admins' to see; others are told how many. */
export function shownTo(role: Role, connection: ConnectionResource): ConnectionResource {
  if (role === 'admin') return connection;
  const { cohort: _, ...sync_config } = connection.sync_config;
  return { ...connection, sync_config };
}

/** How many a connection asks for by searches; null where it names nobody. */
function cohortSize({ cohort }: ConnectionResource['sync_config']) {
  if (cohort === undefined) return null;
  return { patients: cohort.patients?.length ?? 0, identifiers: cohort.identifiers?.length ?? 0 };
}
