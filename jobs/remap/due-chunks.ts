/**
 * Finds the chunks that hold resources which the present vocabulary would map differently. A remap looks at
 * everything that a connection has. A sync during which the vocabulary changed looks at what it has mapped
 * itself.
 */

import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import type { MappingVersion } from '../load/mapping-version.ts';
import type { Run } from '../step/run.ts';
import { type OfChunks, staleAnswers } from './stale-answers.ts';

export interface DueChunk {
  readonly chunk_id: number;
  /** Whether its lines are still retained. */
  readonly kept: boolean;
}

export async function dueChunks(tx: Tx, run: Run, version: MappingVersion): Promise<DueChunk[]> {
  if (run.kind !== 'remap') {
    const moved = await mappedOtherwise(tx, run, version);
    return moved.length === 0 ? [] : await answeredOtherwise(tx, { chunks: moved }, version);
  }
  if (run.mode === 'full') return await ofOtherVersions(tx, run, version);
  return await answeredOtherwise(tx, { connections: [run.connection_id] }, version);
}

/** Chunks with resources that this run mapped with another mapping version than the present one. */
async function mappedOtherwise(tx: Tx, run: Run, version: MappingVersion): Promise<number[]> {
  const [any] = await tx`
    select 1 from chunk where run_id = ${run.run_id} and mapping_version_id <> ${version.mappingVersionId} limit 1`;
  if (!any) return [];
  const rows = await tx<{ chunk_id: number }[]>`
    select distinct chunk_id from resource
    where connection_id = ${run.connection_id} and last_run = ${run.run_id}
      and mapping_version_id <> ${version.mappingVersionId}`;
  return rows.map((row) => row.chunk_id);
}

async function answeredOtherwise(tx: Tx, of: OfChunks, version: MappingVersion): Promise<DueChunk[]> {
  const stale = await staleAnswers(tx, of, version.vocabulary.day);
  if (stale.length === 0) return [];
  const which = 'chunks' in of ? tx`c.chunk_id = any(${list(of.chunks)}::bigint[])` : tx`true`;
  const whose = 'connections' in of ? tx`r.connection_id = any(${list(of.connections)}::int[])` : tx`true`;
  return await tx<DueChunk[]>`
    select distinct c.chunk_id, b.chunk_id is not null as kept
    from chunk_answer c
    join chunk k using (chunk_id)
    join run r using (run_id)
    cross join lateral unnest(c.answers) as a(answer_key)
    join unnest(${stale.map((one) => one.key)}::uuid[]) as s(answer_key) on s.answer_key = a.answer_key
    left join chunk_body b on b.chunk_id = c.chunk_id
    where ${which} and ${whose}`;
}

/** Chunks with anything that was not mapped with the present mapping code, settings and vocabulary. */
async function ofOtherVersions(tx: Tx, run: Run, version: MappingVersion): Promise<DueChunk[]> {
  return await tx<DueChunk[]>`
    select d.chunk_id, b.chunk_id is not null as kept
    from (
      select distinct r.chunk_id from resource r
      where r.connection_id = ${run.connection_id} and ${canBeMappedAgain(tx)}
        and r.mapping_version_id <> all(${[version.mappingVersionId, ...version.alsoCurrent]}::int[])
    ) d
    left join chunk_body b on b.chunk_id = d.chunk_id`;
}

/**
 * A condition on resources `r`. Parked resources are mapped when they are taken up, replaced Patients when
 * they are restored. Resources with an empty hash have gone at the source, or wait to be sent again.
 */
export function canBeMappedAgain(tx: Tx) {
  return tx`r.outcome in ('loaded', 'excluded', 'failed') and length(r.content_hash) > 0
    and r.reason is distinct from 'patient-replaced'`;
}
