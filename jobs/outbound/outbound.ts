/**
 * The one client of all calls that leave this program: discovery, token, metadata, exports, files, webhook. It follows
 * no redirect, goes only where its `reach` allows, and bounds time and size of what comes. Errors name the host and what
 * happened, never the whole URL, which may be signed.
 *
 * It is node:http and not fetch, which has no way to say where a name may lead, takes a cut gzip for a whole one, and
 * differs between runtimes.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import { type ErrorCode, SyncError, syncError } from '../step/errors.ts';
import { type Network, noKeys, openSocket } from './connect.ts';
import { readProxy } from './proxy.ts';
import { type OpenKey, type Reach, type Resolve, systemResolve, unbracketed } from './reach.ts';
import { readAuthorities } from './trust.ts';

export interface Call {
  readonly method?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** It changes something there, whatever its method: it is sent once, and on a connection of its own. */
  readonly onlyOnce?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Time allowed until the headers of the answer are here. */
  readonly firstByteMs: number;
  /** Time for which the body may be silent. */
  readonly idleMs: number;
}

export interface Outbound {
  /** The answer when its headers are here, whatever its status. Its body must be read or destroyed. */
  request(url: URL, call: Call, reach: Reach): Promise<IncomingMessage>;
  /** Whether calls by https to this host go through the proxy, which then looks its name up. */
  isProxied(host: string): boolean;
}

/** Of the headers of an answer, together. */
const MAX_HEADER_BYTES = 32 * 1024;
const MAX_FREE_SOCKETS = 16;

/** Reads EXTRA_CA_FILE, HTTPS_PROXY and NO_PROXY. */
export function openOutbound(
  env: Readonly<Record<string, string | undefined>>,
  {
    resolve = systemResolve,
    openKey = noKeys,
  }: { readonly resolve?: Resolve; readonly openKey?: OpenKey } = {},
): Outbound {
  const network: Network = { proxyOf: readProxy(env), authorities: readAuthorities(env), resolve, openKey };
  const agents = agentsOf(network);
  return {
    isProxied: (host) => network.proxyOf({ host, port: 443 }) !== undefined,
    async request(url, call, given) {
      const reach = shownTo(url, given);
      const shows = reach.identity !== undefined;
      // What may change something is never sent on a connection that may have died meanwhile: nobody would know.
      const mayRepeat = (call.method ?? 'GET') === 'GET' && !call.onlyOnce;
      const agent = mayRepeat ? agents.kept(url, reach) : agents.fresh(url, reach);
      try {
        return await once(url, call, agent, shows);
      } catch (error) {
        if (!(error instanceof Stale)) throw error;
        return await once(url, call, agents.fresh(url, reach), shows);
      }
    },
  };
}

/** Without the certificate where it does not belong, so that it is not at hand when the connection is made. */
function shownTo(url: URL, reach: Reach): Reach {
  const { identity, ...others } = reach;
  return identity && url.protocol === 'https:' && identity.goesTo(url) ? reach : others;
}

/** The server had closed a kept connection at the moment at which it was used again. */
class Stale extends Error {}

type Agents = { readonly [kind in 'kept' | 'fresh']: (url: URL, reach: Reach) => HttpAgent };

/** Connections are kept for the next request, but only for requests that may go to the same places. */
function agentsOf(network: Network): Agents {
  const known = new Map<string, HttpAgent>();
  const make = ({ protocol }: URL, reach: Reach, keepAlive: boolean) => {
    const options = { keepAlive, maxFreeSockets: MAX_FREE_SOCKETS };
    return protocol === 'https:'
      ? new GuardedHttpsAgent(options, reach, network)
      : new GuardedHttpAgent(options, reach, network);
  };
  return {
    fresh: (url, reach) => make(url, reach, false),
    kept(url, reach) {
      const key = JSON.stringify([url.protocol, reach.networks, reach.hosts, reach.identity?.name]);
      const agent = known.get(key) ?? make(url, reach, true);
      known.delete(key);
      known.set(key, agent);
      const [oldest] = known.keys();
      if (known.size > 100 && oldest !== undefined) known.delete(oldest);
      return agent;
    },
  };
}

interface Place {
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
}
type Opened = (error: Error | null, socket?: Duplex) => void;

class GuardedHttpAgent extends HttpAgent {
  readonly #open: (place: Place, done: Opened) => void;
  constructor(options: object, reach: Reach, network: Network) {
    super(options);
    this.#open = opener(false, reach, network);
  }
  override createConnection(place: Place, done: Opened): undefined {
    this.#open(place, done);
  }
}

class GuardedHttpsAgent extends HttpsAgent {
  readonly #open: (place: Place, done: Opened) => void;
  constructor(options: object, reach: Reach, network: Network) {
    super(options);
    this.#open = opener(true, reach, network);
  }
  override createConnection(place: Place, done: Opened): undefined {
    this.#open(place, done);
  }
}

function opener(isSecure: boolean, reach: Reach, network: Network) {
  return ({ host, port }: Place, done: Opened): void => {
    const wanted = { host: unbracketed(host ?? ''), port: Number(port ?? (isSecure ? 443 : 80)), isSecure };
    openSocket(wanted, reach, network).then(
      (socket) => done(null, socket),
      (error: Error) => done(new NotConnected(error)),
    );
  };
}

/** Nothing was sent. */
class NotConnected extends Error {
  constructor(cause: Error) {
    super('not connected', { cause });
  }
}

function once(url: URL, call: Call, agent: HttpAgent, shows: boolean): Promise<IncomingMessage> {
  const { method = 'GET', headers, body, signal, firstByteMs, idleMs } = call;
  const { host } = url;
  if (signal?.aborted) throw syncError('request-aborted', { host });
  return new Promise((done, fail) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, {
      ...{ method, agent, maxHeaderSize: MAX_HEADER_BYTES },
      headers: { 'user-agent': 'fhir-omop-sync', ...headers },
    });
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    // A request whose connection is still being made tells of its end only when that is there, so we tell it here.
    const giveUp = (error: SyncError) => {
      settle();
      request.destroy(error);
      fail(error);
    };
    const onAbort = () => giveUp(syncError('request-aborted', { host }));
    const timer = setTimeout(
      () => giveUp(syncError('network-timeout', { host, seconds: firstByteMs / 1000 })),
      firstByteMs,
    );
    signal?.addEventListener('abort', onAbort, { once: true });
    request.once('response', (answer) => {
      settle();
      bound(answer, idleMs, signal);
      done(answer);
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      settle();
      fail(request.reusedSocket && isReset(error) ? new Stale() : explained(error, url, shows));
    });
    request.end(body);
  });
}

/** Reads what nobody wants, so that the connection can be used again; one that is long is not worth it. */
export function discard(answer: IncomingMessage): void {
  let size = 0;
  answer.on('data', ({ length }: Buffer) => {
    size += length;
    if (size > DISCARDED_BYTES) answer.destroy();
  });
}

const DISCARDED_BYTES = 64 * 1024;

/** A body that is silent for too long, or no longer wanted, ends. */
function bound(answer: IncomingMessage, idleMs: number, signal: AbortSignal | undefined): void {
  const { socket } = answer;
  const onIdle = () => answer.destroy(Object.assign(new Error('idle'), { code: 'ETIMEDOUT' }));
  const onAbort = () => answer.destroy(Object.assign(new Error('aborted'), { code: 'ABORT_ERR' }));
  socket.setTimeout(idleMs);
  socket.on('timeout', onIdle);
  signal?.addEventListener('abort', onAbort, { once: true });
  // Whoever reads hears of errors of the body; before and after that nobody does, which must not end the process.
  answer.on('error', () => {});
  answer.once('close', () => {
    socket.setTimeout(0);
    socket.off('timeout', onIdle);
    signal?.removeEventListener('abort', onAbort);
  });
}

/** The request was refused before it was sent, or found no connection: nobody can have done anything about it. */
export function neverLeft({ code }: SyncError): boolean {
  return NEVER_LEFT.has(code);
}

const NEVER_LEFT: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['network-unreachable', 'certificate-refused', 'proxy-refused', 'host-not-named'] as const),
  ...(['address-refused', 'address-never-asked', 'client-certificate-refused'] as const),
]);

const RESET: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE']);

const isReset = ({ code }: NodeJS.ErrnoException): boolean => RESET.has(code);

/** Codes of errors of a certificate, by OpenSSL and Node. */
const OF_CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|INVALID_CA|PATH_LENGTH|HOSTNAME_MISMATCH/;

/** What a server says in TLS of the certificate that we showed, or did not. In TLS 1.3 it comes after we have connected. */
const OF_OURS =
  /_ALERT_(CERTIFICATE_(REQUIRED|EXPIRED|REVOKED|UNKNOWN)|(BAD|UNSUPPORTED)_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)/;

function explained(error: Error, { host }: URL, shows: boolean): SyncError {
  if (error instanceof SyncError) return error;
  const said = codeOf(error instanceof NotConnected ? error.cause : error);
  if (OF_OURS.test(said)) {
    // Before TLS 1.3 a server without our certificate says no more than that of any handshake.
    const wants = /HANDSHAKE/.test(said) ? 'may want' : 'wants';
    const shown = shows
      ? 'refused the certificate that we showed'
      : `${wants} a certificate, and we have none for it`;
    return syncError('client-certificate-refused', { host, shown, reason: said });
  }
  const reason = shows && RESET.has(said) ? `${said}, perhaps over the certificate that we showed` : said;
  if (!(error instanceof NotConnected)) return syncError('network-error', { host, reason });
  if (error.cause instanceof SyncError) return error.cause;
  if (OF_CERTIFICATE.test(said)) return syncError('certificate-refused', { host, reason });
  return syncError('network-unreachable', { host, reason });
}

/** The code of a network error, or else its name, and nothing more: its message may contain the URL. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : error.name;
}
