/**
 * Opens an export file for reading: its NDJSON, decompressed, from a given byte on where the server can.
 *
 * - The token goes along only if the manifest wants it (requiresAccessToken) and the host is the FHIR server's own or
 *   allow-listed; never across a redirect to another origin (Oracle Health redirects to signed S3 URLs, which refuse it).
 * - Range is no part of the Bulk Data guide. It is used to go on after a break only where the server gave a strong
 *   ETag, and honoured only as 206 with the right start; everything else is the whole file from its beginning.
 */
import { createReadStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Connection } from '../connection/connection.ts';
import { discard, type Outbound } from '../outbound/outbound.ts';
import { SyncError, syncError } from '../step/errors.ts';
import { mayHaveToken, reachOf } from './known-hosts.ts';
import { namedUrl } from './named-url.ts';
import { readRetryAfter } from './retry-after.ts';
import type { TokenSource } from './token/access-token.ts';

export interface OpenFile {
  /** NDJSON bytes from `from` on. Fails when the transfer is cut or the compression is damaged. */
  readonly bytes: Readable;
  /** Byte of the decompressed text with which `bytes` begins. */
  readonly from: number;
  readonly etag: string | null;
}

export interface FileRequest {
  readonly url: string;
  /** Wanted start; the answer may begin at 0 all the same. */
  readonly from: number;
  readonly etag: string | null;
  readonly requiresToken: boolean | null;
  /** Calls the transfer off, also while the server is silent. */
  readonly signal?: AbortSignal | undefined;
}

const MAX_REDIRECTS = 5;
const IDLE_MS = 120_000;

export async function openRemoteFile(
  { outbound, clock }: { readonly outbound: Outbound; readonly clock: () => Date },
  connection: Connection,
  tokens: TokenSource,
  file: FileRequest,
): Promise<OpenFile> {
  const original = namedUrl(connection, file.url, 'A file of the export');
  const wantsToken = file.requiresToken !== false && mayHaveToken(connection, original);
  let token = wantsToken ? (await tokens.get()).token : undefined;
  let renewed = false;
  let url = original;
  let wanted = file;
  const reach = reachOf(connection);
  const ask = (sent: Record<string, string>) =>
    outbound
      .request(url, { headers: sent, signal: file.signal, firstByteMs: IDLE_MS, idleMs: IDLE_MS }, reach)
      .catch((error: unknown) => {
        throw ofFile(error);
      });
  for (let hops = 0; ; hops++) {
    const sameOrigin = url.origin === original.origin;
    const answer = await ask(headers(wanted, sameOrigin ? token : undefined));
    const status = answer.statusCode ?? 0;
    if (status === 206 && !isWantedRange(answer, wanted)) {
      // Another stretch than the one asked for would be put in the wrong place: the whole file cannot be.
      answer.destroy();
      if (wanted.from === 0) {
        throw syncError('file-range-wrong', { host: original.host });
      }
      wanted = { ...wanted, from: 0, etag: null };
      continue;
    }
    if (status === 200 || status === 206) {
      refusePage(answer, original);
      return await readable(answer, wanted);
    }
    discard(answer);
    if (status === 416 && wanted.from > 0) {
      // Nothing is left after that byte, or the file has become shorter: the whole file tells which.
      wanted = { ...wanted, from: 0, etag: null };
      continue;
    }
    if (status === 401 && token && sameOrigin && !renewed) {
      tokens.forget(token);
      token = (await tokens.get()).token;
      renewed = true;
      continue;
    }
    const location = answer.headers.location;
    if (status >= 300 && status < 400 && location && URL.canParse(location, url.href)) {
      if (hops >= MAX_REDIRECTS) throw syncError('file-redirects', { most: MAX_REDIRECTS }, { status });
      url = redirected(connection, new URL(location, url.href).href);
      continue;
    }
    throw refused(status, url, answer, clock());
  }
}

/** Where this one file leads is no reason to give up the others. */
function redirected(connection: Connection, location: string): URL {
  try {
    return namedUrl(connection, location, 'What a file of the export redirects to');
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    throw syncError('file-redirect-refused', { reason: error.message });
  }
}

/** A file of an import. Only runs that a person started with paths read from disk; a manifest never can. */
export async function openLocalFile(url: string): Promise<OpenFile> {
  return { bytes: await openPath(fileURLToPath(url)), from: 0, etag: null };
}

/** The bytes of a file on this machine, decompressed. */
export async function openPath(path: string): Promise<Readable> {
  const bytes = createReadStream(path, { highWaterMark: 256 * 1024 });
  await new Promise<void>((done, fail) => {
    bytes.once('open', () => done());
    bytes.once('error', (error: NodeJS.ErrnoException) =>
      fail(syncError('import-file-unreadable', { path, reason: error.code ?? error.name })),
    );
  });
  return await decompressed(bytes, undefined);
}

/** The same of a file within an archive. */
export const openWithin = (bytes: Readable): Promise<Readable> => decompressed(bytes, undefined);

function headers(file: FileRequest, token: string | undefined): Record<string, string> {
  const resumable = file.from > 0 && file.etag !== null;
  return {
    accept: 'application/fhir+ndjson',
    // A range of a compressed body is no range of its text.
    'accept-encoding': resumable ? 'identity' : 'gzip',
    ...(resumable && file.etag ? { range: `bytes=${file.from}-`, 'if-range': file.etag } : {}),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
}

/** An address that may not be asked is no reason to give up the files that are elsewhere. */
function ofFile(error: unknown): unknown {
  const refused = ['address-refused', 'address-never-asked', 'host-not-named'];
  if (!(error instanceof SyncError) || !refused.includes(error.code)) return error;
  return syncError('file-address-refused', { reason: error.message });
}

async function readable(answer: IncomingMessage, file: FileRequest): Promise<OpenFile> {
  const etag = strongEtag(answer.headers.etag);
  const encoding = answer.headers['content-encoding'];
  if (answer.statusCode === 206) {
    return { bytes: await decompressed(answer, undefined), from: file.from, etag: file.etag };
  }
  return { bytes: await decompressed(answer, encoding), from: 0, etag: encoding ? null : etag };
}

/** A login or maintenance page, or a Binary in XML, with a status of success: later it may be the file. */
function refusePage(answer: IncomingMessage, { host }: URL): void {
  const type = /^[a-z]+\/[a-z0-9.+-]+/i.exec(answer.headers['content-type'] ?? '')?.[0]?.toLowerCase() ?? '';
  if (!/html|xml/.test(type)) return;
  answer.destroy();
  throw syncError('file-is-a-page', { host, type });
}

function isWantedRange({ headers }: IncomingMessage, file: FileRequest): boolean {
  const start = Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? Number.NaN);
  return start === file.from && !headers['content-encoding'];
}

/**
 * The plain bytes. Compression is told by the header, or by its magic number: some servers hand out .gz files with
 * neither header nor type. Damage and early ends become errors of the stream.
 */
async function decompressed(source: Readable, encoding: string | undefined): Promise<Readable> {
  const first = await firstBytes(source);
  const gzip = (first[0] === 0x1f && first[1] === 0x8b) || encoding === 'gzip' || encoding === 'x-gzip';
  if (!gzip && encoding && encoding !== 'identity') {
    source.destroy();
    throw syncError('file-encoding-unknown');
  }
  // An answer without a body is an empty file, whatever its headers say.
  const last =
    gzip && first.length > 0
      ? createGunzip()
      : ZSTD.every((byte, at) => byte === first[at])
        ? createZstdDecompress()
        : new PassThrough({ highWaterMark: 256 * 1024 });
  pipeline(source, last, () => {});
  const bytes = Readable.from(explained(last), { objectMode: false });
  // A failure reaches the reader when it reads on. It may come while the reader does something else, or has gone, and
  // an error event that nobody hears ends the process.
  for (const stream of [last, bytes]) stream.on('error', () => {});
  return bytes;
}

const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];

async function* explained(bytes: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const part of bytes) yield part;
  } catch (error) {
    throw brokenOff(error);
  }
}

/**
 * Looks at the beginning. It is put back before the turn ends: an answer that came in one piece would otherwise have
 * ended by then, and take nothing back.
 */
function firstBytes(source: Readable): Promise<Buffer> {
  return new Promise((done, fail) => {
    const onReadable = () => {
      const bytes: Buffer | null = source.read();
      if (!bytes) return;
      stop();
      source.unshift(bytes);
      done(bytes);
    };
    const onEnd = () => {
      stop();
      done(Buffer.alloc(0));
    };
    const onError = (error: Error) => {
      stop();
      fail(brokenOff(error));
    };
    const stop = () => {
      source.off('readable', onReadable);
      source.off('end', onEnd);
      source.off('error', onError);
    };
    source.on('readable', onReadable);
    source.once('end', onEnd);
    source.once('error', onError);
  });
}

function brokenOff(error: unknown) {
  // What it was read from has said so itself.
  if (error instanceof SyncError) return error;
  const { code, name } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : { code: undefined, name: 'unknown' };
  // The checksum comes last: what was decompressed before it may have been wrong all along.
  if (code && /^Z(STD)?_/.test(code)) {
    return syncError('file-damaged', { reason: code });
  }
  return syncError('file-transfer-broken', { reason: code ?? name });
}

function strongEtag(etag: string | undefined): string | null {
  return etag && /^"[^"]*"$/.test(etag) ? etag : null;
}

function refused(status: number, url: URL, answer: IncomingMessage, now: Date) {
  const retryAfterSeconds = readRetryAfter(answer.headers['retry-after'] ?? null, now);
  if (status === 429) {
    return syncError('file-throttled', { host: url.host }, { status, retryAfterSeconds });
  }
  if (status === 408 || status >= 500) {
    return syncError('file-unavailable', { host: url.host, status }, { status, retryAfterSeconds });
  }
  return syncError('file-refused', { host: url.host, status }, { status });
}
