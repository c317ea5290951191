/**
 * Finds the entries of Bundles in a stream of bytes, without holding a Bundle: what stands between the brackets of the
 * list `entry` is given out element by element, and at the end of each document what is left of it, with a 0 in the
 * place of each element. Nothing is parsed here: that the elements and the rest are JSON is for JSON.parse to say. So a
 * Bundle of any size needs the memory of its longest entry, and of that no more than a limit.
 */

export type Part =
  /** An element of `entry`. Where it is longer than the limit, `bytes` is only its beginning. */
  | { readonly kind: 'entry'; readonly bytes: Buffer; readonly size: number }
  /** The document has ended: its text with a 0 for each of so many entries. */
  | { readonly kind: 'end'; readonly rest: Buffer; readonly entries: number };

export class DocumentBroken extends Error {
  readonly reason: 'ends-early' | 'not-json' | 'not-a-bundle' | 'too-large';
  constructor(reason: DocumentBroken['reason']) {
    super(reason);
    this.reason = reason;
  }
}

/** How much is kept of an entry that is too long. */
const BEGINNING = 4096;
/** Of a document without its entries: eight million entries take half of it. */
const LONGEST_REST = 32 * 1024 * 1024;
/** Names and types at the top of a document that are looked at are shorter. */
const LONGEST_WORD = 100;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const BLANK = 0x20;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

export async function* documentsIn(
  source: AsyncIterable<Buffer>,
  maxEntryBytes: number,
): AsyncGenerator<Part> {
  const scanner = new DocumentScanner(maxEntryBytes);
  for await (const bytes of source) yield* scanner.read(bytes);
  scanner.end();
}

/** The resourceType that a text says at its top, as far as the text goes. */
export function typeAtTop(text: Buffer): string | undefined {
  const scanner = new DocumentScanner(0);
  try {
    for (const part of scanner.read(text)) if (part.kind === 'end') break;
  } catch (error) {
    if (!(error instanceof DocumentBroken)) throw error;
  }
  return scanner.resourceType;
}

class DocumentScanner {
  /** Of the document that is being read, or of the one that has just ended. */
  resourceType: string | undefined;
  readonly #maxEntryBytes: number;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** At the top of the document: whether a name comes next, and the last one. */
  #atName = false;
  #name = '';
  /** Bytes of a string at the top, while they may be a name or a type. */
  #word: number[] | undefined;
  #inEntries = false;
  #inEntry = false;
  #entries = 0;
  #held: Buffer[] = [];
  #size = 0;
  /** In one piece that grows: of a Bundle with a million entries it would be two million little buffers. */
  #rest = Buffer.alloc(0);
  #restSize = 0;
  #seen = 0;

  constructor(maxEntryBytes: number) {
    this.#maxEntryBytes = maxEntryBytes;
  }

  *read(bytes: Buffer): Generator<Part> {
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#endString();
        else if (this.#word && this.#word.length < LONGEST_WORD) this.#word.push(byte);
        continue;
      }
      if (byte <= BLANK) continue;
      if (this.#depth === 0) {
        if (byte === BYTE_ORDER_MARK[this.#seen + at] && this.#seen + at < 3) continue;
        if (byte !== OPEN) throw new DocumentBroken('not-json');
        from = at;
        this.#begin();
        continue;
      }
      if (byte === QUOTE) {
        this.#inString = true;
        this.#word = this.#depth === 1 ? [] : undefined;
      } else if (byte === OPEN || byte === OPEN_LIST) {
        if (this.#inEntries && this.#depth === 2) {
          this.#keepRest(bytes.subarray(from, at));
          this.#inEntry = true;
          from = at;
        } else if (this.#depth === 1 && byte === OPEN_LIST && this.#mayHaveEntries()) this.#inEntries = true;
        this.#depth++;
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        this.#depth--;
        if (this.#inEntry && this.#depth === 2) {
          this.#hold(bytes.subarray(from, at + 1));
          from = at + 1;
          yield this.#takeEntry();
        } else if (this.#depth === 1) this.#inEntries = false;
        else if (this.#depth === 0) {
          this.#keepRest(bytes.subarray(from, at + 1));
          from = at + 1;
          yield {
            kind: 'end',
            rest: Buffer.from(this.#rest.subarray(0, this.#restSize)),
            entries: this.#entries,
          };
        }
      } else if (this.#depth === 1) {
        if (byte === COMMA) this.#atName = true;
        else if (byte === COLON) this.#atName = false;
      }
    }
    this.#seen += bytes.length;
    if (this.#inEntry) this.#hold(bytes.subarray(from));
    else if (this.#depth > 0) this.#keepRest(bytes.subarray(from));
  }

  end(): void {
    if (this.#depth > 0) throw new DocumentBroken('ends-early');
  }

  /** A List has entries of its own, which are part of it. */
  #mayHaveEntries(): boolean {
    return this.#name === 'entry' && (this.resourceType ?? 'Bundle') === 'Bundle';
  }

  #begin(): void {
    this.#depth = 1;
    this.#atName = true;
    this.#name = '';
    this.resourceType = undefined;
    this.#entries = 0;
    this.#restSize = 0;
  }

  #endString(): void {
    this.#inString = false;
    if (!this.#word) return;
    const word = Buffer.from(this.#word).toString('utf8');
    this.#word = undefined;
    if (this.#atName) this.#name = word;
    else if (this.#name === 'resourceType') this.resourceType ??= word;
  }

  #hold(bytes: Buffer): void {
    const room = this.#size <= this.#maxEntryBytes;
    this.#size += bytes.length;
    if (room) this.#held.push(Buffer.from(bytes));
    if (this.#size <= this.#maxEntryBytes) return;
    if (room) this.#held = [Buffer.concat(this.#held).subarray(0, Math.min(BEGINNING, this.#maxEntryBytes))];
  }

  #takeEntry(): Part {
    const part = { kind: 'entry' as const, bytes: Buffer.concat(this.#held), size: this.#size };
    this.#held = [];
    this.#size = 0;
    this.#inEntry = false;
    this.#entries++;
    this.#keepRest(ZERO);
    return part;
  }

  #keepRest(bytes: Buffer): void {
    const size = this.#restSize + bytes.length;
    if (size > LONGEST_REST) throw new DocumentBroken('too-large');
    if (size > this.#rest.length) {
      const larger = Buffer.alloc(Math.max(4096, 2 * size));
      this.#rest.copy(larger, 0, 0, this.#restSize);
      this.#rest = larger;
    }
    bytes.copy(this.#rest, this.#restSize);
    this.#restSize = size;
  }
}

const ZERO = Buffer.from('0');
