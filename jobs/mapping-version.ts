/** The number of (mapping code, vocabulary release, the connection's mapping settings): what a resource was mapped with. */
import { createHash } from 'node:crypto';
import type { Tx } from '../sql/connect.ts';
import type { Connection } from './connection.ts';
import { canonical } from './load/content-hash.ts';
import { MAPPING_CODE_VERSION } from './map/version.ts';
import { mappingSettings } from './sync-config.ts';
import type { Resolver } from './vocabulary/resolve.ts';

export async function mappingVersionInTx(
  tx: Tx,
  resolver: Resolver,
  connection: Connection,
): Promise<number> {
  const release = await resolver.release(tx);
  const settings = createHash('sha256')
    .update(canonical(mappingSettings(connection)))
    .digest('hex')
    .slice(0, 16);
  const [known] = await find(tx, release, settings);
  if (known) return known.mapping_version_id;
  await tx`
    insert into mapping_version (code_version, release_id, settings_hash)
    values (${MAPPING_CODE_VERSION}, ${release}, ${settings})
    on conflict do nothing`;
  const [created] = await find(tx, release, settings);
  if (!created) throw new Error('the mapping version could not be stored');
  return created.mapping_version_id;
}

function find(tx: Tx, release: number, settings: string) {
  return tx<{ mapping_version_id: number }[]>`
    select mapping_version_id from mapping_version
    where code_version = ${MAPPING_CODE_VERSION} and release_id = ${release} and settings_hash = ${settings}`;
}
