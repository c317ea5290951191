/**
 * What an address is to a program that calls URLs which others name. Global unicast is the open Internet, and may be
 * asked. A hospital's EHR lives on a private network, so such addresses may be asked where an administrator lists
 * them. Nobody's EHR lives where clouds serve their metadata: those addresses, and some that lead nowhere, are never
 * asked. Forms that carry an IPv4 address inside an IPv6 one are judged by the address inside.
 */
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

export interface Judged {
  readonly standing: 'public' | 'by-permission' | 'never';
  /** As it is written: of a form that carries an IPv4 address, that address. */
  readonly address: string;
  /** For people: "private", "loopback", "cloud metadata". */
  readonly kind: string;
}

type Named = readonly [network: string, kind: string];

/** No list opens these. The first that holds an address names it. */
const NEVER: readonly Named[] = [
  ['169.254.0.0/16', 'link-local, cloud metadata'],
  ['168.63.129.16/32', 'cloud metadata'],
  ['192.0.0.192/32', 'cloud metadata'],
  ['100.100.100.200/32', 'cloud metadata'],
  ['0.0.0.0/8', 'unspecified'],
  ['224.0.0.0/4', 'multicast'],
  ['255.255.255.255/32', 'broadcast'],
  ['fd00:ec2::/32', 'cloud metadata'],
  ['fd20:ce::/32', 'cloud metadata'],
  ['fd00:c1::a9fe:a9fe/128', 'cloud metadata'],
  ['fd00:42::42/128', 'cloud metadata'],
  ['fe80::/10', 'link-local, cloud metadata'],
  ['ff00::/8', 'multicast'],
  // What these hide cannot be seen from outside, or nobody uses them any more.
  ['2001::/32', 'Teredo'],
  ['64:ff9b:1::/48', 'local NAT64'],
];
const COMPATIBLE: Named = ['::/96', 'unspecified or IPv4-compatible'];
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

const never = [...NEVER, COMPATIBLE].map(([network, kind]) => ({ network: ipaddr.parseCIDR(network), kind }));

const KINDS: Readonly<Record<string, string>> = {
  carrierGradeNat: 'carrier-grade NAT',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'site-local',
  as112: 'reserved',
  amt: 'reserved',
  unicast: 'not assigned',
};

/** `text`: an address without brackets, as a name service or a URL gives it. */
export function judge(text: string): Judged {
  const parsed = parse(text);
  if (!parsed) return { standing: 'never', address: text.slice(0, 60), kind: 'no address' };
  const address = unwrapped(parsed);
  const shown = address.toString();
  const range = address.range();
  const refused = range === 'loopback' ? undefined : never.find(({ network }) => holds(network, address));
  if (refused) return { standing: 'never', address: shown, kind: refused.kind };
  const isGlobal = address instanceof ipaddr.IPv4 || holds(GLOBAL_UNICAST, address);
  if (range === 'unicast' && isGlobal) return { standing: 'public', address: shown, kind: 'public' };
  return { standing: 'by-permission', address: shown, kind: KINDS[range] ?? range };
}

/** undefined for what is no address. A dotted end is read as it stands; ipaddr.js takes "::1.2.3.4" for "::ffff:1.2.3.4". */
export function parse(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  const [, head = text, tail] = /^(.*:)(\d+\.\d+\.\d+\.\d+)(?:%.*)?$/.exec(text) ?? [];
  if (tail === undefined) return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
  if (!ipaddr.IPv4.isValidFourPartDecimal(tail)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(tail).octets;
  return parse(`${head}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`);
}

/** Whether a network holds an address; one of IPv4 holds none of IPv6. */
export function holds([base, bits]: [Address, number], address: Address): boolean {
  if (base instanceof ipaddr.IPv4) return address instanceof ipaddr.IPv4 && address.match(base, bits);
  return address instanceof ipaddr.IPv6 && address.match(base, bits);
}

/** RFC 4291 (mapped), 6145 (translated), 6052 (NAT64), 3056 (6to4), 5214 (ISATAP). */
export function unwrapped(address: Address): Address {
  if (address instanceof ipaddr.IPv4) return address;
  const { parts } = address;
  const range = address.range();
  if (range === '6to4') return inner(parts[1], parts[2]);
  const isNat64 = parts[0] === 0x64 && parts[1] === 0xff9b && parts.slice(2, 6).every((part) => part === 0);
  const isIsatap = ((parts[4] ?? 0) & 0xfdff) === 0 && parts[5] === 0x5efe;
  if (range === 'ipv4Mapped' || range === 'rfc6145' || isNat64 || isIsatap) return inner(parts[6], parts[7]);
  return address;
}

function inner(high = 0, low = 0): ipaddr.IPv4 {
  return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
}
