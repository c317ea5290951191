/** Opens a socket to a host: directly or through the proxy, with TLS from 1.2 on, to addresses that may be asked. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { syncError } from '../step/errors.ts';
import { type Destination, openTunnel, type ProxyOf } from './proxy.ts';
import {
  checkAddress,
  checkLiteral,
  guardedLookup,
  isNamed,
  type OpenKey,
  type Reach,
  type Resolve,
  unbracketed,
} from './reach.ts';

/** How this process is connected; opened once. */
/** For calls that show no certificate. */
export const noKeys: OpenKey = () => Promise.reject(new Error('no key of a certificate can be opened here'));

export interface Network {
  readonly proxyOf: ProxyOf;
  readonly authorities: readonly string[] | undefined;
  readonly resolve: Resolve;
  readonly openKey: OpenKey;
}

export interface Wanted extends Destination {
  readonly isSecure: boolean;
  /** What TLS is told that is spoken; `http/1.1` when left out, nothing for null. */
  readonly protocol?: null;
}

/** Time for the name service, TCP, the proxy and TLS together. */
const CONNECT_MS = 30_000;

export async function openSocket(wanted: Wanted, reach: Reach, network: Network): Promise<Socket> {
  const opened: Socket[] = [];
  const late = Object.assign(new Error('connecting took too long'), { code: 'ETIMEDOUT' });
  const timer = setTimeout(() => opened.at(-1)?.destroy(late), CONNECT_MS);
  const step = (socket: Socket, event: string) => {
    opened.push(socket);
    // One that others are built on has nobody who listens, and an error that nobody hears ends the process.
    socket.on('error', () => {});
    return whenOpen(socket, event);
  };
  try {
    const proxy = wanted.isSecure ? network.proxyOf(wanted) : undefined;
    const plain = proxy
      ? await throughProxy(proxy, wanted, reach, network, step)
      : await directly(wanted, reach, network, step);
    if (!wanted.isSecure) return plain;
    const { identity } = reach;
    const shown = identity && { cert: identity.certificate, key: await network.openKey(identity) };
    return await step(
      secured(plain, wanted.host, network, { shown, protocol: wanted.protocol }),
      'secureConnect',
    );
  } catch (error) {
    for (const socket of opened) socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

type Step = (socket: Socket, event: string) => Promise<Socket>;

async function directly(
  { host, port }: Wanted,
  reach: Reach,
  { resolve }: Network,
  step: Step,
): Promise<Socket> {
  checkLiteral(host, reach);
  const socket = connectTcp({ host, port, lookup: guardedLookup(reach, resolve) });
  await step(socket, 'connect');
  // Whatever a runtime makes of `lookup`, nothing is sent to an address that was not judged.
  checkAddress(host, socket.remoteAddress ?? '', reach);
  return socket.setNoDelay(true);
}

/** The proxy looks the name up, so the name itself must be one that is known. The proxy's own address is the operator's. */
async function throughProxy(
  proxy: URL,
  wanted: Wanted,
  reach: Reach,
  network: Network,
  step: Step,
): Promise<Socket> {
  const { host } = wanted;
  checkLiteral(host, reach);
  if (!isNamed(host, reach.hosts))
    throw syncError('host-not-named', { host, line: `"allowed_hosts": ["${host}"]` });
  const isSecure = proxy.protocol === 'https:';
  const at = unbracketed(proxy.hostname);
  const port = Number(proxy.port || (isSecure ? 443 : 80));
  const plain = await step(connectTcp({ host: at, port }), 'connect');
  const socket = isSecure ? await step(secured(plain, at, network, {}), 'secureConnect') : plain;
  await openTunnel(socket, proxy, wanted);
  return socket;
}

/** Certificates are always checked: no environment variable of the runtime switches that off. */
function secured(
  socket: Socket,
  host: string,
  { authorities }: Network,
  {
    shown,
    protocol,
  }: {
    readonly shown?: { readonly cert: string; readonly key: string } | undefined;
    readonly protocol?: null | undefined;
  },
): Socket {
  return connectTls({
    ...{ socket, host, minVersion: 'TLSv1.2', rejectUnauthorized: true },
    ...(protocol === null ? {} : { ALPNProtocols: ['http/1.1'] }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(authorities ? { ca: [...authorities] } : {}),
    ...shown,
  });
}

function whenOpen(socket: Socket, event: string): Promise<Socket> {
  return new Promise((done, fail) => {
    const stop = () => {
      socket.off(event, onOpen);
      socket.off('error', onError);
      socket.off('close', onClose);
    };
    const onOpen = () => {
      stop();
      done(socket);
    };
    const onError = (error: Error) => {
      stop();
      fail(error);
    };
    const onClose = () => onError(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    socket.once(event, onOpen);
    socket.once('error', onError);
    socket.once('close', onClose);
  });
}
