/**
 * Sends one HTTP request to an EHR, with a time-out. Redirects are not followed, since an Authorization
 * header must not travel to another host: the caller decides. The request goes only over TLS, unless the host
 * is this machine or the connection allows http, and only where the connection may reach (outbound/).
 */
import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf, discard, type Outbound } from '../outbound/outbound.ts';
import type { Reach } from '../outbound/reach.ts';
import { SyncError, syncError } from '../step/errors.ts';

export interface HttpOptions {
  readonly outbound: Outbound;
  readonly reach: Reach;
  /** Allows `http:` to hosts other than this machine. */
  readonly allowHttp?: boolean | undefined;
  /** Time allowed until the headers of the answer arrive. The body has its own time-out: see readText(). */
  readonly timeoutMs?: number | undefined;
  /** It changes something there although it is a GET. */
  readonly onlyOnce?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Sent {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

const TIMEOUT_MS = 60_000;

export async function send(url: string, sent: Sent, options: HttpOptions): Promise<Response> {
  const target = checkUrl(url, options.allowHttp ?? false);
  const call = {
    ...{ method: sent.method, body: sent.body, signal: options.signal, onlyOnce: options.onlyOnce },
    ...{ firstByteMs: options.timeoutMs ?? TIMEOUT_MS, idleMs: TIMEOUT_MS },
    headers: { 'accept-encoding': 'gzip', ...sent.headers },
  };
  return responseOf(await options.outbound.request(target, call, options.reach), target);
}

/** With a body that is decompressed, and fails where it is cut. */
function responseOf(answer: IncomingMessage, url: URL): Response {
  const status = answer.statusCode ?? 0;
  const headers = new Headers();
  const { rawHeaders } = answer;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    headers.append(rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '');
  const encoding = headers.get('content-encoding') ?? 'identity';
  const isGzip = /^(x-)?gzip$/i.test(encoding);
  if (status < 200 || status > 599 || !(isGzip || /^identity$/i.test(encoding))) {
    answer.destroy();
    const reason = status < 200 || status > 599 ? 'its status is none' : 'its compression was not asked for';
    throw syncError('network-error', { host: url.host, reason });
  }
  const isEmpty = [204, 205, 304].includes(status);
  if (isEmpty) discard(answer);
  const body = isEmpty ? null : streamOf(isGzip ? pipeline(answer, createGunzip(), () => {}) : answer);
  const response = new Response(body, { status, headers });
  return Object.defineProperty(response, 'url', { value: url.href });
}

function streamOf(source: Readable): ReadableStream<Uint8Array> {
  const parts = source[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const part: IteratorResult<Uint8Array> = await parts.next();
      if (part.done) controller.close();
      else controller.enqueue(part.value);
    },
    cancel: () => void source.destroy(),
  });
}

/** Returns the URL if it may be requested; otherwise throws an error that says which rule the URL breaks. */
export function checkUrl(text: string, allowHttp: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw syncError('url-invalid', { found: 'something else' });
  }
  if (url.username || url.password) {
    throw syncError('url-invalid', { found: `one for ${url.host} that holds them` });
  }
  if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname)) {
    throw syncError('url-insecure', { host: url.host });
  }
  return url;
}

export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    hostname === '::1' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}

/** A pattern for this would look at the rest of the text once for each slash. */
export function withoutSlashesAtEnd(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

/** Appends `path` to a FHIR base; the base's own path and query stay. */
export function under(base: string, path: string): string {
  const url = new URL(base);
  url.pathname = `${withoutSlashesAtEnd(url.pathname)}/${path.replace(/^\/+/, '')}`;
  url.hash = '';
  return url.href;
}

/** Reads the body as text, at most `maxBytes` of it; gives up if it has not arrived within `timeoutMs`. */
export async function readText(
  response: Response,
  maxBytes = 8 * 1024 * 1024,
  timeoutMs = TIMEOUT_MS,
): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytesOf(response, timeoutMs)) {
    size += part.byteLength;
    if (size > maxBytes) throw syncError('answer-too-large', { bytes: maxBytes });
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** The body as it comes; gives up if it has not ended within `timeoutMs`. Who stops reading ends the transfer. */
export async function* bytesOf(response: Response, timeoutMs = TIMEOUT_MS): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  const reader = response.body.getReader();
  let size = 0;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => {});
  }, timeoutMs);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      yield part.value;
    }
  } catch (cause) {
    if (cause instanceof SyncError) throw cause;
    throw syncError('network-error', {
      host: hostOf(response),
      reason: `the answer broke off after ${size} bytes (${codeOf(cause)})`,
    });
  } finally {
    clearTimeout(timer);
    await reader.cancel().catch(() => {});
  }
  if (late) throw syncError('network-timeout', { host: hostOf(response), seconds: timeoutMs / 1000 });
}

/** A response that send() did not make has no URL. */
function hostOf({ url }: Response): string {
  return URL.canParse(url) ? new URL(url).host : 'the server';
}

/** The parsed body, or undefined when it is not JSON: callers decide what a login page in its place means. */
export async function readJson(response: Response): Promise<unknown> {
  const text = await readText(response);
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
