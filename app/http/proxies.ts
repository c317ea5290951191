/**
 * Where a request came from. A proxy says it in headers, and so can anybody else: X-Forwarded-For, -Host and -Proto
 * count only where the connection comes from an address in TRUSTED_PROXIES. `Forwarded` (RFC 7239) is never read: a
 * proxy that sets the one passes the other on as the client sent it.
 */
import ipaddr from 'ipaddr.js';
import { type Address, holds, parse } from '../../jobs/outbound/addresses.ts';
import { type Networks, readNetworks } from '../../jobs/outbound/networks.ts';

export interface Peer {
  /** Address of the other end of the connection; null where there is no socket. */
  readonly address: string | null;
  /** Whether the connection is under TLS. */
  readonly secure: boolean;
}

export interface Origin {
  /** Address of the client; null where it is not known. */
  readonly address: string | null;
  /** Whether the client speaks TLS, with us or with the proxy. */
  readonly secure: boolean;
  /** Names under which the client may have meant us: Host, and what a proxy says it was. */
  readonly hosts: readonly string[];
}

/** Reads "10.0.0.0/8, ::1"; undefined where a part is neither an address nor a network. */
export function readProxies(text: string): Networks | undefined {
  const parts = text.split(/[\s,]+/).filter((one) => one !== '');
  const networks = readNetworks(parts);
  return networks.length === parts.length ? networks : undefined;
}

/** Whether the text is an IP address in the usual form; 0x7f.1 and 2130706433 are not. */
export function isAddress(text: string): boolean {
  return parse(text) !== undefined;
}

/** An IPv4 address that a socket of IPv6 gives in its own form is that IPv4 address. */
function addressOf(text: string): Address | undefined {
  const parsed = parse(text);
  return parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() ? parsed.toIPv4Address() : parsed;
}

export function originOf(
  peer: Peer,
  header: (name: string) => string | undefined,
  trusted: Networks,
): Origin {
  const host = header('host');
  const hosts = host === undefined ? [] : [host];
  const [given, own] = [peer.address, peer.address !== null && isAddress(peer.address) ? peer.address : null];
  if (own === null || !isIn(own, trusted)) return { address: given, secure: peer.secure, hosts };
  const forwardedHost = last(header('x-forwarded-host'));
  const protocol = last(header('x-forwarded-proto'));
  return {
    address: clientBehind(own, header('x-forwarded-for'), trusted),
    secure: protocol === undefined ? peer.secure : protocol.toLowerCase() === 'https',
    hosts: forwardedHost === undefined ? hosts : [...hosts, forwardedHost],
  };
}

/**
 * Each proxy appends whom it was asked by, so the list is read from its end for as long as trusted ones wrote it. What
 * stands before that is the client's own word.
 */
function clientBehind(proxy: string, forwardedFor: string | undefined, trusted: Networks): string {
  let client = proxy;
  for (const entry of (forwardedFor ?? '').split(',').toReversed()) {
    const address = entry.trim();
    if (!isIn(client, trusted) || !isAddress(address)) break;
    client = address;
  }
  return client;
}

function isIn(address: string, networks: Networks): boolean {
  const parsed = addressOf(address);
  return parsed !== undefined && networks.some((network) => holds(network, parsed));
}

/** What the proxy next to us wrote: the last entry of a list. */
function last(list: string | undefined): string | undefined {
  return list?.split(',').at(-1)?.trim() || undefined;
}

/** By what an address is counted: IPv6 by its /64, which one customer has whole. */
export function countedAddress(address: string): string {
  const parsed = addressOf(address);
  if (!parsed) return address;
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString()}/64`;
}
