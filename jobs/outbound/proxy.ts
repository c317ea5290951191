/**
 * HTTPS_PROXY and NO_PROXY. Calls by https go through the proxy as a tunnel (CONNECT), so it sees names and no content;
 * calls by http go straight, since they are for this machine and test systems only.
 */
import type { Socket } from 'node:net';
import { OUTBOUND } from '../../sql/settings/program.ts';
import type { Environment } from '../../sql/settings/setting.ts';
import { syncError } from '../step/errors.ts';
import { readSettings, settingFault } from '../step/settings.ts';
import { holds, parse } from './addresses.ts';
import { readNetworks } from './networks.ts';
import { unbracketed } from './reach.ts';

export interface Destination {
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** The proxy of a destination; undefined where it is asked directly. */
export type ProxyOf = (destination: Destination) => URL | undefined;

export function readProxy(env: Environment): ProxyOf {
  const { HTTPS_PROXY: text, NO_PROXY } = readSettings(OUTBOUND, env);
  if (!text) return () => undefined;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (!proxy || !['http:', 'https:'].includes(proxy.protocol) || !proxy.hostname) {
    throw settingFault('HTTPS_PROXY: expected the URL of a proxy, such as http://proxy.example.org:3128');
  }
  const exceptions = NO_PROXY.split(/[\s,]+/).filter(Boolean);
  return (destination) =>
    isThisMachine(destination.host) || exceptions.some((entry) => isExcepted(entry, destination))
      ? undefined
      : proxy;
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** "*", a name with all below it, an address or network; a name or address may have a port. */
function isExcepted(entry: string, { host, port }: Destination): boolean {
  if (entry === '*') return true;
  const address = parse(host);
  const networks = address ? readNetworks([entry]) : [];
  if (address && networks.length > 0) return networks.some((network) => holds(network, address));
  const suffix = entry.replace(/^\*?\./, '');
  const url = URL.canParse(`https://${suffix}`) ? new URL(`https://${suffix}`) : undefined;
  if (!url) return false;
  const hasPort = /:\d+$/.test(suffix);
  const name = unbracketed(url.hostname);
  return (!hasPort || Number(url.port || 443) === port) && (host === name || host.endsWith(`.${name}`));
}

/** Of the head of a proxy's answer. */
const LONGEST_HEAD = 16 * 1024;

/** Has the proxy at the other end of `socket` open a tunnel. The caller bounds the time, by ending the socket. */
export function openTunnel(socket: Socket, proxy: URL, { host, port }: Destination): Promise<void> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, ...credentials(proxy), '', ''];
  return new Promise((done, fail) => {
    let head = '';
    const stop = () => {
      socket.off('data', onData);
      socket.off('error', fail);
      socket.off('close', onClose);
    };
    const refuse = (found: string) => {
      stop();
      socket.destroy();
      fail(syncError('proxy-refused', { proxy: proxy.host, host: authority, found }));
    };
    const onClose = () => refuse('nothing, and closed the connection');
    const onData = (part: Buffer) => {
      head += part.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return head.length > LONGEST_HEAD ? refuse('a head without an end') : undefined;
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 'no status';
      // The other side of the tunnel says nothing before we do: more than the head is not of it.
      if (!status.startsWith('2') || head.length > end + 4) return refuse(status);
      stop();
      socket.pause();
      done();
    };
    socket.on('data', onData);
    socket.once('error', fail);
    socket.once('close', onClose);
    socket.write(lines.join('\r\n'));
  });
}

function credentials({ username, password }: URL): string[] {
  if (!username) return [];
  const pair = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return [`Proxy-Authorization: Basic ${pair.toString('base64')}`];
}
