/**
 * Before a run closes, what it is to leave behind must be of one vocabulary: chunks that hold what the vocabulary of now
 * would map otherwise become chunks of this run, and are mapped again. That is all that a remap does; a sync does it
 * when a release or a local map changed while it went on. Asked again when they are done, since the vocabulary may have
 * changed once more.
 */

import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import type { Connection } from '../connection/connection.ts';
import { addAgainInTx } from '../load/chunk-row.ts';
import { type MappingVersion, mappingVersionInTx } from '../load/mapping-version.ts';
import { advanceInTx } from '../run/advance.ts';
import type { Deps } from '../step/deps.ts';
import type { Run } from '../step/run.ts';
import { canBeMappedAgain, dueChunks } from './due-chunks.ts';

/** True when there are chunks to be mapped again; the last of them comes back here. */
export async function settleVocabularyInTx(
  tx: Tx,
  deps: Pick<Deps, 'resolver' | 'queue' | 'clock' | 'log'>,
  run: Run,
  connection: Connection,
): Promise<boolean> {
  const version = await mappingVersionInTx(tx, deps.resolver, connection);
  const due = await dueChunks(tx, run, version);
  const of = (kept: boolean) => due.filter((one) => one.kept === kept).map((one) => one.chunk_id);
  const left = await leaveInTx(tx, run, version, of(false));
  if (left > 0) {
    deps.log.warn(
      { run_id: run.run_id, resources: left },
      'the vocabulary has changed, and the lines of these resources are no longer kept: start a full sync to map them again',
    );
  }
  const again = await notYetMappedAgain(tx, run, version, of(true));
  if (again.length > 0) {
    await addAgainInTx(tx, run.run_id, again);
    await tx`update run set closing_at = null where run_id = ${run.run_id}`;
    await advanceInTx(tx, deps.queue, { run_id: run.run_id, limits: connection.config.limits }, deps.clock());
    return true;
  }
  if (run.kind === 'remap') await concludeInTx(tx, run, version);
  return false;
}

/** An empty hash equals no content: when the server sends them again, they are mapped. Nothing else is known of them. */
async function leaveInTx(
  tx: Tx,
  run: Run,
  version: MappingVersion,
  chunks: readonly number[],
): Promise<number> {
  if (chunks.length === 0) return 0;
  await tx`
    update chunk_answer set answers = '{}', resources = '{}'
    where chunk_id = any(${list(chunks)}::bigint[])`;
  // Medications, Substances and Devices ask nothing of the vocabulary; what is mapped with them does.
  const left = await tx`
    update resource r set content_hash = ''
    where r.connection_id = ${run.connection_id} and r.chunk_id = any(${list(chunks)}::bigint[])
      and ${canBeMappedAgain(tx)} and r.resource_type not in ('Medication', 'Substance', 'Device', 'Binary')
      and r.mapping_version_id <> ${version.mappingVersionId}`;
  return left.count;
}

/** What this run has mapped again with this very vocabulary cannot become any more right: a run must end. */
async function notYetMappedAgain(
  tx: Tx,
  run: Run,
  version: MappingVersion,
  origins: readonly number[],
): Promise<number[]> {
  const done = await tx<{ origin: number }[]>`
    select origin_chunk_id as origin from chunk
    where run_id = ${run.run_id} and origin_chunk_id is not null and mapping_version_id = ${version.mappingVersionId}`;
  const mapped = new Set(done.map((one) => one.origin));
  return origins.filter((origin) => !mapped.has(origin));
}

/**
 * Whatever the connection has is now what the vocabulary of now gives, by whichever release it was mapped. Where that
 * was another release, concept_ancestor and drug_strength are others too, so all its persons are derived anew.
 */
async function concludeInTx(tx: Tx, run: Run, version: MappingVersion): Promise<void> {
  const { mappingVersionId } = version;
  await tx`
    insert into touched_persons (run_id, person_ids)
    select ${run.run_id}, array_agg(r.resource_key)
    from resource r
    where r.connection_id = ${run.connection_id} and r.resource_type = 'Patient' and r.outcome = 'loaded'
      and exists (
        select 1
        from (select distinct k.mapping_version_id from chunk k join run using (run_id)
          where connection_id = ${run.connection_id}) used
        left join mapping_equal e on e.connection_id = ${run.connection_id} and e.mapping_version_id = used.mapping_version_id
        join mapping_version before on before.mapping_version_id = coalesce(e.equals_id, used.mapping_version_id)
        where before.release_id <> ${version.vocabulary.releaseId}
      )
    having count(*) > 0`;
  await tx`
    insert into mapping_equal (connection_id, mapping_version_id, equals_id)
    select ${run.connection_id}, before.mapping_version_id, now.mapping_version_id
    from mapping_version now
    join mapping_version before using (code_version, settings_hash)
    where now.mapping_version_id = ${mappingVersionId} and before.mapping_version_id <> ${mappingVersionId}
    on conflict (connection_id, mapping_version_id) do update set equals_id = excluded.equals_id`;
}
