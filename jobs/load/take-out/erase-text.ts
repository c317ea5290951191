/**
 * Erases text of a chunk in place: it becomes spaces, and its line ends stay. So line numbers, lengths and
 * byte offsets are unchanged, and a reader meets blank lines. chunk.sha256 remains that of the text as it was
 * received, which a continued download is compared with.
 */
import type { Tx } from '../../../sql/connect.ts';
import type { Keyring } from '../../connection/keyring.ts';
import { isSealed, openBody, storedBody } from '../../connection/sealed-data.ts';
import { pack, unpack } from '../../lines/chunk-text.ts';
import { type Range, split } from '../../lines/split.ts';

const LF = 0x0a;
const SPACE = 0x20;

/** The text of a chunk, while its row is locked. */
export interface LockedText {
  readonly chunkId: number;
  readonly text: Buffer;
  readonly wasSealed: boolean;
}

/** Resolves to undefined when the text is no longer kept. */
export async function lockTextInTx(
  tx: Tx,
  keyring: Keyring,
  chunkId: number,
): Promise<LockedText | undefined> {
  const [chunk] = await tx<
    { body: Buffer }[]
  >`select body from chunk_body where chunk_id = ${chunkId} for update`;
  if (!chunk) return undefined;
  const text = await unpack(await openBody(keyring, chunkId, chunk.body));
  return { chunkId, text, wasSealed: isSealed(chunk.body) };
}

/** Resolves to the numbers of the erased lines. */
export async function eraseInTx(
  tx: Tx,
  keyring: Keyring,
  { chunkId, text, wasSealed }: LockedText,
  ranges: readonly Range[],
): Promise<number[]> {
  if (ranges.length === 0) return [];
  for (const { start, end } of ranges) {
    for (let at = start; at < end; at++) if (text[at] !== LF) text[at] = SPACE;
  }
  const body = await storedBody(keyring, chunkId, await pack(text), wasSealed);
  await tx`update chunk_body set body = ${body} where chunk_id = ${chunkId}`;
  return ranges.flatMap(({ line, lines }) => Array.from({ length: lines }, (_, n) => line + n));
}

/** By the numbers of the lines that resources begin in. */
export async function eraseLinesInTx(
  tx: Tx,
  keyring: Keyring,
  chunkId: number,
  lines: readonly number[],
  maxLineBytes?: number,
): Promise<void> {
  if (lines.length === 0) return;
  const locked = await lockTextInTx(tx, keyring, chunkId);
  if (!locked) return;
  const first = new Set(lines);
  const ranges = [...split(locked.text, maxLineBytes)].filter(({ line }) => first.has(line));
  await eraseInTx(tx, keyring, locked, ranges);
}
