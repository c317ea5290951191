/** The row of a chunk: a stretch of a file, or a piece of a run's work that belongs to no file. */

import { createHash } from 'node:crypto';
import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';

export interface NewChunk {
  readonly run_id: number;
  /** null where it belongs to no file. */
  readonly file_id: number | null;
  /** Its place in the file, or among the run's chunks without a file. */
  readonly seq: number;
  readonly phase: number;
  readonly byte_start: number;
  readonly byte_end: number;
  readonly first_line: number;
  readonly lines: number;
  /** Its content, of which the SHA-256 is stored; a continued download is compared with that. */
  readonly content: Buffer | string;
  /** When it was mapped, and with which mapping version; null while it waits to be mapped. */
  readonly mapped: { readonly at: Date | null; readonly version: number | null } | null;
  /** Keys of the resources of which it has the version that is loaded, as ranges. */
  readonly seenUnchanged?: string | null | undefined;
}

/** Resolves to the id of the new chunk. */
export async function addChunkInTx(tx: Tx, chunk: NewChunk): Promise<number> {
  const sha256 = createHash('sha256').update(chunk.content).digest();
  const [row] = await tx<{ chunk_id: number }[]>`
    insert into chunk (run_id, file_id, seq, phase, byte_start, byte_end, first_line, lines, sha256, state, mapped_at,
      mapping_version_id, seen_unchanged)
    values (${chunk.run_id}, ${chunk.file_id}, ${chunk.seq}, ${chunk.phase}, ${chunk.byte_start}, ${chunk.byte_end},
      ${chunk.first_line}, ${chunk.lines}, ${sha256}, ${chunk.mapped ? 'done' : 'waiting'}, ${chunk.mapped?.at ?? null},
      ${chunk.mapped?.version ?? null}, ${chunk.seenUnchanged ?? null}::text::int8multirange)
    returning chunk_id`;
  return row?.chunk_id ?? 0;
}

/** Adds chunks to a run in which the text of other chunks is mapped again. */
export async function addAgainInTx(tx: Tx, runId: number, origins: readonly number[]): Promise<void> {
  await tx`
    insert into chunk (run_id, origin_chunk_id, seq, phase, byte_start, byte_end, first_line, lines, sha256, state)
    select ${runId}, o.chunk_id, row_number() over (order by o.chunk_id), o.phase, 0, 0, 0, 0, o.sha256, 'waiting'
    from chunk o where o.chunk_id = any(${list(origins)}::bigint[])`;
}
