/** A line of a chunk: the text that should be one resource. */
import { hash } from 'node:crypto';

export interface Line {
  readonly line: number;
  /** Where the line stands in its run: of two versions in one run, the later wins. */
  readonly position: number;
  readonly bytes: Buffer;
}

/**
 * Puts file number and line into one number, which stays below 2^53 for two million files of four billion
 * lines.
 */
export function position(fileNo: number, line: number): number {
  return fileNo * 2 ** 32 + line;
}

const LINE_HASH_BYTES = 16;

/** The first half of the line's SHA-256, in hexadecimal digits. */
export function lineHash(bytes: Buffer): string {
  return hash('sha256', bytes, 'hex').slice(0, 2 * LINE_HASH_BYTES);
}
