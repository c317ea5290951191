/**
 * Cuts a stream of bytes at line ends into chunks of about `chunkBytes`. A line that is longer than `maxLineBytes` is
 * not held in memory: it becomes a chunk of its own that keeps only its beginning, which the map step counts as failed.
 */
export interface Cut {
  /** The lines; of an over-long line only the beginning. */
  readonly text: Buffer;
  /** Bytes that it takes in the file. */
  readonly size: number;
  /** Physical lines, the last of a file counted also without its line end. */
  readonly lines: number;
}

const NEWLINE = 10;
/** Kept of an over-long line. */
const BEGINNING = 4096;

export async function* cutLines(
  source: AsyncIterable<Buffer>,
  limits: { readonly chunkBytes: number; readonly maxLineBytes: number },
): AsyncGenerator<Cut> {
  let held: Buffer[] = [];
  let size = 0;
  /** Bytes of an over-long line already let go; 0 when not in one. */
  let dropped = 0;

  for await (let bytes of source) {
    if (dropped > 0) {
      const end = bytes.indexOf(NEWLINE);
      if (end === -1) {
        dropped += bytes.length;
        continue;
      }
      yield { text: Buffer.concat(held), size: dropped + end + 1, lines: 1 };
      held = [];
      size = 0;
      dropped = 0;
      bytes = bytes.subarray(end + 1);
    }
    held.push(bytes);
    size += bytes.length;
    if (size < limits.chunkBytes) continue;

    const end = bytes.lastIndexOf(NEWLINE);
    if (end !== -1) {
      const all = Buffer.concat(held);
      const cut = size - (bytes.length - end - 1);
      yield whole(all.subarray(0, cut));
      const rest = Buffer.from(all.subarray(cut));
      held = rest.length > 0 ? [rest] : [];
      size = rest.length;
    } else {
      const all = Buffer.concat(held);
      const before = all.lastIndexOf(NEWLINE) + 1;
      if (before > 0) yield whole(all.subarray(0, before));
      const line = Buffer.from(all.subarray(before));
      held = [line];
      size = line.length;
      if (size > limits.maxLineBytes) {
        dropped = size;
        held = [Buffer.from(beginning(line, limits.maxLineBytes))];
      }
    }
  }
  if (dropped > 0) yield { text: Buffer.concat(held), size: dropped, lines: 1 };
  else if (size > 0) yield whole(Buffer.concat(held));
}

/** What is kept of an over-long line: always the same bytes, so that a second reading can be compared. */
export function beginning(line: Buffer, maxLineBytes: number): Buffer {
  return line.subarray(0, Math.min(BEGINNING, maxLineBytes));
}

function whole(text: Buffer): Cut {
  let lines = 0;
  for (let at = text.indexOf(NEWLINE); at !== -1; at = text.indexOf(NEWLINE, at + 1)) lines++;
  if (text.length > 0 && text[text.length - 1] !== NEWLINE) lines++;
  return { text, size: text.length, lines };
}
