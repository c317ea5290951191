/**
 * Erases lines of a chunk in place: spaces instead, so that line numbers, lengths and byte offsets stay, and a reader
 * meets blank lines. chunk.sha256 stays that of the text as it was received, which a continued download is compared with.
 */
import type { Tx } from '../../../sql/connect.ts';
import { pack, unpack } from '../../lines/chunk-text.ts';

const NEWLINE = 10;
const SPACE = 32;

/** The lines of a chunk, each with its number. */
export function* linesIn(text: Buffer): Generator<{ line: number; bytes: Buffer }> {
  let line = 0;
  for (let start = 0; start < text.length; line++) {
    const newline = text.indexOf(NEWLINE, start);
    const end = newline === -1 ? text.length : newline;
    yield { line, bytes: text.subarray(start, end) };
    start = end + 1;
  }
}

/** Gives the numbers of the lines that were erased. */
export async function eraseLinesInTx(
  tx: Tx,
  chunkId: number,
  isToGo: (bytes: Buffer, line: number) => boolean,
): Promise<number[]> {
  const [chunk] = await tx<
    { body: Buffer }[]
  >`select body from chunk_body where chunk_id = ${chunkId} for update`;
  if (!chunk) return [];
  const text = await unpack(chunk.body);
  const erased: number[] = [];
  for (const { line, bytes } of linesIn(text)) {
    if (!isToGo(bytes, line)) continue;
    bytes.fill(SPACE);
    erased.push(line);
  }
  if (erased.length > 0) {
    await tx`update chunk_body set body = ${await pack(text)} where chunk_id = ${chunkId}`;
  }
  return erased;
}
