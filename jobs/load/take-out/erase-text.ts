/**
 * Erases text of a chunk in place: it becomes spaces, and its line ends stay. So line numbers, lengths and
 * byte offsets are unchanged, and a reader meets blank lines. chunk.sha256 remains that of the text as it was
 * received, which a continued download is compared with.
 */
import type { Tx } from '../../../sql/connect.ts';
import { pack, unpack } from '../../lines/chunk-text.ts';
import type { Range } from '../../lines/split.ts';

const LF = 0x0a;
const SPACE = 0x20;

/** Resolves to undefined when the text is no longer kept. */
export async function lockTextInTx(tx: Tx, chunkId: number): Promise<Buffer | undefined> {
  const [chunk] = await tx<
    { body: Buffer }[]
  >`select body from chunk_body where chunk_id = ${chunkId} for update`;
  return chunk && (await unpack(chunk.body));
}

/** `text` is what lockTextInTx returned. Resolves to the numbers of the erased lines. */
export async function eraseInTx(
  tx: Tx,
  chunkId: number,
  text: Buffer,
  ranges: readonly Range[],
): Promise<number[]> {
  if (ranges.length === 0) return [];
  for (const { start, end } of ranges) {
    for (let at = start; at < end; at++) if (text[at] !== LF) text[at] = SPACE;
  }
  await tx`update chunk_body set body = ${await pack(text)} where chunk_id = ${chunkId}`;
  return ranges.flatMap(({ line, lines }) => Array.from({ length: lines }, (_, n) => line + n));
}
