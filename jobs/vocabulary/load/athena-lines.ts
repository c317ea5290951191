/**
 * Athena's text as COPY accepts it. Fields are neither quoted nor escaped, so COPY is given a quote character
 * that never occurs (backspace). A stray one is dropped here, since it would swallow the lines after it.
 * Carriage returns are dropped too: cpt4.jar appends CRLF lines to files that otherwise end their lines with
 * LF, and COPY refuses a mix. Neither changes line numbers, so those that Postgres reports are those of the
 * file.
 */
import type { Readable } from 'node:stream';

const LF = 10;
const CR = 13;
const BACKSPACE = 8;
const BACKSLASH = 92;
const DOT = 46;

/** Each piece is one COPY message; small pieces cost more in messages than in bytes. */
const PIECE = 256 * 1024;
/** A first line longer than this is no header. */
const HEADER_LIMIT = 16 * 1024;

export interface Lines {
  /** Column names of the first line, as written. */
  readonly header: readonly string[];
  /** All text including the first line, cleaned, in pieces of about 256 KiB. */
  pieces(): AsyncGenerator<Buffer>;
  /** Bytes read and lines ended so far. */
  readonly bytes: number;
  readonly lines: number;
  /** The number of a line that is only `\.`, at which Postgres before 18 would silently stop reading. */
  readonly endMarkAt: number | undefined;
  stop(): void;
}

export async function readLines(stream: Readable): Promise<Lines> {
  const source: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  let bytes = 0;
  let lines = 0;
  let endMarkAt: number | undefined;
  let inLine = 0;
  let first = 0;
  let second = 0;

  const clean = (piece: Buffer): Buffer => {
    bytes += piece.length;
    let to = 0;
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at] ?? 0;
      if (byte === CR || byte === BACKSPACE) continue;
      if (byte === LF) {
        lines++;
        if (inLine === 2 && first === BACKSLASH && second === DOT) endMarkAt ??= lines;
        inLine = 0;
      } else {
        if (inLine === 0) first = byte;
        else if (inLine === 1) second = byte;
        inLine++;
      }
      if (to !== at) piece[to] = byte;
      to++;
    }
    return to === piece.length ? piece : piece.subarray(0, to);
  };

  const next = async (): Promise<Buffer | undefined> => {
    const parts: Buffer[] = [];
    for (let size = 0; size < PIECE; ) {
      const result = await source.next();
      if (result.done) break;
      parts.push(result.value);
      size += result.value.length;
    }
    return parts.length === 0 ? undefined : clean(Buffer.concat(parts));
  };

  const start = (await next()) ?? Buffer.alloc(0);
  const end = start.indexOf(LF);
  const headerText = start.toString('utf8', 0, Math.min(end < 0 ? start.length : end, HEADER_LIMIT));

  return {
    // A spreadsheet leaves a byte order mark behind.
    header: headerText.replace(/^\uFEFF/, '').split('\t'),
    async *pieces() {
      for (let piece: Buffer | undefined = start; piece; piece = await next()) {
        if (piece.length > 0) yield piece;
      }
      // A last line without an end counts too.
      if (inLine > 0) lines++;
    },
    get bytes() {
      return bytes;
    },
    get lines() {
      return lines;
    },
    get endMarkAt() {
      return endMarkAt;
    },
    stop: () => stream.destroy(),
  };
}
