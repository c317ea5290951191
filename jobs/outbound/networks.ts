/** Lists of networks that an administrator opens: "10.1.0.0/16", "fd12::/48", or single addresses. */
import ipaddr from 'ipaddr.js';
import { type Address, holds, type Judged, judge, parse, unwrapped } from './addresses.ts';

export type Networks = readonly [Address, number][];

/** What is wrong with an entry; undefined when it can be used. */
export function networkFault(text: string): string | undefined {
  const network = readNetwork(text);
  if (!network) return 'Expected an address or a network, such as "10.1.2.3" or "10.1.0.0/16".';
  const [address] = network;
  if (network[1] === 0) return 'Expected the networks that are needed, not all addresses that there are.';
  if (unwrapped(address) !== address)
    return 'Expected the IPv4 address itself, not a form of IPv6 that carries it.';
  const ends = endsOf(network).map((end) => judge(end.toString()));
  const [first] = ends;
  if (first && ends.every(({ standing }) => standing === 'never'))
    return `Such addresses (${first.kind}) are never asked, whatever the list says.`;
  return undefined;
}

/** Of entries without a fault; others open nothing. */
export function readNetworks(texts: readonly string[]): Networks {
  return texts.flatMap((text) => {
    const network = readNetwork(text);
    return network ? [network] : [];
  });
}

/** Whether a call may go there. */
export function permits(networks: Networks, { standing, address }: Judged): boolean {
  if (standing !== 'by-permission') return standing === 'public';
  const parsed = parse(address);
  return parsed !== undefined && networks.some((network) => holds(network, parsed));
}

function readNetwork(text: string): [Address, number] | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const parsed = parse(address);
  if (!parsed || address.includes('%') || more.length > 0) return undefined;
  const most = parsed instanceof ipaddr.IPv4 ? 32 : 128;
  if (bits === undefined) return [parsed, most];
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most ? [parsed, Number(bits)] : undefined;
}

function endsOf([address, bits]: [Address, number]): readonly Address[] {
  const cidr = `${address.toString()}/${bits}`;
  return address instanceof ipaddr.IPv4
    ? [ipaddr.IPv4.networkAddressFromCIDR(cidr), ipaddr.IPv4.broadcastAddressFromCIDR(cidr)]
    : [ipaddr.IPv6.networkAddressFromCIDR(cidr), ipaddr.IPv6.broadcastAddressFromCIDR(cidr)];
}
