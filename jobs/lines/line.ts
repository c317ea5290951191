/** A line of a chunk: the text that should be one resource. */
import { hash } from 'node:crypto';

export interface Line {
  readonly line: number;
  /** Where it stands in its run: of two versions in one run the later wins. */
  readonly position: number;
  readonly bytes: Buffer;
}

/** File number and line in one number, below 2^53 for two million files of four billion lines. */
export function position(fileNo: number, line: number): number {
  return fileNo * 2 ** 32 + line;
}

const LINE_HASH_BYTES = 16;

/** The first half of the line's SHA-256, in hexadecimal digits. */
export function lineHash(bytes: Buffer): string {
  return hash('sha256', bytes, 'hex').slice(0, 2 * LINE_HASH_BYTES);
}

const BEGINNING =
  /^\{\s*"resourceType"\s*:\s*"([A-Z][A-Za-z]{0,63})"\s*,\s*"id"\s*:\s*"([A-Za-z0-9.-]{1,64})"/;
const LONGEST_BEGINNING = 200;

/** Type and id where the line begins with them, as most servers write it. */
export function identityOf(bytes: Buffer): { type: string; id: string } | undefined {
  const found = BEGINNING.exec(bytes.toString('latin1', 0, LONGEST_BEGINNING));
  const [, type, id] = found ?? [];
  return type && id ? { type, id } : undefined;
}
