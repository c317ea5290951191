/**
 * Whether a line is nested so deep, or has so many values, that it would take others of its chunk along: reading and
 * hashing go down into a resource by calls of themselves, and its values take many times the room of their text. Told by
 * its bytes, before anything is made of it.
 */

/**
 * Levels of lists and objects. Nothing of FHIR that we know of has more than 22; parsers that servers are built on stop
 * at 64 (.NET) to 1,000 (Jackson); what goes down here holds to some 3,700.
 */
export const DEEPEST = 200;
/** Lists, objects and their members. A Group of 300,000 members has as many; they take some 100 MB. */
export const MOST_VALUES = 1_000_000;

export type Excess = 'nested-too-deep' | 'too-many-values';

const [COMMA, QUOTE, BACKSLASH] = [0x2c, 0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x5b, 0x5d, 0x7b, 0x7d];

export function excessOf(bytes: Buffer): Excess | undefined {
  // Almost every line ends here, by two looks through it that cost little.
  if (bytes.length < 2 * DEEPEST) return undefined;
  if (bytes.length < MOST_VALUES && !hasMore(bytes, DEEPEST)) return undefined;
  let depth = 0;
  let values = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === COMMA) values++;
    else if (byte === OPEN || byte === OPEN_LIST) {
      values++;
      if (++depth > DEEPEST) return 'nested-too-deep';
    } else if (byte === CLOSE || byte === CLOSE_LIST) depth--;
  }
  return values > MOST_VALUES ? 'too-many-values' : undefined;
}

/** More opening brackets than that, in strings or not. */
function hasMore(bytes: Buffer, limit: number): boolean {
  let left = limit;
  for (const bracket of [OPEN, OPEN_LIST] as number[]) {
    for (let at = bytes.indexOf(bracket); at !== -1; at = bytes.indexOf(bracket, at + 1)) {
      if (--left < 0) return true;
    }
  }
  return false;
}
