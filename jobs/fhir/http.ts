/**
 * Sends one HTTP request to an EHR, with a time-out. Redirects are not followed, since an Authorization
 * header must not travel to another host: the caller decides. The request goes only over TLS, unless the host
 * is this machine or the connection allows http. Errors name the host and what happened, never the whole URL,
 * which may be signed.
 */
import { SyncError, syncError } from '../step/errors.ts';

export type Fetch = typeof globalThis.fetch;

export interface HttpOptions {
  readonly fetch?: Fetch | undefined;
  /** Allows `http:` to hosts other than this machine. */
  readonly allowHttp?: boolean | undefined;
  /** Time allowed until the headers of the answer arrive. The body has its own time-out: see readText(). */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const TIMEOUT_MS = 60_000;
/** With these codes the request never reached anybody; with any other code nobody knows whether it did. */
const NEVER_LEFT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

export async function send(url: string, init: RequestInit, options: HttpOptions = {}): Promise<Response> {
  const target = checkUrl(url, options.allowHttp ?? false);
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  const signal = options.signal ? AbortSignal.any([abort.signal, options.signal]) : abort.signal;
  try {
    return await (options.fetch ?? globalThis.fetch)(target, { ...init, redirect: 'manual', signal });
  } catch (cause) {
    if (options.signal?.aborted) throw syncError('request-aborted', { host: target.host });
    if (abort.signal.aborted) {
      throw syncError('network-timeout', { host: target.host, seconds: timeoutMs / 1000 });
    }
    const reason = networkReason(cause);
    const code = NEVER_LEFT.has(reason) ? 'network-unreachable' : 'network-error';
    throw syncError(code, { host: target.host, reason });
  } finally {
    clearTimeout(timer);
  }
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

/** Appends `path` to a FHIR base; the base's own path and query stay. */
export function under(base: string, path: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
  url.hash = '';
  return url.href;
}

/** Reads the body as text, at most `maxBytes` of it; gives up if it has not arrived within `timeoutMs`. */
export async function readText(
  response: Response,
  maxBytes = 8 * 1024 * 1024,
  timeoutMs = TIMEOUT_MS,
): Promise<string> {
  if (!response.body) return '';
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    reader.cancel().catch(() => {});
  }, timeoutMs);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size > maxBytes) {
        await reader.cancel().catch(() => {});
        throw syncError('answer-too-large', { bytes: maxBytes });
      }
      parts.push(part.value);
    }
  } catch (cause) {
    if (cause instanceof SyncError) throw cause;
    throw syncError('network-error', {
      host: hostOf(response),
      reason: `the answer broke off after ${size} bytes (${networkReason(cause)})`,
    });
  } finally {
    clearTimeout(timer);
  }
  if (late) throw syncError('network-timeout', { host: hostOf(response), seconds: timeoutMs / 1000 });
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** A response that fetch did not make has no URL. */
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

/** The code of a network error, or else its name, and nothing more: its message may contain the URL. */
function networkReason(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
  if (inner instanceof Error) {
    const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : undefined;
    return code ?? inner.name;
  }
  return 'unknown reason';
}
