/**
 * Where a URL that a server names must not lead: a manifest could have us ask the metadata service of the cloud that we
 * run in, or whatever else only we can reach. Checked on the address that is connected to, after the name was looked
 * up, so a name that is answered differently the second time is of no use.
 */
import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { syncError } from '../step/errors.ts';

/** Never right: a machine's own links, where clouds have their metadata (RFC 3927, RFC 4291). */
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
linkLocal.addAddress('fd00:ec2::254', 'ipv6');

/** Right for an EHR in the same house, so refused only where the operator says so (RFC 1918, 6598, 4193). */
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

/** Of a URL with an address in it, which is never looked up. */
export function checkAddress(url: URL, refusePrivate: boolean): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isRefused(host, refusePrivate)) throw refusal(url.hostname);
}

/** For node:http: connects to no refused address, whatever else the name has. */
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
