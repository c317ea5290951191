/** Which names are ours, and what is believed of a proxy, by the functions alone. */
import { describe, expect, it } from 'vitest';
import { isOurName, isOurOrigin } from '../../app/http/names.ts';
import { countedAddress, isAddress, originOf, readProxies } from '../../app/http/proxies.ts';

const NAMES = new Set(['omop.example.org']);

describe('a name', () => {
  it.each([
    ...[
      'localhost',
      'LOCALHOST:1',
      'localhost.:65535',
      'a.localhost',
      '[::1]',
      '[::FFFF:10.0.0.1]:80',
      '10.0.0.1',
    ],
    ...['omop.example.org', 'Omop.Example.Org.:443', `${'a'.repeat(243)}.localhost`],
  ])('is ours as "%s"', (host) => {
    expect(isOurName(host, NAMES)).toBe(true);
  });

  it.each([
    ...[
      'evil.example@localhost',
      'evil.example/localhost',
      ' localhost',
      'localhost ',
      'localhost/x',
      'x\nlocalhost',
    ],
    ...[
      'localhost\nx',
      'localhost:',
      'localhost:123456',
      'localhost:x',
      '[::1',
      '::1]',
      '[::1]x',
      '[localhost]',
    ],
    ...['::1', `${'a'.repeat(244)}.localhost`, 'localhost..', 'evil.example', '', '.'],
  ])('is not ours as "%s"', (host) => {
    expect(isOurName(host, NAMES)).toBe(false);
  });
});

describe('the origin of a page', () => {
  it('is ours by PUBLIC_URL, or by the host and port of the request', () => {
    expect(isOurOrigin('https://omop.example.org', ['10.0.0.1'], 'https://omop.example.org')).toBe(true);
    expect(isOurOrigin('http://localhost:8080', ['a', 'LOCALHOST:8080'], undefined)).toBe(true);
    expect(isOurOrigin('http://localhost:8080', ['localhost:8080'], 'https://omop.example.org')).toBe(true);
  });

  it('is not ours with another scheme or port than PUBLIC_URL, nor with another host, nor where it is none', () => {
    const publicUrl = 'https://omop.example.org';
    for (const origin of [
      'http://omop.example.org',
      'https://omop.example.org:8443',
      'https://evil.example',
    ]) {
      expect(isOurOrigin(origin, ['10.0.0.1'], publicUrl), origin).toBe(false);
    }
    for (const origin of ['null', '', 'localhost']) {
      expect(isOurOrigin(origin, ['null', '', 'localhost'], publicUrl), origin).toBe(false);
    }
    expect(isOurOrigin('https://omop.example.org', [], undefined)).toBe(false);
    expect(isOurOrigin('file:///x', [''], undefined)).toBe(false);
  });
});

describe('what is believed of a proxy', () => {
  const TRUSTED = readProxies('10.0.0.0/8 ::1\n192.0.2.1') ?? [];
  const asked = (address: string | null, headers: Record<string, string>, secure = false) =>
    originOf({ address, secure }, (name) => headers[name], TRUSTED);
  const SAID = {
    ...{ host: 'inner', 'x-forwarded-host': 'first, outer ', 'x-forwarded-proto': 'http, HTTPS' },
    'x-forwarded-for': '203.0.113.7',
  };

  it('is the last that it wrote of each list, in either case', () => {
    expect(asked('192.0.2.1', SAID)).toEqual({
      ...{ address: '203.0.113.7', secure: true, hosts: ['inner', 'outer'] },
    });
    expect(asked('10.0.0.1', { ...SAID, 'x-forwarded-proto': 'https, http' }, true).secure).toBe(false);
  });

  it('is nothing where it says nothing: what the connection shows counts', () => {
    for (const secure of [true, false]) {
      expect(asked('10.0.0.1', { 'x-forwarded-host': ' , ' }, secure)).toEqual({
        ...{ address: '10.0.0.1', secure, hosts: [] },
      });
    }
  });

  it('is nothing of who is not trusted, is no address, or has none', () => {
    for (const address of ['203.0.113.9', '11.0.0.1', '::2', 'unix', '0x0a.0.0.1', null]) {
      expect(asked(address, SAID)).toEqual({ address, secure: false, hosts: ['inner'] });
    }
  });

  it('ends at the first address that is not trusted, with blanks around or not', () => {
    const from = (list: string) => asked('10.0.0.1', { 'x-forwarded-for': list }).address;
    expect(from('1.2.3.4,203.0.113.7 ,::ffff:10.0.0.2,  192.0.2.1')).toBe('203.0.113.7');
    expect(from('1.2.3.4,,10.0.0.2')).toBe('10.0.0.2');
  });
});

describe('the proxies that are trusted', () => {
  it('are as many as are named, with commas, blanks or lines between, and none where one is no address', () => {
    expect(readProxies(' 10.0.0.0/8, ,::1,\n192.0.2.1 ')).toHaveLength(3);
    expect(readProxies('')).toEqual([]);
    for (const text of ['10.0.0.0/8 proxy.example', '10.0.0.0/8,10.0.0'])
      expect(readProxies(text)).toBeUndefined();
  });
});

describe('an address', () => {
  it('is counted as itself, mapped or not, and of IPv6 by its /64', () => {
    expect(countedAddress('203.0.113.7')).toBe('203.0.113.7');
    expect(countedAddress('::ffff:203.0.113.7')).toBe('203.0.113.7');
    expect(countedAddress('2001:db8:0:1:2:3:4:5')).toBe('2001:db8:0:1::/64');
    expect(countedAddress('2001:db8:0:1:ffff::')).toBe('2001:db8:0:1::/64');
    expect(countedAddress('2001:db8:0:2::1')).toBe('2001:db8:0:2::/64');
    expect(countedAddress('unknown')).toBe('unknown');
  });

  it('has the usual form', () => {
    expect(['10.0.0.1', '::1', '::ffff:10.0.0.1', '10.1', '0x7f.1', '2130706433', ''].map(isAddress)).toEqual(
      [...[true, true, true, false, false, false, false]],
    );
  });
});
