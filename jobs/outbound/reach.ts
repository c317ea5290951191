/**
 * Where the calls of a connection, or of this installation, may go, and the lookup that keeps them there. The check is
 * made on the addresses that are connected to, after the name has been looked up: a name that is answered differently
 * the second time is of no use to an attacker.
 */
import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { syncError } from '../step/errors.ts';
import { type Judged, judge } from './addresses.ts';
import { permits, readNetworks } from './networks.ts';

export interface Reach {
  /** Networks besides the public ones, as readNetworks() takes them. */
  readonly networks: readonly string[];
  /** Hosts that a proxy may be asked for, where it looks names up and we cannot; "*.example.org" for all below. */
  readonly hosts: readonly string[];
  /** A certificate of ours, for servers that ask for one. */
  readonly identity?: Identity | undefined;
}

export interface Identity {
  /** Tells one from another, without its key. */
  readonly name: string;
  /** PEM, and those between it and its authority. */
  readonly certificate: string;
  readonly sealedKey: string;
  readonly connection: number;
  /** Whether it is shown to a server at this address; to no other is it. */
  goesTo(url: URL): boolean;
}

/** Opens the key of a certificate, when a connection is made. */
export type OpenKey = (identity: Identity) => Promise<string>;

/**
 * Of a URL in the environment of this process, such as the alerts' webhook: whoever writes it could do everything
 * anyway, and a receiver on the same machine is usual. Cloud metadata stay out of reach.
 */
export function reachOfOperator(url: URL): Reach {
  return { networks: ['0.0.0.0/0', '::/0'], hosts: [url.hostname] };
}

/** The name service; a test may give another. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export const systemResolve: Resolve = lookup;

/** Refuses a host that is an address, since an address is never looked up. `host`: without brackets. */
export function checkLiteral(host: string, reach: Reach): void {
  if (isIP(host) !== 0) checkAddress(host, host, reach);
}

export function checkAddress(host: string, address: string, reach: Reach): void {
  const judged = judge(address);
  if (!permits(readNetworks(reach.networks), judged)) throw refusal(host, judged);
}

/** Gives only addresses that may be asked; a name that has none is refused. */
export function guardedLookup(reach: Reach, resolve: Resolve): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '');
      const networks = readNetworks(reach.networks);
      const judged = found.map((one) => ({ one, judged: judge(one.address) }));
      const [first, ...others] = judged
        .filter((each) => permits(networks, each.judged))
        .map(({ one }) => one);
      if (!first) return done(refusal(hostname, judged[0]?.judged ?? judge('')), '');
      if (options.all) return done(null, [first, ...others]);
      done(null, first.address, first.family);
    });
  };
}

function refusal(host: string, { standing, address, kind }: Judged) {
  const at = host === address ? kind : `${address}, ${kind}`;
  if (standing === 'never') return syncError('address-never-asked', { host, at });
  return syncError('address-refused', { host, at, line: `"allowed_networks": ["${address}"]` });
}

/** Whether a proxy may be asked for the host. */
export function isNamed(host: string, hosts: readonly string[]): boolean {
  return hosts.some((entry) =>
    entry.startsWith('*.') ? host.endsWith(entry.slice(1).toLowerCase()) : host === bare(entry),
  );
}

/** Without a port, the brackets of IPv6, and upper case. */
function bare(entry: string): string {
  const url = URL.canParse(`https://${entry}`) ? new URL(`https://${entry}`) : undefined;
  return url ? unbracketed(url.hostname) : '';
}

export function unbracketed(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
