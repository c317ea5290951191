import { describe, expect, it } from 'vitest';
import {
  checkLiteral,
  guardedLookup,
  isNamed,
  type Resolve,
  reachOfOperator,
} from '../../jobs/outbound/reach.ts';

describe('a lookup', () => {
  const found = (...addresses: string[]): Resolve => {
    return (_, __, done) =>
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
  };
  const look = (resolve: Resolve, options: object, networks: string[] = []) =>
    new Promise((done) => {
      guardedLookup({ networks, hosts: [] }, resolve)('ehr.test', options, (error, ...answer) =>
        done(error ?? answer),
      );
    });

  it('gives one address to who asks for one, and all to who asks for all', async () => {
    const resolve = found('10.0.0.1', '8.8.8.8', '2606:4700::1111');
    expect(await look(resolve, {})).toEqual(['8.8.8.8', 4]);
    expect(await look(resolve, { all: true })).toEqual([
      [
        { address: '8.8.8.8', family: 4 },
        { address: '2606:4700::1111', family: 6 },
      ],
    ]);
  });

  it('asks the name service for all addresses of the family that is wanted', async () => {
    const asked: object[] = [];
    const resolve: Resolve = (_, options, done) => {
      asked.push(options);
      done(null, [{ address: '2606:4700::1111', family: 6 }]);
    };
    await look(resolve, { family: 6, all: false });
    expect(asked).toEqual([{ family: 6, all: true }]);
  });

  it('ends with the error of the name service', async () => {
    const error = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    expect(await look((_, __, done) => done(error, []), {})).toBe(error);
  });

  it('refuses a name that has no address, or none that may be asked, and says what was found', async () => {
    expect(await look(found(), {})).toMatchObject({
      code: 'address-never-asked',
      message: expect.stringContaining('no address'),
    });
    expect(await look(found('10.0.0.1'), {})).toMatchObject({
      code: 'address-refused',
      message: expect.stringMatching(
        /^ehr\.test .*\(10\.0\.0\.1, private\).*"allowed_networks": \["10\.0\.0\.1"\]/,
      ),
    });
    expect(await look(found('169.254.169.254'), {}, ['0.0.0.0/0'])).toMatchObject({
      code: 'address-never-asked',
      message: expect.stringContaining('(169.254.169.254, link-local, cloud metadata)'),
    });
  });
});

it.each([
  ['10.1.2.3', { networks: [] }, /^10\.1\.2\.3 .*\(private\).*"allowed_networks": \["10\.1\.2\.3"\]/],
  ['169.254.169.254', { networks: ['0.0.0.0/0'] }, /^169\.254\.169\.254 .*\(link-local, cloud metadata\)/],
])('an address that stands in a URL is refused as it stands: %s', (host, { networks }, words) =>
  expect(() => checkLiteral(host, { networks, hosts: [host] })).toThrow(words),
);

it.each(['8.8.8.8', '10.1.2.3', 'ehr.test'])('what may be asked, or is a name, is not refused: %s', (host) =>
  expect(() => checkLiteral(host, { networks: ['10.0.0.0/8'], hosts: [] })).not.toThrow(),
);

describe('a host is one that a proxy may be asked for', () => {
  it.each([
    ['ehr.example', ['ehr.example']],
    ['ehr.example', ['other.example', 'EHR.Example']],
    ['ehr.example', ['ehr.example:8443']],
    ['a.files.example', ['*.files.example']],
    ['a.b.files.example', ['*.FILES.example']],
    ['fd12::1', ['[fd12::1]']],
    ['fd12::1', ['[FD12::1]:8443']],
  ])('%s by %s', (host, hosts) => expect(isNamed(host, hosts)).toBe(true));

  it.each([
    ['ehr.example', []],
    ['ehr.example', ['other.example']],
    ['a.ehr.example', ['ehr.example']],
    ['files.example', ['*.files.example']],
    ['badfiles.example', ['*.files.example']],
    ['files.example.evil.example', ['*.files.example', 'files.example']],
    ['zz', ['no host']],
  ])('%s not by %s', (host, hosts) => expect(isNamed(host, hosts)).toBe(false));
});

it("whoever writes the environment of a process opens every network to it, and one host of a proxy's", () => {
  expect(reachOfOperator(new URL('https://hook.example:8443/x'))).toEqual({
    networks: ['0.0.0.0/0', '::/0'],
    hosts: ['hook.example'],
  });
});
