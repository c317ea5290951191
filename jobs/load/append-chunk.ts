/** Adds a chunk at the end of a file that is no download: of searches, of hydration, of what an import unpacked. */
import type { Tx } from '../../sql/connect.ts';
import { addChunkInTx, type NewChunk } from './chunk-row.ts';

export interface Appended extends Pick<NewChunk, 'content' | 'lines' | 'mapped' | 'seenUnchanged'> {
  /** Bytes that were received; more than the content has where only the beginning of a line was kept. */
  readonly size: number;
}

/** Resolves to the id of the chunk. The file is locked until the commit: of two chunks for it, one follows the other. */
export async function appendChunkInTx(
  tx: Tx,
  fileId: number,
  { content, size, lines, mapped, seenUnchanged }: Appended,
): Promise<number> {
  const [place] = await tx<Omit<NewChunk, 'content' | 'lines' | 'mapped'>[]>`
    update export_file set bytes_done = bytes_done + ${size}, lines_done = lines_done + ${lines},
      next_seq = next_seq + 1
    where file_id = ${fileId}
    returning run_id, file_id, phase, next_seq - 1 as seq, bytes_done - ${size} as byte_start,
      bytes_done as byte_end, lines_done - ${lines} as first_line`;
  if (!place) throw new Error(`there is no file ${fileId}`);
  return await addChunkInTx(tx, { ...place, content, lines, mapped, seenUnchanged });
}
