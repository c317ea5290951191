/** A connection as the steps need it: its row, its checked settings, and the scope of its export. */
import { createHash } from 'node:crypto';
import type { Sql, Tx } from '../../sql/connect.ts';
import { syncError } from '../step/errors.ts';
import { exportLevel, readSyncConfig, type SyncConfig } from './sync-config.ts';

export interface Connection {
  readonly connection_id: number;
  readonly site_key: string;
  readonly ehr_vendor: 'epic' | 'cerner' | 'other';
  readonly fhir_base_url: string | null;
  readonly token_endpoint: string | null;
  readonly client_id: string | null;
  /** A key that was entered. */
  readonly private_key_sealed: string | null;
  /** The key made here that signs; it goes before one that was entered. */
  readonly signing_key_sealed: string | null;
  /** Settings whose change has cleared the credentials; null when they are there or never were. */
  readonly credentials_cleared: string | null;
  readonly client_secret_sealed: string | null;
  readonly scopes: string;
  readonly group_id: string | null;
  readonly export_resource_types: string[];
  readonly target_source: string | null;
  readonly site_name: string;
  readonly incremental_enabled: boolean;
  readonly is_active: boolean;
  readonly watermark: string | null;
  readonly watermark_scope: string | null;
  readonly watermark_not_granted: string[];
  readonly updated_at: Date;
  readonly jwks_url: string | null;
  /** Circuit breaker: no scheduled sync starts before this time. */
  readonly paused_until: Date | null;
  /** The settings as stored. */
  readonly sync_config: unknown;
  /** The settings with their defaults filled in. */
  readonly config: SyncConfig;
}

export async function readConnection(sql: Sql | Tx, connectionId: number): Promise<Connection> {
  const [row] = await sql<Omit<Connection, 'config'>[]>`
    select connection_id, site_key, site_name, ehr_vendor, fhir_base_url, token_endpoint, client_id, private_key_sealed,
      (select k.private_key_sealed from connection_key k where k.connection_id = c.connection_id
       and k.signs_from is not null and k.published_until is null) as signing_key_sealed,
      credentials_cleared, client_secret_sealed, scopes, group_id, export_resource_types, target_source, incremental_enabled, is_active,
      watermark, watermark_scope, watermark_not_granted, updated_at, jwks_url, paused_until, sync_config
    from connection c where connection_id = ${connectionId}`;
  if (!row) {
    throw syncError('connection-not-found', { connection_id: connectionId });
  }
  return { ...row, config: readSyncConfig(row.sync_config) };
}

export function hasCredentials(connection: Connection): boolean {
  const { signing_key_sealed, private_key_sealed, client_secret_sealed } = connection;
  return signing_key_sealed !== null || private_key_sealed !== null || client_secret_sealed !== null;
}

/**
 * Hash of everything that decides which resources an export holds. A watermark is valid only for the scope
 * with which it was reached: a type added today was never exported before, so it must start with its whole
 * history.
 */
export function exportScope(connection: Connection): string {
  const { config } = connection;
  const scope = [
    connection.fhir_base_url,
    config.level ?? null,
    connection.group_id,
    [...connection.export_resource_types].sort(),
    [...config.type_filters].sort(),
    config.elements ?? null,
    ...(exportLevel(connection) === 'search' ? ['search', config.search.categories] : []),
  ];
  return createHash('sha256').update(JSON.stringify(scope)).digest('hex').slice(0, 16);
}
