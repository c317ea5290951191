import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttps, type Server } from 'node:https';
import { createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openOutbound } from '../../jobs/outbound/outbound.ts';
import { type Reach, type Resolve, reachOfOperator } from '../../jobs/outbound/reach.ts';
import { readAuthorities } from '../../jobs/outbound/trust.ts';
import { selfSigned, signedBy } from '../ehr/certificate.ts';
import { startServer } from '../fhir/server.ts';
import { LOOPBACK } from './local.ts';
import { startProxy } from './proxy-server.ts';

const server = await startServer();
const folder = mkdtempSync(join(tmpdir(), 'outbound-'));
const closing: (() => unknown)[] = [() => server.close(), () => rmSync(folder, { recursive: true })];
afterAll(async () => {
  for (const close of closing) await close();
});

const port = Number(new URL(server.url).port);
const here: Reach = { networks: LOOPBACK, hosts: [] };
const nowhere: Reach = { networks: [], hosts: [] };
const CALL = { headers: {}, firstByteMs: 5000, idleMs: 5000 };

/** Answers each lookup with the next list of addresses. */
function names(...answers: string[][]): Resolve & { asked: number } {
  const resolve = Object.assign(
    (...[, , done]: Parameters<Resolve>) => {
      const answer = answers[Math.min(resolve.asked++, answers.length - 1)] ?? [];
      done(
        null,
        answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    },
    { asked: 0 },
  );
  return resolve;
}

async function ask(
  url: string,
  reach: Reach,
  { env = {}, resolve, call = {} }: { env?: object; resolve?: Resolve; call?: object } = {},
) {
  const outbound = openOutbound({ ...env }, resolve ? { resolve } : {});
  return await read(outbound.request(new URL(url), { ...CALL, ...call }, reach));
}

async function read(asked: ReturnType<ReturnType<typeof openOutbound>['request']>) {
  const answer = await asked;
  let text = '';
  for await (const part of answer) text += part;
  return { status: answer.statusCode, text };
}

beforeEach(() => {
  server.seen.length = 0;
  server.on('/', { text: 'hello' });
});

describe('a call', () => {
  it('goes to a network that it may reach, and names itself', async () => {
    expect(await ask(server.url, here)).toEqual({ status: 200, text: 'hello' });
    expect(server.seen[0]?.headers).toMatchObject({
      host: `127.0.0.1:${port}`,
      'user-agent': 'fhir-omop-sync',
    });
  });

  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '127.0.0.1.',
    '①②⑦.⓪.⓪.①',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    'localhost',
  ])('is not made to this machine otherwise, however that is written: %s', async (host) => {
    const url = `http://${host}:${port}/`;
    await expect(ask(url, nowhere)).rejects.toMatchObject({ code: 'address-refused', sort: 'give-up' });
    expect(server.seen).toEqual([]);
  });

  it('says which line of the settings would allow it', async () => {
    const refused = ask('http://ehr.example/', nowhere, { resolve: names(['10.1.2.3']) });
    await expect(refused).rejects.toThrow(
      /ehr\.example .*10\.1\.2\.3, private.*"allowed_networks": \["10\.1\.2\.3"\]/,
    );
  });

  it.each(['169.254.169.254', '[fd00:ec2::254]', '168.63.129.16', '[::ffff:a9fe:a9fe]', '0.0.0.0'])(
    'is never made to %s',
    async (host) => {
      const url = new URL(`http://${host}:${port}/`);
      const all = { networks: ['0.0.0.0/0', '::/0'], hosts: [url.hostname] };
      for (const reach of [all, reachOfOperator(url)])
        await expect(ask(url.href, reach)).rejects.toMatchObject({ code: 'address-never-asked' });
    },
  );

  it('goes to none but the address that was judged: a name that is answered differently the second time is of no use', async () => {
    const resolve = names(['203.0.113.7'], ['127.0.0.1']);
    const url = `http://rebinding.example:${port}/`;
    await expect(ask(url, nowhere, { resolve })).rejects.toMatchObject({ code: 'address-refused' });
    expect(resolve.asked).toBe(1);
    await expect(ask(url, nowhere, { resolve })).rejects.toMatchObject({ code: 'address-refused' });
    expect(server.seen).toEqual([]);
    // Allowed, then asked once: what is connected to is what the one answer said.
    const allowed = names(['127.0.0.1'], ['169.254.169.254']);
    expect(await ask(url, here, { resolve: allowed })).toMatchObject({ text: 'hello' });
    expect(allowed.asked).toBe(1);
  });

  it('goes to those addresses of a name that it may reach, and leaves out the others', async () => {
    const resolve = names(['169.254.169.254', '10.0.0.1', '127.0.0.1']);
    expect(await ask(`http://both.example:${port}/`, here, { resolve })).toMatchObject({ text: 'hello' });
  });

  it('does not use a connection that was made for another who may reach more', async () => {
    const outbound = openOutbound({});
    for (const reach of [here, here]) await read(outbound.request(new URL(server.url), CALL, reach));
    await expect(outbound.request(new URL(server.url), CALL, nowhere)).rejects.toMatchObject({
      code: 'address-refused',
    });
    expect(server.seen).toHaveLength(2);
  });

  it('is made anew when the server has closed the connection that was kept, but only where it changes nothing', async () => {
    let connections = 0;
    let received = 0;
    const closes = createTcp((socket) => {
      connections++;
      let requests = 0;
      socket.on('error', () => {});
      socket.on('data', () => {
        received++;
        if (requests++ > 0) return socket.resetAndDestroy();
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      });
    });
    await new Promise<void>((done) => closes.listen(0, '127.0.0.1', done));
    closing.push(() => closes.close());
    const url = new URL(`http://127.0.0.1:${portOf(closes)}/`);
    const outbound = openOutbound({});
    for (let i = 0; i < 3; i++)
      expect(await read(outbound.request(url, CALL, here))).toMatchObject({ text: 'ok' });
    expect(connections).toBeGreaterThan(1);
    for (const changing of [{ method: 'POST', body: 'x' }, { onlyOnce: true }]) {
      const [opened, sent] = [connections, received];
      await read(outbound.request(url, { ...CALL, ...changing }, here));
      expect([connections, received]).toEqual([opened + 1, sent + 1]);
    }
  });

  it('gives up on a server that says nothing, falls silent, or floods its headers', async () => {
    server.on('/silent', { raw: () => {} });
    await expect(ask(`${server.url}/silent`, here, { call: { firstByteMs: 50 } })).rejects.toMatchObject({
      code: 'network-timeout',
    });
    server.on('/stops', { raw: (response) => void response.writeHead(200).write('x') });
    await expect(ask(`${server.url}/stops`, here, { call: { idleMs: 50 } })).rejects.toMatchObject({
      code: 'ETIMEDOUT',
    });
    server.on('/flood', { text: '', headers: { 'x-flood': 'x'.repeat(40_000) } });
    await expect(ask(`${server.url}/flood`, here)).rejects.toMatchObject({ code: 'network-error' });
  });

  it('is called off when it is no longer wanted, before the answer and in it', async () => {
    const signal = AbortSignal.abort();
    await expect(ask(server.url, here, { call: { signal } })).rejects.toMatchObject({
      code: 'request-aborted',
    });
    const abort = new AbortController();
    server.on('/slow', {
      raw: (response) => {
        response.writeHead(200).write('x');
      },
    });
    const answer = await openOutbound({}).request(
      new URL(`${server.url}/slow`),
      { ...CALL, signal: abort.signal },
      here,
    );
    abort.abort();
    await expect(answer.toArray()).rejects.toMatchObject({ code: 'ABORT_ERR' });
  });
});

describe('by TLS', () => {
  const certificate = selfSigned();
  const file = join(folder, 'authority.pem');
  writeFileSync(file, `Our own authority\n${certificate.cert}`);
  const trusting = { EXTRA_CA_FILE: file };

  async function startHttps(options: object = {}): Promise<{ url: string; close: () => void }> {
    const secure: Server = createHttps({ ...certificate, ...options }, (request, response) =>
      response.end(`secure, by ${request.headers.host}`),
    );
    await new Promise<void>((done) => secure.listen(0, '127.0.0.1', done));
    closing.push(
      () => secure.closeAllConnections(),
      () => secure.close(),
    );
    return { url: `https://localhost:${portOf(secure)}/`, close: () => secure.close() };
  }

  it('a server is believed whose authority is in EXTRA_CA_FILE, by name and by address, and no other', async () => {
    const { url } = await startHttps();
    expect(await ask(url, here, { env: trusting })).toMatchObject({ status: 200 });
    expect(await ask(url.replace('localhost', '127.0.0.1'), here, { env: trusting })).toMatchObject({
      status: 200,
    });
    const refused = ask(url, here);
    await expect(refused).rejects.toMatchObject({ code: 'certificate-refused', sort: 'retry' });
    await expect(refused).rejects.toThrow(/EXTRA_CA_FILE/);
  });

  it('a certificate for another name is refused, also when the runtime is told to check none', async () => {
    const { url } = await startHttps();
    const other = url.replace('localhost', 'ehr.example');
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const asked = ask(other, here, { env: trusting, resolve: names(['127.0.0.1']) });
      await expect(asked).rejects.toMatchObject({ code: 'certificate-refused' });
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it('nothing older than 1.2 is spoken', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    const { url } = await startHttps(old);
    await expect(ask(url, here, { env: trusting })).rejects.toMatchObject({ code: 'network-unreachable' });
    const { url: newer } = await startHttps({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
    expect(await ask(newer, here, { env: trusting })).toMatchObject({ status: 200 });
    // Also not where the runtime is told to.
    const before = [tls.DEFAULT_MIN_VERSION, tls.DEFAULT_CIPHERS] as const;
    [tls.DEFAULT_MIN_VERSION, tls.DEFAULT_CIPHERS] = ['TLSv1', 'DEFAULT@SECLEVEL=0'];
    try {
      await expect(ask(url, here, { env: trusting })).rejects.toMatchObject({ code: 'network-unreachable' });
    } finally {
      [tls.DEFAULT_MIN_VERSION, tls.DEFAULT_CIPHERS] = before;
    }
  });

  it('a server is told by which name it is called, never an address, and that HTTP/1.1 is spoken', async () => {
    const told: unknown[] = [];
    const secure = createHttps({ ...certificate, ALPNProtocols: ['h2', 'http/1.1'] }, (_, response) =>
      response.end('secure'),
    );
    secure.on('secureConnection', ({ servername, alpnProtocol }) => told.push([servername, alpnProtocol]));
    await new Promise<void>((done) => secure.listen(0, '127.0.0.1', done));
    closing.push(
      () => secure.closeAllConnections(),
      () => secure.close(),
    );
    for (const host of ['localhost', '127.0.0.1'])
      await ask(`https://${host}:${portOf(secure)}/`, here, { env: trusting });
    expect(told).toEqual([
      ['localhost', 'http/1.1'],
      [false, 'http/1.1'],
    ]);
  });

  it("the runtime's own authorities are believed beside those of a file", () => {
    const all = readAuthorities(trusting);
    expect(all).toEqual([...tls.getCACertificates('default'), certificate.cert.trim()]);
    expect(readAuthorities({})).toBeUndefined();
  });

  it('a file is read as one of authorities only up to 4 MiB', () => {
    const path = join(folder, 'long.pem');
    writeFileSync(path, certificate.cert + ' '.repeat(4 * 1024 * 1024 - certificate.cert.length));
    expect(readAuthorities({ EXTRA_CA_FILE: path })?.at(-1)).toBe(certificate.cert.trim());
    writeFileSync(path, certificate.cert + ' '.repeat(4 * 1024 * 1024 - certificate.cert.length + 1));
    expect(() => readAuthorities({ EXTRA_CA_FILE: path })).toThrow(/holds none/);
  });

  it.each([
    ['/nowhere.pem', /cannot be read \(ENOENT\)/],
    [join(folder, 'empty.pem'), /holds none/],
    [join(folder, 'broken.pem'), /certificate 1 .* cannot be read/],
  ])('a file of authorities that cannot be used stops the start: %s', (path, words) => {
    writeFileSync(join(folder, 'empty.pem'), 'nothing');
    writeFileSync(
      join(folder, 'broken.pem'),
      '-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n',
    );
    expect(() => openOutbound({ EXTRA_CA_FILE: path })).toThrow(words);
  });

  describe('through a proxy', () => {
    const named: Reach = { networks: [], hosts: ['localhost.test', '*.storage.test'] };

    async function behind(options: Parameters<typeof startProxy>[0] = {}) {
      const { url } = await startHttps(signedBy(certificate, ['localhost.test', 'a.storage.test']));
      const target = Number(new URL(url).port);
      const proxy = await startProxy({
        names: { 'localhost.test': target, 'a.storage.test': target, '192.0.2.7': target },
        ...options,
      });
      closing.push(() => proxy.close());
      const HTTPS_PROXY = `http${options?.certificate ? 's' : ''}://127.0.0.1:${proxy.port}`;
      return { proxy, url: 'https://localhost.test/', env: { ...trusting, HTTPS_PROXY } };
    }

    it.each([
      ['by http', {}],
      ['by https', { certificate: signedBy(certificate, []) }],
    ])(
      'a host that the connection names is asked, by its name, which is not looked up here (%s)',
      async (_, options) => {
        const { proxy, url, env } = await behind(options);
        const resolve = names(['10.0.0.1']);
        expect(await ask(url, named, { env, resolve })).toEqual({
          status: 200,
          text: 'secure, by localhost.test',
        });
        expect(await ask('https://a.storage.test/', named, { env, resolve })).toMatchObject({ status: 200 });
        expect(proxy.asked).toEqual([
          { line: 'CONNECT localhost.test:443 HTTP/1.1', authorization: undefined },
          { line: 'CONNECT a.storage.test:443 HTTP/1.1', authorization: undefined },
        ]);
        expect(resolve.asked).toBe(0);
      },
    );

    it("the certificate is the server's, and checked by its name", async () => {
      const { url, env } = await behind();
      await expect(ask(url, named, { env: { HTTPS_PROXY: env.HTTPS_PROXY } })).rejects.toMatchObject({
        code: 'certificate-refused',
      });
      const other = await startHttps(signedBy(certificate, ['other.test']));
      const wrong = await behind({ names: { 'localhost.test': Number(new URL(other.url).port) } });
      await expect(ask(url, named, { env: wrong.env })).rejects.toMatchObject({
        code: 'certificate-refused',
      });
    });

    it('this machine is never asked through it', async () => {
      const { proxy, env } = await behind();
      const { url } = await startHttps();
      for (const direct of [url, url.replace('localhost', '127.0.0.1')])
        expect(await ask(direct, { ...here, hosts: ['localhost', '127.0.0.1'] }, { env })).toMatchObject({
          status: 200,
        });
      expect(proxy.asked).toEqual([]);
    });

    it('no other host is asked, and no address that may not be asked', async () => {
      const { proxy, env } = await behind();
      await expect(ask('https://elsewhere.test/', named, { env })).rejects.toMatchObject({
        code: 'host-not-named',
      });
      await expect(ask('https://evil-localhost.test/', named, { env })).rejects.toMatchObject({
        code: 'host-not-named',
      });
      await expect(ask('https://storage.test/', named, { env })).rejects.toMatchObject({
        code: 'host-not-named',
      });
      await expect(ask('https://elsewhere.test/', named, { env })).rejects.toThrow(
        /"allowed_hosts": \["elsewhere\.test"\]/,
      );
      for (const address of ['10.0.0.1', '169.254.169.254', '[::ffff:10.0.0.1]']) {
        const url = new URL(`https://${address}/`);
        const asked = ask(url.href, { networks: [], hosts: [url.hostname] }, { env });
        await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/^address-/) });
      }
      expect(proxy.asked).toEqual([]);
    });

    it.each([
      ['localhost.test', true],
      ['.test', true],
      ['*.test', true],
      ['test:443', true],
      ['test:8443', false],
      ['other.test, localhost.test', true],
      ['*', true],
      ['host.test', false],
    ])('is left out for hosts of NO_PROXY: %s', async (NO_PROXY, isDirect) => {
      const { proxy, url, env } = await behind();
      const resolve = names(['10.0.0.1']);
      const asked = ask(url, named, { env: { ...env, NO_PROXY }, resolve });
      // Directly, the address counts and not the name.
      if (isDirect) await expect(asked).rejects.toMatchObject({ code: 'address-refused' });
      else expect(await asked).toMatchObject({ status: 200 });
      expect(proxy.asked.length).toBe(isDirect ? 0 : 1);
    });

    it('its user and password are sent to it, and are in no error', async () => {
      const { proxy, url, env } = await behind({ credentials: 'me:s3cret@' });
      const withUser = { ...env, HTTPS_PROXY: `http://me:s3cret%40@127.0.0.1:${proxy.port}` };
      expect(await ask(url, named, { env: withUser })).toMatchObject({ status: 200 });
      const wrong = { ...env, HTTPS_PROXY: `http://me:wr0ng@127.0.0.1:${proxy.port}` };
      const refused = await ask(url, named, { env: wrong }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'proxy-refused', message: expect.stringContaining('407') });
      expect(String(refused)).not.toContain('wr0ng');
    });

    it.each([
      ['HTTP/1.1 502 Bad Gateway\r\n\r\n', '502'],
      ['HTTP/1.1 200 OK\r\n\r\nmore', '200'],
      ['nonsense\r\n\r\n', 'no status'],
      [`HTTP/1.1 200 OK\r\n${'x-flood: x\r\n'.repeat(2000)}`, 'a head without an end'],
    ])('what it says that is no tunnel is an error', async (says, found) => {
      const { url, env } = await behind({ says });
      await expect(ask(url, named, { env })).rejects.toMatchObject({
        ...{ code: 'proxy-refused', sort: 'retry' },
        message: expect.stringContaining(`answered ${found}`),
      });
    });

    it.each(['proxy.example:3128', 'socks5://proxy.example', 'nonsense'])(
      'one that cannot be used stops the start, without repeating it: %s',
      (HTTPS_PROXY) => expect(() => openOutbound({ HTTPS_PROXY })).toThrow(/HTTPS_PROXY: expected the URL/),
    );
  });
});

function portOf(listening: { address(): ReturnType<Server['address']> }): number {
  const address = listening.address();
  return address && typeof address === 'object' ? address.port : 0;
}
