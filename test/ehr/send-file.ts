/**
 * Streams one file of an export: NDJSON, gzip when the client takes it, Range, ETag, and whatever faults are ordered.
 * A Range is a range of the uncompressed text and is answered uncompressed; so the same ETag goes with both.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ExportFile } from './export-job.ts';
import type { Deed } from './faults.ts';

interface Options {
  readonly gzip: boolean;
  readonly range: boolean;
  readonly deed: Deed;
}

export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: ExportFile,
  options: Options,
): Promise<void> {
  const { deed } = options;
  const etag = `"${file.name}-${file.version}"`;
  const accepts = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const length = lengthOf(file, deed);
  const ranges = options.range && length !== undefined && deed.ignoreRange !== true;
  const asked = ranges ? rangeStart(request, etag) : undefined;
  const from = asked === undefined ? undefined : asked + (deed.shiftRange ?? 0);
  const gzip = options.gzip && accepts && from === undefined;

  response.setHeader('Content-Type', 'application/fhir+ndjson');
  response.setHeader('ETag', etag);
  response.setHeader('Vary', 'Accept-Encoding');
  if (ranges) response.setHeader('Accept-Ranges', 'bytes');
  if (gzip) response.setHeader('Content-Encoding', 'gzip');
  if (from !== undefined && length !== undefined) {
    if (from >= length) {
      response.writeHead(416, { 'Content-Range': `bytes */${length}` }).end();
      return;
    }
    response.statusCode = 206;
    response.setHeader('Content-Range', `bytes ${from}-${length - 1}/${length}`);
  }
  if (!gzip && length !== undefined && deed.truncate === undefined) {
    response.setHeader('Content-Length', length - (from ?? 0));
  }
  for (const [name, value] of Object.entries(deed.headers ?? {})) response.setHeader(name, value);

  const steps: Transform[] = [];
  if (from !== undefined && from > 0) steps.push(skip(from));
  if (deed.stall !== undefined) steps.push(stall(deed.stall));
  if (gzip) steps.push(createGzip());
  if (deed.corrupt !== undefined) steps.push(corrupt(deed.corrupt));
  if (gzip && deed.wrongChecksum === true) steps.push(breakChecksum());
  if (deed.cut !== undefined) steps.push(stop(deed.cut, () => (response.socket ?? response).destroy()));
  if (deed.truncate !== undefined) steps.push(stop(deed.truncate, () => {}));
  try {
    await pipeline([Readable.from(blocks(linesOf(file, deed))), ...steps, response]);
  } catch (error) {
    // The reader went away, or a fault closed the connection: both are part of the play.
    if (!response.destroyed) throw error;
  }
}

function* linesOf(file: ExportFile, deed: Deed): Generator<string> {
  let index = 0;
  for (const line of versionOf(file)) {
    yield deed.rewrite === undefined ? line : deed.rewrite(line, index);
    index++;
  }
}

/** A changed file has its first line last. */
function* versionOf(file: ExportFile): Generator<string> {
  if (file.version === 1) {
    yield* file.lines();
    return;
  }
  let first: string | undefined;
  for (const line of file.lines()) {
    if (first === undefined) first = line;
    else yield line;
  }
  if (first !== undefined) yield first;
}

/** Lines joined to blocks of some 64 kB: a chunk per line would be slow to send. */
function* blocks(lines: Iterable<string>): Generator<Buffer> {
  let block = '';
  for (const line of lines) {
    block += line;
    if (block.length >= 65_536) {
      yield Buffer.from(block);
      block = '';
    }
  }
  if (block !== '') yield Buffer.from(block);
}

/** A generated file may not know its length before it has been made; then it has no ranges. */
function lengthOf(file: ExportFile, deed: Deed): number | undefined {
  if (file.count === undefined || (file.bytes !== undefined && deed.rewrite === undefined)) return file.bytes;
  let length = 0;
  for (const line of linesOf(file, deed)) length += Buffer.byteLength(line);
  return length;
}

function rangeStart(request: IncomingMessage, etag: string): number | undefined {
  const start = /^bytes=(\d+)-$/.exec(String(request.headers.range ?? ''))?.[1];
  const condition = request.headers['if-range'];
  return start === undefined || (condition !== undefined && condition !== etag) ? undefined : Number(start);
}

function skip(bytes: number): Transform {
  let left = bytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const dropped = Math.min(left, chunk.length);
      left -= dropped;
      done(null, chunk.subarray(dropped));
    },
  });
}

/** Lets so many bytes through; `atEnd` is called once they have been written. */
function stop(bytes: number, atEnd: () => void): Transform {
  let left = bytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      const kept = chunk.subarray(0, left);
      const over = left > 0 && chunk.length >= left;
      left -= kept.length;
      if (kept.length > 0) this.push(kept);
      // Next turn, so that the bytes are on their way before the connection goes.
      if (over) setImmediate(atEnd);
      done();
    },
  });
}

/** Lets so many bytes through, and all others when the wait is over. */
function stall({ after, until }: { readonly after: number; readonly until: Promise<unknown> }): Transform {
  let left = after;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      if (left >= chunk.length) {
        left -= chunk.length;
        return done(null, chunk);
      }
      this.push(chunk.subarray(0, left));
      const rest = chunk.subarray(left);
      left = 0;
      until.then(() => done(null, rest), done);
    },
  });
}

function corrupt(at: number): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      const here = at - passed;
      passed += chunk.length;
      if (here >= 0 && here < chunk.length) chunk[here] = ~(chunk[here] ?? 0) & 0xff;
      done(null, chunk);
    },
  });
}

/** The last eight bytes of a gzip are the checksum and the length of its text. */
function breakChecksum(): Transform {
  let held = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const all = Buffer.concat([held, chunk]);
      held = all.subarray(Math.max(0, all.length - 8));
      done(null, all.subarray(0, all.length - held.length));
    },
    flush(done) {
      held[0] = ~(held[0] ?? 0) & 0xff;
      done(null, held);
    },
  });
}
