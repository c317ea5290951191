/**
 * A chunk of a run that belongs to no file: for resources that are taken up again, or that change without
 * being sent.
 */

import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import type { Keyring } from '../connection/keyring.ts';
import type { Clock } from '../step/clock.ts';
import { extractionDate, type Run } from '../step/run.ts';
import type { Resolver } from '../vocabulary/resolve/resolver.ts';
import { addChunkInTx } from './chunk-row.ts';
import type { LoadContext } from './context.ts';
import { mappingVersionInTx } from './mapping-version.ts';
import { LAST_PHASE } from './phases.ts';

/** openChunkInTx with everything bound except the keys of the resources. */
export type OpenChunk = (keys: readonly number[]) => Promise<LoadContext>;

export async function openChunkInTx(
  tx: Tx,
  deps: { readonly resolver: Resolver; readonly clock: Clock; readonly keyring: Keyring },
  run: Run,
  connection: Connection,
  keys: readonly number[],
): Promise<LoadContext> {
  const version = await mappingVersionInTx(tx, deps.resolver, connection);
  const [last] = await tx<{ seq: number }[]>`
    select coalesce(max(seq), -1) + 1 as seq from chunk where run_id = ${run.run_id} and file_id is null`;
  const chunkId = await addChunkInTx(tx, {
    ...{ run_id: run.run_id, file_id: null, seq: last?.seq ?? 0, phase: LAST_PHASE },
    ...{ byte_start: 0, byte_end: 0, first_line: 0, lines: keys.length, content: keys.join(',') },
    mapped: { at: deps.clock(), version: version.mappingVersionId },
  });
  return {
    ...{
      connectionId: connection.connection_id,
      connection,
      runId: run.run_id,
      chunkId,
      keyring: deps.keyring,
    },
    ...{ phase: LAST_PHASE, fileType: null, now: deps.clock(), extractionDate: extractionDate(run) },
    ...version,
  };
}
