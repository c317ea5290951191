/** The settings by which a connection reads code systems; without a connection, the defaults. */
import { readConnection } from '../jobs/connection/connection.ts';
import { mappingSettings } from '../jobs/connection/sync-config.ts';
import { DEFAULT_SETTINGS, type MappingSettings } from '../jobs/map/settings.ts';
import type { Mapped } from '../jobs/vocabulary/resolve/source-to-standard.ts';
import type { Sql } from '../sql/connect.ts';
import { checkReach, reaches } from './auth/authorize.ts';
import type { Caller } from './caller.ts';
import { problem } from './problems.ts';

interface Site {
  readonly connection_id?: number | undefined;
  readonly site_key?: string | undefined;
}

export async function codeSettings(
  sql: Sql,
  caller: Caller,
  { connection_id, site_key }: Site,
): Promise<MappingSettings> {
  if (connection_id !== undefined && site_key !== undefined) {
    throw problem('invalid-request', 'Expected connection_id or site_key, got both.');
  }
  if (connection_id !== undefined) {
    checkReach(caller, connection_id);
    return mappingSettings(await readConnection(sql, connection_id));
  }
  if (site_key === undefined) return DEFAULT_SETTINGS;
  const [row] = await sql<{ connection_id: number }[]>`
    select connection_id from connection where site_key = ${site_key}`;
  if (!row || !reaches(caller, row.connection_id))
    throw problem('connection-not-found', 'There is no connection with this site_key.');
  return mappingSettings(await readConnection(sql, row.connection_id));
}

/** A mapped code with the mutable arrays that the types of the API document ask for. */
export function mappedCode({ vocabularies, targets, values, replaced_by, ...rest }: Mapped) {
  return {
    ...rest,
    vocabularies: [...vocabularies],
    ...{ targets: [...targets], values: [...values], replaced_by: [...replaced_by] },
  };
}
