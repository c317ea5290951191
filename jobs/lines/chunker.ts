/**
 * Cuts a stream of bytes at line ends into chunks of about `chunkBytes`. A line that is longer than
 * `maxLineBytes` is not held in memory: it becomes a chunk of its own that keeps only its beginning, and the
 * map step counts it as failed. A pretty-printed file is cut before a resource, since a resource takes the
 * place of a line there.
 */
import { countLines, isPrettyPrinted, lastValueStart } from './split.ts';

export interface Cut {
  /** The lines, or only the beginning of an over-long line. */
  readonly text: Buffer;
  /** How many bytes it takes in the file. */
  readonly size: number;
  /** How many physical lines it has; the last line of a file counts even without a line end. */
  readonly lines: number;
}

/**
 * Whether only the beginning of a line was kept, of which the chunk then consists. Text of several lines is shorter
 * than its place in the file where lines were left out that are loaded already.
 */
export function isBeginning({ text, size, lines }: Cut): boolean {
  return lines === 1 && text.length < size;
}

const NEWLINE = 10;
/** How many bytes of an over-long line are kept. */
const BEGINNING = 4096;

export async function* cutLines(
  source: AsyncIterable<Buffer>,
  limits: { readonly chunkBytes: number; readonly maxLineBytes: number },
): AsyncGenerator<Cut> {
  let held: Buffer[] = [];
  let size = 0;
  /** How many bytes of an over-long line have been read so far; 0 outside of one. */
  let dropped = 0;
  /** Where the held bytes may be cut: after a line or, in a pretty-printed file, before a resource. */
  let afterLine = 0;
  let beforeValue = 0;
  let prettyPrinted: boolean | undefined;
  let atLineStart = false;

  for await (let bytes of source) {
    if (bytes.length === 0) continue;
    if (dropped > 0) {
      const end = bytes.indexOf(NEWLINE) + 1;
      if (end === 0) {
        dropped += bytes.length;
        continue;
      }
      yield { text: Buffer.concat(held), size: dropped + end, lines: 1 };
      held = [];
      size = dropped = afterLine = beforeValue = 0;
      prettyPrinted = undefined;
      atLineStart = true;
      bytes = bytes.subarray(end);
    }
    afterLine = bytes.includes(NEWLINE) ? size + bytes.lastIndexOf(NEWLINE) + 1 : afterLine;
    const value = lastValueStart(bytes, atLineStart);
    beforeValue = value === -1 ? beforeValue : size + value;
    if (bytes.length > 0) atLineStart = bytes.at(-1) === NEWLINE;
    held.push(bytes);
    size += bytes.length;
    if (size < limits.chunkBytes) continue;

    if (prettyPrinted === undefined) {
      held = [Buffer.concat(held)];
      prettyPrinted = isPrettyPrinted(held[0] ?? bytes);
    }
    // What is longer than the longest line allowed is no resource, whatever it is.
    const cut = prettyPrinted && size <= limits.maxLineBytes ? beforeValue : afterLine;
    if (cut > 0) {
      const all = Buffer.concat(held);
      yield whole(all.subarray(0, cut));
      const rest = Buffer.from(all.subarray(cut));
      held = rest.length > 0 ? [rest] : [];
      size = rest.length;
      afterLine = rest.lastIndexOf(NEWLINE) + 1;
      beforeValue = 0;
      prettyPrinted = undefined;
    }
    if (size > limits.maxLineBytes && afterLine === 0) {
      dropped = size;
      held = [Buffer.from(beginning(Buffer.concat(held), limits.maxLineBytes))];
    }
  }
  if (dropped > 0) yield { text: Buffer.concat(held), size: dropped, lines: 1 };
  else if (size > 0) yield whole(Buffer.concat(held));
}

/**
 * The part of an over-long line that is kept: always the same bytes, so that a second reading can be
 * compared.
 */
export function beginning(line: Buffer, maxLineBytes: number): Buffer {
  return line.subarray(0, Math.min(BEGINNING, maxLineBytes));
}

function whole(text: Buffer): Cut {
  return { text, size: text.length, lines: countLines(text) };
}
