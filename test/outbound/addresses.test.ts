import { describe, expect, it } from 'vitest';
import { judge } from '../../jobs/outbound/addresses.ts';
import { networkFault, permits, readNetworks } from '../../jobs/outbound/networks.ts';

describe('an address', () => {
  it.each([
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '198.17.255.255',
    '198.20.0.1',
    '168.63.129.15',
    '169.253.0.1',
    '192.0.1.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::1',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
    // An interface identifier of ISATAP begins with 0000 or 0200; this one does not, and carries no address.
    '2606:4700::1:5efe:10.0.0.1',
    '2606:4700:0:1::5efe:8.8.8.8',
  ])('on the open Internet may be asked: %s', (address) => {
    expect(judge(address).standing).toBe('public');
    expect(permits([], judge(address))).toBe(true);
  });

  it.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['100.127.255.255', 'carrier-grade NAT'],
    ['192.0.0.8', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['198.19.255.255', 'reserved'],
    ['198.51.100.7', 'reserved'],
    ['203.0.113.7', 'reserved'],
    ['192.88.99.1', 'reserved'],
    ['192.31.196.1', 'reserved'],
    ['192.52.193.1', 'reserved'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.254', 'reserved'],
    ['::1', 'loopback'],
    ['fc00::1', 'private'],
    ['fd12:3456::1', 'private'],
    ['fec0::1', 'site-local'],
    ['feff::1', 'site-local'],
    ['2001:db8::1', 'reserved'],
    ['3fff::1', 'reserved'],
    ['2001:2::1', 'benchmarking'],
    ['100::1', 'discard'],
    ['5f00::1', 'segmentRouting'],
    ['4000::1', 'not assigned'],
    ['64:ff9a::8.8.8.8', 'not assigned'],
    ['65:ff9b::8.8.8.8', 'not assigned'],
    ['64:ff9b:0:1::8.8.8.8', 'not assigned'],
    ['64:ff9b::1:0:8.8.8.8', 'not assigned'],
    ['64:ff9b::1:8.8.8.8', 'not assigned'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:7f00:1', 'loopback'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:0:10.0.0.1', 'private'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['2002:7f00:1::', 'loopback'],
    ['2002:a00:1::5', 'private'],
    ['2606:4700::5efe:10.0.0.1', 'private'],
    ['2606:4700::200:5efe:127.0.0.1', 'loopback'],
  ])('that is not open may be asked by permission: %s (%s)', (address, kind) => {
    expect(judge(address)).toMatchObject({ standing: 'by-permission', kind });
    expect(permits([], judge(address))).toBe(false);
    expect(permits(readNetworks(['0.0.0.0/0', '::/0']), judge(address))).toBe(true);
  });

  it.each([
    '169.254.169.254',
    '169.254.170.2',
    '169.254.0.1',
    '168.63.129.16',
    '192.0.0.192',
    '100.100.100.200',
    '0.0.0.0',
    '0.1.2.3',
    '224.0.0.1',
    '239.255.255.250',
    '255.255.255.255',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd20:ce::254',
    'fd00:c1::a9fe:a9fe',
    'fd00:42::42',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'ff02::1',
    '::',
    '::127.0.0.1',
    '::8.8.8.8',
    '::8.88.8.8',
    '::8.8.88.8',
    '::8.8.8.88',
    '::8.8.8.8%eth0',
    '::ffff:8.8.8.8x',
    '::ffff:8.8.8.256',
    'x::ffff:8.8.8.8',
    '::7f00:1',
    '::a9fe:a9fe',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '::ffff:0:169.254.169.254',
    '::ffff:168.63.129.16',
    '64:ff9b::169.254.169.254',
    '64:ff9b::a83f:8110',
    '64:ff9b:1::a9fe:a9fe',
    '64:ff9b:1::8.8.8.8',
    '2002:a9fe:a9fe::',
    '2002:c000:c0::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    'fd00:ec2:0:0:0:5efe:169.254.169.254',
    'not an address',
    '',
  ])('of cloud metadata, or that leads nowhere, is never asked: %s', (address) => {
    expect(judge(address).standing).toBe('never');
    expect(permits(readNetworks(['0.0.0.0/0', '::/0', address]), judge(address))).toBe(false);
  });
});

it.each([
  ['8.8.8.8', { standing: 'public', address: '8.8.8.8', kind: 'public' }],
  ['::ffff:808:808', { standing: 'public', address: '8.8.8.8', kind: 'public' }],
  ['10.1.2.3', { standing: 'by-permission', address: '10.1.2.3', kind: 'private' }],
  [
    '64:ff9b::169.254.169.254',
    { standing: 'never', address: '169.254.169.254', kind: 'link-local, cloud metadata' },
  ],
  ['168.63.129.16', { standing: 'never', address: '168.63.129.16', kind: 'cloud metadata' }],
  ['2001:0:4136::1', { standing: 'never', address: '2001:0:4136::1', kind: 'Teredo' }],
  ['::8.8.8.8', { standing: 'never', address: '::808:808', kind: 'unspecified or IPv4-compatible' }],
  ['x'.repeat(100), { standing: 'never', address: 'x'.repeat(60), kind: 'no address' }],
])('a judgement names the address that counts, and what it is: %s', (address, judged) =>
  expect(judge(address)).toEqual(judged),
);

it.each([
  ['192.0.0.192', 'cloud metadata'],
  ['100.100.100.200', 'cloud metadata'],
  ['0.0.0.0', 'unspecified'],
  ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['fd00:ec2::254', 'cloud metadata'],
  ['fd20:ce::254', 'cloud metadata'],
  ['fd00:c1::a9fe:a9fe', 'cloud metadata'],
  ['fd00:42::42', 'cloud metadata'],
  ['fe80::1', 'link-local, cloud metadata'],
  ['ff02::1', 'multicast'],
  ['64:ff9b:1::1', 'local NAT64'],
])('of what is never asked it is said why: %s, %s', (address, kind) =>
  expect(judge(address)).toMatchObject({ standing: 'never', kind }),
);

describe('a list of networks', () => {
  const reaches = (list: string[], address: string) => permits(readNetworks(list), judge(address));

  it('opens what it names, however that is written, and nothing beside', () => {
    expect(reaches(['10.1.0.0/16'], '10.1.255.255')).toBe(true);
    expect(reaches(['10.1.2.3/16'], '10.1.9.9')).toBe(true);
    expect(reaches(['10.1.0.0/16'], '10.2.0.0')).toBe(false);
    expect(reaches(['10.1.0.0/16'], '::ffff:10.1.0.1')).toBe(true);
    expect(reaches(['10.1.2.3'], '10.1.2.3')).toBe(true);
    expect(reaches(['10.1.2.3'], '10.1.2.4')).toBe(false);
    expect(reaches(['fd12::/48'], 'fd12::9')).toBe(true);
    expect(reaches(['fd12::/48'], 'fd12:0:1::9')).toBe(false);
    expect(reaches(['::/0'], '10.1.2.3')).toBe(false);
    expect(reaches(['0.0.0.0/0'], 'fd12::9')).toBe(false);
    expect(reaches(['nonsense', '10.1.2.3'], '10.1.2.3')).toBe(true);
    expect(reaches(['nonsense'], '10.1.2.3')).toBe(false);
  });

  it.each([
    '10.0.0.0/8',
    '10.1.2.3',
    '127.0.0.0/8',
    '::1',
    'fd12::/48',
    '100.64.0.0/10',
    '203.0.113.7/32',
    '0.0.0.0/1',
    // Some of these are never asked, at one end or the other, and stay so; the rest may be named.
    '240.0.0.0/4',
    '::/1',
    'f000::/4',
  ])('may hold %s', (entry) => expect(networkFault(entry)).toBeUndefined());

  it.each([
    ['10.0.0.0/33', /Expected an address or a network/],
    ['10.0.0.0/-1', /Expected an address/],
    ['10.0.0.0/8/8', /Expected an address/],
    ['10.0.0.0/0008', /Expected an address/],
    ['10.0.0', /Expected an address/],
    ['0x7f.1', /Expected an address/],
    ['2130706433', /Expected an address/],
    ['10.0.0.0/', /Expected an address/],
    ['ehr.example', /Expected an address/],
    ['fe80::1%eth0', /Expected an address/],
    ['::ffff:10.0.0.1', /the IPv4 address itself/],
    ['64:ff9b::/96', /the IPv4 address itself/],
    ['169.254.169.254', /never asked/],
    ['169.254.0.0/16', /never asked/],
    ['168.63.129.16/32', /never asked/],
    ['fd00:ec2::254', /never asked/],
    ['fe80::/10', /never asked/],
    ['0.0.0.0/0', /not all addresses/],
    ['::/0', /not all addresses/],
  ])('cannot hold %s', (entry, fault) => expect(networkFault(entry)).toMatch(fault));
});
