/**
 * Writes text straight into bytes. A string that is concatenated piece by piece is a tree until somebody
 * reads it. Flattening and encoding such trees took a third of the time of hashing and of COPY
 * (jobs/PERFORMANCE.md).
 */

const SMALLEST = 1024;
/** A code unit below this takes one byte of UTF-8; any other takes at most three. */
const ASCII = 0x80;

export class ByteWriter {
  bytes: Buffer;
  length = 0;

  constructor(capacity = SMALLEST) {
    this.bytes = Buffer.allocUnsafeSlow(Math.max(capacity, SMALLEST));
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Writes a few bytes: below some fifty a loop is quicker than a call that copies them. */
  raw(few: Uint8Array): void {
    const { length } = few;
    this.reserve(length);
    const { bytes } = this;
    let at = this.length;
    for (let n = 0; n < length; n++) bytes[at++] = few[n] ?? 0;
    this.length = at;
  }

  /** Writes any text, as UTF-8. */
  text(value: string): void {
    this.reserve(value.length * 3);
    this.length += this.bytes.write(value, this.length, 'utf8');
  }

  /**
   * Writes the text as it stands if each of its characters is ASCII and not one of `special`. Otherwise it
   * writes nothing and returns false, and the caller writes the text in its own way. This is for short texts
   * only: long ones are quicker in one call.
   */
  plain(value: string, special: Uint8Array): boolean {
    const { length } = value;
    this.reserve(length);
    const { bytes } = this;
    let at = this.length;
    for (let n = 0; n < length; n++) {
      const code = value.charCodeAt(n);
      if (code >= ASCII || special[code] === 1) return false;
      bytes[at++] = code;
    }
    this.length = at;
    return true;
  }

  /** Writes a number as JavaScript does. */
  number(value: number): void {
    if (value >= 0 && value <= Number.MAX_SAFE_INTEGER && Number.isInteger(value)) this.#whole(value);
    else this.text(String(value));
  }

  #whole(value: number): void {
    this.reserve(16);
    const { bytes } = this;
    let digits = 1;
    for (let limit = 10; value >= limit; limit *= 10) digits++;
    let at = this.length + digits;
    this.length = at;
    let left = value;
    // Digits above 31 bits are split off by division, since the remainder of a double is costly.
    while (left >= 2 ** 31) {
      const next = Math.floor(left / 10);
      bytes[--at] = 48 + (left - next * 10);
      left = next;
    }
    let rest = left | 0;
    do {
      const next = (rest / 10) | 0;
      bytes[--at] = 48 + (rest - next * 10);
      rest = next;
    } while (rest > 0);
  }

  /**
   * Returns what was written since the last call. The bytes belong to the caller: nothing is written to them
   * again.
   */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = Buffer.allocUnsafeSlow(this.bytes.length);
    this.length = 0;
    return taken;
  }
}

/**
 * A table for `plain`: it marks these characters, and the control characters below the space, as not plain.
 */
export function specials(characters: string): Uint8Array {
  const table = new Uint8Array(ASCII);
  table.fill(1, 0, 0x20);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
