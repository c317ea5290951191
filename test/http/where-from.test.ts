import { Hono } from 'hono';
import { afterAll, describe, expect, it } from 'vitest';
import type { AppEnv } from '../../app/app-env.ts';
import { DEFAULT_SIGN_IN } from '../../app/auth/sign-in-settings.ts';
import { isOurOrigin } from '../../app/http/names.ts';
import { originOf, readProxies } from '../../app/http/proxies.ts';
import { rateLimit } from '../../app/http/rate-limit.ts';
import { Problem } from '../../app/problems.ts';
import { inLongRun } from '../long-run.ts';
import { startApi, type TestApi, TOKEN } from '../routes/api.ts';

const DASHBOARD = '/api/v1/admin/fhir-sync/dashboard';
const opened: TestApi[] = [];
const open = async (options: Parameters<typeof startApi>[0]) => {
  const api = await startApi({ adminToken: TOKEN, ...options });
  opened.push(api);
  return api;
};
afterAll(() => Promise.all(opened.map((api) => api.close())));

const networks = (text: string) => {
  const read = readProxies(text);
  if (!read) throw new Error(`${text} was not read`);
  return read;
};

describe('a request that names its host in its first line, too', () => {
  it('is answered only where both are names of ours', async () => {
    const api = await open({});
    const headers = { authorization: `Bearer ${TOKEN}`, host: '127.0.0.1' };
    const to = async (host: string) =>
      (await api.app.request(`http://${host}${DASHBOARD}`, { headers })).status;
    expect([await to('127.0.0.1'), await to('localhost:80'), await to('evil.example')]).toEqual([
      200, 200, 421,
    ]);
  });
});

describe('the address of a caller', () => {
  const addressOf = (address: string | null, forwarded: string, trusted = '10.0.0.0/8, ::1') =>
    originOf(
      { address, secure: false },
      (name) => (name === 'x-forwarded-for' ? forwarded : undefined),
      networks(trusted),
    ).address;

  it.each([
    ['198.51.100.1', '203.0.113.7', '198.51.100.1', 'is the peer, whatever a stranger says'],
    ['10.0.0.1', '203.0.113.7', '203.0.113.7', 'is what the proxy says'],
    ['10.0.0.1', '1.2.3.4, 203.0.113.7', '203.0.113.7', 'is not what the client told the proxy'],
    ['10.0.0.1', '1.2.3.4, 203.0.113.7, 10.0.0.2', '203.0.113.7', 'is found behind two proxies'],
    ['10.0.0.1', '10.9.9.9', '10.9.9.9', 'may be a trusted one itself'],
    ['10.0.0.1', 'nonsense', '10.0.0.1', 'stays the proxy where it says nonsense'],
    ['10.0.0.1', '203.0.113.7, nonsense', '10.0.0.1', 'is not read across nonsense'],
    ['10.0.0.1', '', '10.0.0.1', 'stays the proxy where it says nothing'],
    ['::ffff:10.0.0.1', '203.0.113.7', '203.0.113.7', 'is told by a proxy whose address is mapped'],
    ['::1', '2001:db8::7', '2001:db8::7', 'may be IPv6'],
  ])('of peer %s with "%s" is %s: it %s', (peer, forwarded, expected) => {
    expect(addressOf(peer, forwarded)).toBe(expected);
  });

  it('is the peer where no proxy is trusted', () => {
    expect(addressOf('127.0.0.1', '203.0.113.7', '')).toBe('127.0.0.1');
  });

  it('is read from no other header', () => {
    const header = (name: string) => (name === 'x-forwarded-for' ? undefined : '203.0.113.7');
    expect(originOf({ address: '10.0.0.1', secure: false }, header, networks('10.0.0.0/8')).address).toBe(
      '10.0.0.1',
    );
  });

  it.each(['10.0.0.0/33', 'proxy.example', '10.0.0', '0x7f.1', '1.2.3.4/x'])(
    'is never trusted by "%s"',
    (text) => {
      expect(readProxies(text)).toBeUndefined();
    },
  );
});

describe('forwarded headers', () => {
  it('of a stranger change neither address, nor name, nor whether TLS is spoken', async () => {
    const api = await open({ trustedProxies: networks('10.0.0.0/8') });
    const headers = {
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'localhost',
      'x-forwarded-proto': 'https',
      forwarded: 'for=127.0.0.1;host=localhost;proto=https',
    };
    const answer = await api.send('GET', '/healthz', { address: '203.0.113.7', headers });
    expect(answer.headers.get('strict-transport-security')).toBeNull();
    expect(api.logged()).toContain('"address":"203.0.113.7"');
    const foreign = { ...headers, host: 'evil.example' };
    expect((await api.send('GET', '/healthz', { address: '203.0.113.7', headers: foreign })).status).toBe(
      421,
    );
  });

  it('of a trusted proxy tell the address that wrong credentials are counted by', async () => {
    const api = await open({ trustedProxies: networks('10.0.0.0/8') });
    const via = (client: string, token: string) =>
      api.send('GET', DASHBOARD, { token, address: '10.0.0.1', headers: { 'x-forwarded-for': client } });
    for (let n = 0; n < 6; n++) await via(`1.1.1.${n}, 203.0.113.7`, 'wrong');
    expect((await via('203.0.113.7', TOKEN)).status).toBe(429);
    expect((await via('203.0.113.8', TOKEN)).status).toBe(200);
  });

  it('of a trusted proxy tell that TLS is spoken, and a browser then keeps to it', async () => {
    const api = await open({ trustedProxies: networks('10.0.0.0/8') });
    const hsts = async (proto: string) =>
      (
        await api.send('GET', '/healthz', { address: '10.0.0.1', headers: { 'x-forwarded-proto': proto } })
      ).headers.get('strict-transport-security');
    expect(await hsts('https')).toMatch(/^max-age=\d{7,}/);
    expect(await hsts('http')).toBeNull();
    expect(await hsts('https, http')).toBeNull();
  });

  it('of a trusted proxy that are empty say nothing', () => {
    const header = (name: string) => (name.startsWith('x-forwarded-') ? ' ' : undefined);
    const peer = { address: '10.0.0.1', secure: true };
    expect(originOf(peer, header, networks('10.0.0.0/8'))).toEqual({ ...peer, hosts: [] });
  });

  it('are needed where BEHIND_PROXY is all that is known: no address is locked then', async () => {
    const api = await open({ behindProxy: true });
    for (let n = 0; n < 8; n++) await api.send('GET', DASHBOARD, { token: 'wrong', address: '10.0.0.1' });
    expect((await api.send('GET', DASHBOARD, { token: TOKEN, address: '10.0.0.1' })).status).toBe(200);
  });

  inLongRun(it)('of a proxy that is named say who is locked, also with BEHIND_PROXY', async () => {
    const api = await open({ behindProxy: true, trustedProxies: readProxies('10.0.0.1') ?? [] });
    const from = (client: string, token: string) =>
      api.send('GET', DASHBOARD, { token, address: '10.0.0.1', headers: { 'x-forwarded-for': client } });
    for (let n = 0; n < 8; n++) await from('203.0.113.7', 'wrong');
    expect((await from('203.0.113.7', TOKEN)).status).toBe(429);
    expect((await from('203.0.113.8', TOKEN)).status).toBe(200);
  });
});

describe('the name that a request is for', () => {
  it.each([
    ['localhost', 200],
    ['localhost:8080', 200],
    ['127.0.0.1:8080', 200],
    ['[::1]:8080', 200],
    ['192.168.1.4', 200],
    ['demo.localhost', 200],
    ['omop.example.org', 200],
    ['OMOP.example.org:443', 200],
    ['omop.example.org.', 200],
    ['evil.example', 421],
    ['omop.example.org.evil.example', 421],
    ['xomop.example.org', 421],
    ['localhost.evil.example', 421],
    ['evil-localhost', 421],
    ['127.0.0.1.nip.io', 421],
    ['2130706433', 421],
    ['0x7f.1', 421],
    ['omop.example.org@evil.example', 421],
    ['evil.example:80:80', 421],
    ['', 421],
  ])('"%s" is answered %i', async (host, status) => {
    const api = await named();
    const answer = await api.send('GET', DASHBOARD, { token: TOKEN, headers: { host } });
    expect(answer.status).toBe(status);
    if (status === 421) expect(answer.json).toMatchObject({ code: 'host-refused' });
  });

  it('has to be ours as the proxy says it too', async () => {
    const api = await open({ trustedProxies: networks('10.0.0.0/8'), names: new Set(['omop.example.org']) });
    const status = async (host: string, forwarded: string) =>
      (
        await api.send('GET', '/healthz', {
          address: '10.0.0.1',
          headers: { host, 'x-forwarded-host': forwarded },
        })
      ).status;
    expect(await status('127.0.0.1:8080', 'omop.example.org')).toBe(200);
    expect(await status('127.0.0.1:8080', 'evil.example')).toBe(421);
    expect(await status('evil.example', 'omop.example.org')).toBe(421);
  });

  let ours: Promise<TestApi> | undefined;
  function named(): Promise<TestApi> {
    ours ??= open({ names: new Set(['omop.example.org']) });
    return ours;
  }
});

describe('a page of another site', () => {
  it('is none of ours where no PUBLIC_URL is set, or neither has a host', () => {
    expect(isOurOrigin('https://elsewhere.example', ['omop.example.org'], undefined)).toBe(false);
    expect(isOurOrigin('https://omop.example.org', ['omop.example.org'], undefined)).toBe(true);
    expect(isOurOrigin('file:///x', [''], undefined)).toBe(false);
  });

  const post = (api: TestApi, headers: Record<string, string>, method = 'POST') =>
    api.send(method, '/api/v1/admin/alerts/999/acknowledge', { token: TOKEN, headers });

  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://localhost:3000', host: 'localhost:8080' }],
    [{ origin: 'http://localhost.evil.example', host: 'localhost' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'http://localhost' }],
  ])('must not change anything: %j', async (headers) => {
    const api = await any();
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      expect(await post(api, headers, method)).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    }
  });

  it.each([
    [{}],
    [{ origin: 'http://localhost:8080', host: 'localhost:8080', 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'https://omop.example.org', host: '127.0.0.1:8080' }],
  ])('is not what sends %j', async (headers) => {
    expect((await post(await any(), headers)).status).toBe(404);
  });

  it('may have a browser ask what changes nothing, of which it sees no answer', async () => {
    const api = await any();
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const { status } = await api.send(method, DASHBOARD, { token: TOKEN, headers });
        expect([method, headers, status]).toEqual([method, headers, method === 'OPTIONS' ? 405 : 200]);
      }
    }
  });

  it('cannot read an answer: there is no CORS, for no method', async () => {
    const api = await any();
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await api.send(method, DASHBOARD, {
        token: TOKEN,
        headers: { origin: 'https://evil.example', 'access-control-request-method': 'GET' },
      });
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    }
  });

  let some: Promise<TestApi> | undefined;
  function any(): Promise<TestApi> {
    some ??= open({ signIn: { ...DEFAULT_SIGN_IN, publicUrl: 'https://omop.example.org' } });
    return some;
  }
});

describe('requests of one address', () => {
  it('are bounded, by address, and go on when time has passed', async () => {
    let now = 0;
    const api = await open({ requestsPerMinute: 60, clock: () => new Date(now) });
    const status = async (address: string) =>
      (await api.send('GET', DASHBOARD, { token: TOKEN, address })).status;
    for (let n = 0; n < 6; n++) expect(await status('203.0.113.7')).toBe(200);
    const refused = await api.send('GET', DASHBOARD, { token: TOKEN, address: '203.0.113.7' });
    expect(refused).toMatchObject({ status: 429, json: { code: 'too-many-requests' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await status('203.0.113.8')).toBe(200);
    now += 999;
    expect(await status('203.0.113.7')).toBe(429);
    now += 1;
    expect(await status('203.0.113.7')).toBe(200);
    expect(await status('203.0.113.7')).toBe(429);
    now += 3_600_000;
    for (let n = 0; n < 6; n++) expect(await status('203.0.113.7')).toBe(200);
    expect(await status('203.0.113.7'), 'what was not used in an hour is not saved up').toBe(429);
  });

  inLongRun(it)('are told how many whole seconds to wait, also where the limit is one a minute', async () => {
    let now = 0;
    const api = await open({ requestsPerMinute: 1, clock: () => new Date(now) });
    const ask = async () => await api.send('GET', DASHBOARD, { token: TOKEN, address: '203.0.113.7' });
    expect((await ask()).status).toBe(200);
    expect((await ask()).headers.get('retry-after')).toBe('60');
    now += 30_500;
    expect((await ask()).headers.get('retry-after')).toBe('30');
    now += 29_500;
    expect((await ask()).status).toBe(200);
  });

  inLongRun(it)('are not bounded where the limit is 0, nor where nobody knows the address', async () => {
    const unlimited = await open({ requestsPerMinute: 0, clock: () => new Date(0) });
    const unknown = await open({ requestsPerMinute: 10, clock: () => new Date(0) });
    for (let n = 0; n < 3; n++) {
      expect((await unlimited.send('GET', DASHBOARD, { token: TOKEN, address: '203.0.113.7' })).status).toBe(
        200,
      );
      expect((await unknown.send('GET', DASHBOARD, { token: TOKEN })).status).toBe(200);
    }
  });

  inLongRun(it)(
    'are remembered of ten thousand addresses; of more, who was heard of longest ago is forgotten',
    async () => {
      const limited = new Hono<AppEnv>()
        .use(async (c, next) => {
          c.set('address', c.req.header('from') ?? null);
          c.set('services', { clock: () => new Date(0) } as AppEnv['Variables']['services']);
          await next();
        })
        .use(rateLimit(10))
        .get('/', (c) => c.text('let through'))
        .onError((error, c) => c.text(error instanceof Problem ? error.code : 'unknown'));
      const ask = async (from: string) => await (await limited.request('/', { headers: { from } })).text();
      const others = async (net: string, n: number) => {
        for (let host = 0; host < n; host++) await ask(`10.${net}.${host >> 8}.${host & 255}`);
      };
      expect(await ask('203.0.113.7')).toBe('let through');
      await others('1', 9_999);
      expect(await ask('203.0.113.7')).toBe('too-many-requests');
      await others('2', 9_999);
      expect(await ask('203.0.113.7'), 'asking again counts as being heard of').toBe('too-many-requests');
      await others('3', 10_000);
      expect(await ask('203.0.113.7')).toBe('let through');
    },
  );

  it('that are probes neither count nor are refused, and nothing else passes as one', async () => {
    const api = await open({ requestsPerMinute: 10, clock: () => new Date(0) });
    const address = '203.0.113.9';
    const status = async (method: string, path: string) =>
      (await api.send(method, path, { token: TOKEN, address })).status;
    for (let n = 0; n < 20; n++) expect(await status('GET', n % 2 === 0 ? '/healthz' : '/readyz')).toBe(200);
    for (const path of ['/healthz', '/readyz']) {
      const incoming = { socket: { remoteAddress: address } };
      expect((await api.app.request(path, { method: 'HEAD' }, { incoming })).status).toBe(200);
    }
    expect(await status('GET', DASHBOARD)).toBe(200);
    for (const path of [
      DASHBOARD,
      '/healthz/',
      '/readyz/x',
      `/healthz/..${DASHBOARD}`,
      '//healthz',
      '/healthz%2f',
    ]) {
      expect([path, await status('GET', path)]).toEqual([path, 429]);
    }
    expect(await status('POST', '/healthz')).toBe(429);
  });
});
