/** A chunk of a run that no file stands behind: for resources that are taken up again, or change without being sent. */
import { createHash } from 'node:crypto';
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import type { Clock } from '../step/clock.ts';
import { extractionDate, type Run } from '../step/run.ts';
import type { Resolver } from '../vocabulary/resolve/resolver.ts';
import type { LoadContext } from './context.ts';
import { mappingVersionInTx } from './mapping-version.ts';
import { LAST_PHASE } from './phases.ts';

/** openChunkInTx with everything given but the keys of the resources. */
export type OpenChunk = (keys: readonly number[]) => Promise<LoadContext>;

export async function openChunkInTx(
  tx: Tx,
  deps: { readonly resolver: Resolver; readonly clock: Clock },
  run: Run,
  connection: Connection,
  keys: readonly number[],
): Promise<LoadContext> {
  const version = await mappingVersionInTx(tx, deps.resolver, connection);
  const [last] = await tx<{ seq: number }[]>`
    select coalesce(max(seq), -1) + 1 as seq from chunk where run_id = ${run.run_id} and file_id is null`;
  const [chunk] = await tx<{ chunk_id: number }[]>`
    insert into chunk (run_id, file_id, seq, phase, byte_start, byte_end, first_line, lines, sha256, state, mapped_at,
      mapping_version_id)
    values (${run.run_id}, null, ${last?.seq ?? 0}, ${LAST_PHASE}, 0, 0, 0, ${keys.length},
      ${createHash('sha256').update(keys.join(',')).digest()}, 'done', ${deps.clock()},
      ${version.mappingVersionId})
    returning chunk_id`;
  return {
    ...{
      connectionId: connection.connection_id,
      connection,
      runId: run.run_id,
      chunkId: chunk?.chunk_id ?? 0,
    },
    ...{ phase: LAST_PHASE, fileType: null, now: deps.clock(), extractionDate: extractionDate(run) },
    ...version,
  };
}
