/**
 * The number of a mapping version: the combination of mapping code, vocabulary release, revision of the local
 * maps, the connection's mapping settings and the version of the CDM with which a resource was mapped.
 */
import { createHash } from 'node:crypto';
import type { CdmState } from '../../sql/cdm-version.ts';
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import { mappingSettings } from '../connection/sync-config.ts';
import { canonical } from '../lines/content-hash.ts';
import type { MappingSettings } from '../map/settings.ts';
import { MAPPING_CODE_VERSION } from '../map/version.ts';
import type { Resolver } from '../vocabulary/resolve/resolver.ts';
import type { VocabularyState } from '../vocabulary/resolve/state.ts';

export interface MappingVersion {
  readonly mappingVersionId: number;
  /** Older versions that a remap of the connection has made equal to this one (mapping_equal). */
  readonly alsoCurrent: readonly number[];
  readonly vocabulary: VocabularyState;
}

export async function mappingVersionInTx(
  tx: Tx,
  resolver: Resolver,
  connection: Connection,
): Promise<MappingVersion> {
  const vocabulary = await resolver.state(tx);
  const settings = createHash('sha256')
    .update(canonical(mappedBy(mappingSettings(connection), vocabulary.cdm)))
    .digest('hex')
    .slice(0, 16);
  const [known] = await find(tx, vocabulary, settings, connection.connection_id);
  if (known) return { ...known, vocabulary };
  await tx`
    insert into mapping_version (code_version, release_id, map_revision, settings_hash)
    values (${MAPPING_CODE_VERSION}, ${vocabulary.releaseId}, ${vocabulary.mapRevision}, ${settings})
    on conflict do nothing`;
  const [created] = await find(tx, vocabulary, settings, connection.connection_id);
  if (!created) throw new Error('the mapping version could not be stored');
  return { ...created, vocabulary };
}

/** With 5.4 the settings alone, as ever; what a stay in 5.5 gave is lost when that is left (sql/move-cdm.ts). */
function mappedBy(settings: MappingSettings, { version, moves }: CdmState): unknown {
  return version === '5.4' ? settings : { ...settings, cdm: `${version}/${moves}` };
}

function find(tx: Tx, vocabulary: VocabularyState, settings: string, connectionId: number) {
  return tx<Omit<MappingVersion, 'vocabulary'>[]>`
    select mapping_version_id as "mappingVersionId",
      array(
        select e.mapping_version_id from mapping_equal e
        where e.connection_id = ${connectionId} and e.equals_id = v.mapping_version_id
      ) as "alsoCurrent"
    from mapping_version v
    where code_version = ${MAPPING_CODE_VERSION} and release_id = ${vocabulary.releaseId}
      and map_revision = ${vocabulary.mapRevision} and settings_hash = ${settings}`;
}
