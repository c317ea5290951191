/**
 * The keys of the de-identified copy, and the ids that they make: the same permutation as keyed_id() in
 * sql/deid/functions.sql, for what is taken out of the copy without reading all of it.
 */
import { createHash, createHmac } from 'node:crypto';

export interface DeidKeys {
  readonly id: Buffer;
  /** The key of the date shifts as HMAC uses it: padded to a block, and combined with its two constants. */
  readonly inner: Buffer;
  readonly outer: Buffer;
}

/** One key for ids and one for dates, so that neither says anything of the other. */
export function keysOf(secret: Buffer): DeidKeys {
  const derive = (purpose: string) => createHmac('sha256', secret).update(purpose).digest();
  const padded = Buffer.concat([derive('deid dates'), Buffer.alloc(32)]);
  return {
    id: derive('deid ids'),
    inner: Buffer.from(padded.map((byte) => byte ^ 0x36)),
    outer: Buffer.from(padded.map((byte) => byte ^ 0x5c)),
  };
}

const HALF = 2 ** 26;

/** `id` from 0 to 2^52 - 1. */
export function keyedId(id: number, key: Buffer): number {
  let left = Math.floor(id / HALF);
  let right = id % HALF;
  const block = Buffer.alloc(44);
  key.copy(block);
  for (let round = 0; round < 8; round++) {
    block.writeInt32BE(round, 32);
    block.writeBigInt64BE(BigInt(right), 36);
    const word = createHash('sha256').update(block).digest().readUInt32BE(0) % HALF;
    [left, right] = [right, left ^ word];
  }
  return left * HALF + right;
}
