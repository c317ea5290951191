/**
 * How a database is spoken to: in TLS with its certificate checked, unless it is on this machine or somebody says
 * otherwise. The words are libpq's: sslmode, sslrootcert, sslcert, sslkey and sslnegotiation in the URL, or PGSSLMODE
 * and the like in the environment. Both clients (postgres.js and that of pg-boss) are given what is read here, since
 * each of them understands these words in its own way.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isIP, isIPv4, type Socket } from 'node:net';
import { type ConnectionOptions, getCACertificates, connect as secure, type TLSSocket } from 'node:tls';
import { readPrivate } from './private-file.ts';

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof MODES)[number];

export interface DatabaseTls {
  /** The URL without the words that are read here; both clients would take them otherwise. */
  readonly url: string;
  readonly mode: SslMode;
  /** For tls.connect(); undefined where nothing is encrypted. */
  readonly options: ConnectionOptions | undefined;
  /** TLS from the first byte (PostgreSQL 17 and later). */
  readonly direct: boolean;
  /** What an operator should know of it. */
  readonly warning: string | undefined;
}

const WORDS = ['sslmode', 'ssl', 'sslrootcert', 'sslcert', 'sslkey', 'sslnegotiation'] as const;
type Word = (typeof WORDS)[number];

export function readTls(
  url: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): DatabaseTls {
  const [address = '', query = ''] = url.split(/\?(.*)/s, 2);
  const asked = new URLSearchParams(query);
  const word = (name: Word) => asked.get(name) || env[`PG${name.toUpperCase()}`] || undefined;
  const rootCert = word('sslrootcert');
  const local = isLocal(address, asked, env);
  const mode = modeOf(asked.get('sslmode') || fromSsl(asked.get('ssl')) || env['PGSSLMODE'], {
    rootCert,
    local,
  });
  const direct = word('sslnegotiation') === 'direct';
  const files = { rootCert, cert: word('sslcert'), key: word('sslkey') };
  for (const name of WORDS) asked.delete(name);
  const rest = asked.toString();
  const encrypts = mode !== 'disable' && !(local && (mode === 'allow' || mode === 'prefer'));
  return {
    url: rest ? `${address}?${rest}` : address,
    mode,
    options: encrypts ? optionsOf(mode, files) : undefined,
    direct: encrypts && direct,
    warning: local ? undefined : warningOf(mode, rootCert),
  };
}

function modeOf(
  text: string | undefined,
  { rootCert, local }: { rootCert: string | undefined; local: boolean },
): SslMode {
  // As in libpq, the system's roots are good for nothing less than a full check.
  if (rootCert === 'system' && (!text || text === 'verify-full')) return 'verify-full';
  if (rootCert === 'system' && text !== 'disable') {
    throw new Error(
      `DATABASE_URL: sslrootcert=system goes with sslmode=verify-full, and sslmode is ${quoted(text)}.`,
    );
  }
  if (!text) return local ? 'disable' : 'verify-full';
  const mode = MODES.find((one) => one === text);
  if (mode) return mode;
  throw new Error(`DATABASE_URL: expected sslmode to be one of ${MODES.join(', ')}, got ${quoted(text)}.`);
}

/** `ssl=true` and the like are words of other clients. */
function fromSsl(text: string | null): string | undefined {
  if (text === 'true' || text === '1') return 'verify-full';
  if (text === 'false' || text === '0') return 'disable';
  return text === 'no-verify' ? 'require' : (text ?? undefined);
}

function optionsOf(
  mode: SslMode,
  files: { rootCert: string | undefined; cert: string | undefined; key: string | undefined },
): ConnectionOptions {
  const { rootCert, cert, key } = files;
  const ca =
    rootCert === undefined
      ? undefined
      : rootCert === 'system'
        ? systemRoots()
        : read('sslrootcert', rootCert);
  // With a root certificate `require` is verify-ca, as in libpq.
  const checksChain = mode === 'verify-full' || mode === 'verify-ca' || ca !== undefined;
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: checksChain,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert: read('sslcert', cert) }),
    ...(key === undefined ? {} : { key: readPrivate(key) }),
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

/** The roots of the operating system; elsewhere those that the runtime brings along. */
const systemRoots = () => (typeof getCACertificates === 'function' ? getCACertificates('system') : undefined);

function read(word: Word, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
    throw new Error(`DATABASE_URL: ${word} names ${path}, which cannot be read (${String(code)}).`, {
      cause,
    });
  }
}

function warningOf(mode: SslMode, rootCert: string | undefined): string | undefined {
  const better =
    'Use sslmode=verify-full (the default), with sslrootcert=FILE where the authority is your own.';
  if (mode === 'disable') {
    return `The database is on another machine and is spoken to in clear (sslmode=disable). ${better}`;
  }
  if (mode === 'verify-full' || mode === 'verify-ca' || rootCert !== undefined) return undefined;
  return `The database's certificate is not checked (sslmode=${mode}): whoever is between can read and change everything. ${better}`;
}

/** Whether all hosts are this machine, where nobody is between. */
function isLocal(
  address: string,
  asked: URLSearchParams,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  // As in libpq, the folder of a socket goes before the host of the address.
  if (asked.get('host')?.startsWith('/')) return true;
  const named =
    /^[a-z]+:\/\/(?:[^/]*@)?([^/]*)/i.exec(address)?.[1] || asked.get('host') || env['PGHOST'] || 'localhost';
  return decodeURIComponent(named).split(',').every(isLocalHost);
}

function isLocalHost(text: string): boolean {
  const host = /^\[(.*)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/:\d+$/, '');
  return (
    host === 'localhost' ||
    host === '::1' ||
    host.startsWith('/') ||
    (isIPv4(host) && host.startsWith('127.'))
  );
}

/** Length 8, code 80877103 (PostgreSQL manual, "SSLRequest"). */
const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex');
const YES = 'S'.charCodeAt(0);

/** Encrypts a connection before anything is said on it. The errors say what to do. */
export async function encrypt(socket: Socket, host: string, tls: DatabaseTls): Promise<TLSSocket> {
  if (!tls.direct) {
    socket.write(SSL_REQUEST);
    const [answer]: Buffer[] = await once(socket, 'data');
    // More than the one byte would be words that somebody has put in before the encryption.
    if (answer?.length !== 1 || answer[0] !== YES) {
      throw refused(
        `The database at ${host} offers no TLS, and sslmode is ${tls.mode}. Switch it on there (ssl = on); where the ` +
          'network between is yours alone, add sslmode=disable to DATABASE_URL.',
      );
    }
  }
  const secured = secure({
    ...tls.options,
    socket,
    host,
    ...(isIP(host) ? {} : { servername: host }),
    ...(tls.direct ? { ALPNProtocols: ['postgresql'] } : {}),
  });
  try {
    await once(secured, 'secureConnect');
  } catch (cause) {
    secured.destroy();
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
    throw refused(
      `No TLS with the database at ${host} (${String(code ?? 'no reason given')}), with sslmode=${tls.mode}. Where its ` +
        'certificate is of an authority of your own, give that as sslrootcert=FILE; the host in DATABASE_URL must be ' +
        'a name in the certificate.',
      cause,
    );
  }
  return secured;
}

function refused(message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code: 'DATABASE_TLS' });
}

const quoted = (text: string | undefined) => JSON.stringify((text ?? '').slice(0, 40));
