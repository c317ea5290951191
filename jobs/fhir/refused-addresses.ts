/**
 * Addresses to which a URL that a server names must not lead. A manifest could have us call the metadata
 * service of the cloud in which we run, or anything else that only we can reach. The check is made on the
 * address that is connected to, after the name has been looked up. So a name that is answered differently the
 * second time is of no use to an attacker.
 */
import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { syncError } from '../step/errors.ts';

/**
 * These are always refused: link-local addresses (RFC 3927, RFC 4291) and AWS's address for IPv6, at which
 * clouds serve their metadata.
 */
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
linkLocal.addAddress('fd00:ec2::254', 'ipv6');

/**
 * These may be right for an EHR in the same network, so they are refused only where the operator says so (RFC
 * 1918, 6598, 4193).
 */
const nonPublic = new BlockList();
for (const [net, bits] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
  ] as const),
] as const)
  nonPublic.addSubnet(net, bits, 'ipv4');
nonPublic.addSubnet('fc00::', 7, 'ipv6');
nonPublic.addAddress('::1', 'ipv6');
nonPublic.addAddress('::', 'ipv6');

export function isRefused(address: string, refusePrivate: boolean): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return linkLocal.check(address, family) || (refusePrivate && nonPublic.check(address, family));
}

/** Checks a URL whose host is an address, since an address is never looked up. */
export function checkAddress(url: URL, refusePrivate: boolean): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isRefused(host, refusePrivate)) throw refusal(url.hostname);
}

/** A lookup for node:http that refuses a name if any of its addresses is refused. */
export function lookupAllowed(refusePrivate: boolean): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
      const [first] = found ?? [];
      if (error || !first) return done(error, '');
      if (found.some(({ address }) => isRefused(address, refusePrivate))) return done(refusal(hostname), '');
      if (options.all) return done(null, found);
      done(null, first.address, first.family);
    });
  };
}

function refusal(host: string) {
  return syncError('file-address-refused', { host });
}
