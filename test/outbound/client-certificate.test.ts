/** Certificates that connections show (mTLS): what is taken, where they are shown, and where they never are. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { watchStep } from '../../jobs/alerts/watch.ts';
import { opensKeys, placeOfKey, readClientCertificate } from '../../jobs/connection/client-certificate.ts';
import { readConnection } from '../../jobs/connection/connection.ts';
import { seal, unseal } from '../../jobs/connection/secrets.ts';
import { mayHaveCertificate, reachOf } from '../../jobs/fhir/known-hosts.ts';
import { createTokens } from '../../jobs/fhir/token/tokens.ts';
import { neverLeft, openOutbound } from '../../jobs/outbound/outbound.ts';
import type { Identity, Reach } from '../../jobs/outbound/reach.ts';
import { SyncError } from '../../jobs/step/errors.ts';
import { commandHere } from '../cli/command-line.ts';
import { type Certificate, selfSigned, signedBy } from '../ehr/certificate.ts';
import { inLongRun } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { startRun } from '../world/verbs.ts';
import { drain, openTestWorld, runOf } from '../world/world.ts';
import { LOOPBACK } from './local.ts';
import { startProxy } from './proxy-server.ts';

const world = await openTestWorld();
const { sql } = world;
const folder = mkdtempSync(join(tmpdir(), 'client-certificate-'));
const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
  rmSync(folder, { recursive: true });
  await world.close();
});

/** Of servers, of clients, and one that nobody knows. */
const [servers, clients, strangers] = [selfSigned(), selfSigned(), selfSigned()];
const DAY = 86_400_000;
const past = { from: new Date(Date.now() - 20 * DAY), until: new Date(Date.now() - DAY) };
const ours = signedBy(clients, ['client']);
const EXTRA_CA_FILE = join(folder, 'servers.pem');
writeFileSync(EXTRA_CA_FILE, servers.cert);

interface Demanding {
  readonly port: number;
  /** Of each request: the fingerprint of the certificate that was shown. */
  readonly shown: (string | undefined)[];
}

/** Lets nobody in without a certificate of `clients`; with `rejectUnauthorized: false` it only looks. */
async function demanding(
  options: ServerOptions = {},
  answer = (_: IncomingMessage, response: ServerResponse): void => void response.end('secure'),
): Promise<Demanding> {
  const shown: (string | undefined)[] = [];
  const server = createServer(
    {
      ...signedBy(servers, ['localhost', 'ehr.test', 'files.test']),
      ...{ requestCert: true, rejectUnauthorized: true, ca: [clients.cert] },
      ...options,
    },
    (request, response) => {
      const peer = (request.socket as TLSSocket).getPeerCertificate();
      shown.push(peer.fingerprint256);
      answer(request, response);
    },
  );
  server.on('tlsClientError', () => {});
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const address = server.address();
  return { port: address && typeof address === 'object' ? address.port : 0, shown };
}

/** Answers the first words of TLS with a fatal alert, as servers do that check for themselves; 48: unknown authority. */
async function startAlerting(alert: number): Promise<number> {
  const server = createTcp((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, alert])));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => server.close());
  const address = server.address();
  return address && typeof address === 'object' ? address.port : 0;
}

const identity = ({ cert, key }: Certificate, goesTo = (_: URL) => true): Identity => ({
  ...{ name: cert, certificate: cert, sealedKey: key, connection: 1 },
  goesTo,
});
const openKey = async ({ sealedKey }: Identity) => sealedKey;

async function ask(url: string, shows?: Identity, env = {}, hosts: string[] = []): Promise<string> {
  const reach: Reach = { networks: LOOPBACK, hosts, identity: shows };
  const outbound = openOutbound({ EXTRA_CA_FILE, ...env }, { openKey });
  const call = { headers: {}, firstByteMs: 5000, idleMs: 5000 };
  const answer = await outbound.request(new URL(url), call, reach);
  return (await answer.toArray()).join('');
}

describe('a server that demands a certificate', () => {
  it.each(['TLSv1.3', 'TLSv1.2'] as const)('(%s) is shown ours, and answers', async (version) => {
    const server = await demanding({ maxVersion: version });
    expect(await ask(`https://localhost:${server.port}/`, identity(ours))).toBe('secure');
    expect(server.shown).toEqual([expect.stringMatching(/^[0-9A-F:]{95}$/)]);
  });

  it.each(['TLSv1.3', 'TLSv1.2'] as const)(
    '(%s) refuses us without one, and the error says so and what to do',
    async (maxVersion) => {
      const server = await demanding({ maxVersion });
      const refused = await ask(`https://localhost:${server.port}/`).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'client-certificate-refused', sort: 'give-up' });
      expect(String(refused)).toMatch(/wants? a certificate, and we have none for it/);
      expect(String(refused)).toMatch(/client_certificate_pem/);
      // So that a kick-off that was refused like this may be tried again.
      expect(refused instanceof SyncError && neverLeft(refused)).toBe(true);
      expect(server.shown).toEqual([]);
    },
  );

  it.each([
    ['of another authority', signedBy(strangers, ['client'])],
    ['that has expired', signedBy(clients, ['client'], past)],
  ])('that hangs up on one %s without a word is told of with what may be the reason', async (_, shown) => {
    for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const) {
      const server = await demanding({ maxVersion });
      const refused = ask(`https://localhost:${server.port}/`, identity(shown));
      await expect(refused).rejects.toThrow(/perhaps over the certificate that we showed/);
      expect(server.shown).toEqual([]);
    }
  });

  it('that says in TLS what is wrong with ours is understood', async () => {
    const told = await startAlerting(48);
    const refused = ask(`https://localhost:${told}/`, identity(ours));
    await expect(refused).rejects.toMatchObject({ code: 'client-certificate-refused' });
    await expect(refused).rejects.toThrow(/refused the certificate that we showed \(\w+UNKNOWN_CA\)/);
  });

  it('is shown ours through a proxy, which is not', async () => {
    const server = await demanding();
    const proxy = await startProxy({
      names: { 'ehr.test': server.port },
      certificate: signedBy(servers, []),
    });
    closing.push(() => proxy.close());
    const env = { HTTPS_PROXY: `https://127.0.0.1:${proxy.port}` };
    expect(await ask('https://ehr.test/', identity(ours), env, ['ehr.test'])).toBe('secure');
    expect(server.shown).toHaveLength(1);
  });

  it('is shown nothing at an address where it does not belong, also on a connection that is kept', async () => {
    const server = await demanding({ rejectUnauthorized: false });
    const outbound = openOutbound({ EXTRA_CA_FILE }, { openKey });
    const shows = identity(ours, ({ hostname }) => hostname === 'localhost');
    const reach: Reach = { networks: LOOPBACK, hosts: [], identity: shows };
    for (const [host, others] of [
      ['localhost', reach],
      ['127.0.0.1', reach],
      ['localhost', { ...reach, identity: undefined }],
      ['localhost', { ...reach, identity: identity(signedBy(clients, ['next'])) }],
    ] as const) {
      const url = new URL(`https://${host}:${server.port}/`);
      const answer = await outbound.request(url, { headers: {}, firstByteMs: 5000, idleMs: 5000 }, others);
      await answer.toArray();
    }
    const [first, ...rest] = server.shown;
    expect(first).toBeDefined();
    expect(rest).toEqual([undefined, undefined, expect.any(String)]);
    expect(rest[2]).not.toBe(first);
  });
});

describe('where a certificate belongs', () => {
  const of = (more: object = {}) => ({
    ...{
      connection_id: 1,
      ehr_vendor: 'cerner',
      client_certificate: 'c',
      client_certificate_key_sealed: 'k',
    },
    ...{ fhir_base_url: 'https://fhir-ehr.cerner.com/r4', token_endpoint: 'https://login.example/token' },
    config: {
      token_hosts: ['files.example:8443'],
      allowed_networks: [],
      allowed_hosts: ['s3.example'],
      allow_http: true,
    },
    ...more,
  });

  it.each([
    ['https://fhir-ehr.cerner.com/r4/Patient', true],
    ['https://login.example/token', true],
    ['https://authorization.cerner.com/token', true],
    ['https://files.example:8443/1', true],
    ['https://files.example/1', false],
    ['https://login.example:444/token', false],
    ['https://fhir-ehr.cerner.com:8443/r4', false],
    ['https://authorization.cerner.com:8443/token', false],
    ['https://s3.example/1', false],
    ['https://fhir-ehr.cerner.com.evil.example/r4', false],
    ['http://fhir-ehr.cerner.com/r4', false],
  ])('%s: %s', (url, belongs) => {
    expect(mayHaveCertificate(of(), new URL(url))).toBe(belongs);
    expect(reachOf(of()).identity?.goesTo(new URL(url))).toBe(belongs);
  });

  it('is nowhere without one', () => {
    expect(reachOf(of({ client_certificate: null })).identity).toBeUndefined();
    expect(reachOf(of({ client_certificate_key_sealed: null })).identity).toBeUndefined();
  });
});

describe('a certificate that is entered', () => {
  const now = new Date();
  const soon = { from: new Date(now.getTime() + DAY), until: new Date(now.getTime() + 2 * DAY) };
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const weak = rsa.export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicKey = createPublicKey(ours.key).export({ type: 'spki', format: 'pem' }).toString();

  it('is taken with its key and its chain', () => {
    const read = readClientCertificate({ certificate: `${ours.cert}${clients.cert}`, key: ours.key }, now);
    expect(read.chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(read.expiresAt.toISOString()).toBe('2099-01-01T00:00:00.000Z');
    const pasted = { certificate: ours.cert.replaceAll('\n', '\\n'), key: ours.key.replaceAll('\n', '\\n') };
    expect(readClientCertificate(pasted, now).chain).toContain('\n');
  });

  it.each([
    ['another key', { key: signedBy(clients, []).key }, 'the key is not that of the certificate'],
    [
      'one in the wrong order',
      { certificate: `${clients.cert}${ours.cert}` },
      'the key is that of certificate 2',
    ],
    ['the public key', { key: publicKey }, 'expected the private key, got the public half'],
    ['the certificate for the key', { key: ours.cert }, 'expected the private key, got the public half'],
    ['the key for the certificate', { certificate: ours.key }, 'got a PEM block "PRIVATE KEY"'],
    ['no PEM', { certificate: 'MIIB' }, 'got none'],
    ['a cut certificate', { certificate: ours.cert.replace(/\n.{64}\n/, '\n') }, 'cannot be read'],
    ['one that has expired', signedBy(clients, [], past), 'it has expired on 20'],
    ['one of later', signedBy(clients, [], soon), 'it is valid from 20'],
    ['a weak key', { key: weak }, 'RSA keys need at least 2048 bits'],
  ])('%s is refused with the reason', (_, given, reason) => {
    const { cert: certificate, key } = ours;
    const asked =
      'cert' in given ? { certificate: given.cert, key: given.key } : { certificate, key, ...given };
    const read = () => readClientCertificate(asked, now);
    expect(read).toThrow(reason);
    expect(read).toThrow(expect.objectContaining({ code: 'client-certificate-invalid' }));
    expect(read).not.toThrow(/BEGIN (EC )?PRIVATE KEY.*\n/);
  });

  const outbound = openOutbound({ EXTRA_CA_FILE }, { openKey: opensKeys(world.deps.keyring) });
  const deps = {
    ...world.deps,
    outbound,
    tokens: createTokens({ keyring: world.deps.keyring, clock: world.clock, outbound }),
  };
  const app = createApp({ ...deps, config: { adminToken: 'the-token-of-the-admin' } });
  const call = async (method: string, path: string, body?: object) => {
    const headers = { authorization: 'Bearer the-token-of-the-admin', 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await app.request(`/api/v1/admin/fhir-connections${path}`, { method, headers, ...sent });
    return { status: answer.status, text: await answer.text() };
  };
  const entered = { client_certificate_pem: ours.cert, client_certificate_key_pem: ours.key };
  const secret = (text: string) =>
    text.split('\n').filter((line) => line.length > 20 && !line.includes('-----'));

  it('is stored sealed, never given out, and cleared when its destination changes', async () => {
    const site = await world.site();
    const stored = await call('PUT', `/${site.id}`, entered);
    expect(stored).toMatchObject({ status: 200 });
    expect(JSON.parse(stored.text)).toMatchObject({
      client_certificate_expires_at: '2099-01-01T00:00:00.000Z',
    });
    const audit = JSON.stringify(await sql`select * from audit_event`);
    const row = JSON.stringify(await sql`select * from connection where connection_id = ${site.id}`);
    const told = stored.text + (await call('GET', `/${site.id}`)).text + audit + row + world.logged();
    for (const line of secret(ours.key)) expect(told).not.toContain(line);
    expect(audit).toContain('"client_certificate":"set"');
    const { client_certificate_key_sealed: sealed } = await readConnection(sql, site.id);
    await expect(unseal(deps.keyring, placeOfKey(site.id), sealed ?? '')).resolves.toContain('PRIVATE KEY');
    await expect(unseal(deps.keyring, placeOfKey(site.id + 1), sealed ?? '')).rejects.toThrow(
      'not where it was stored',
    );
    const moved = await call('PUT', `/${site.id}`, { token_endpoint: 'https://elsewhere.example/token' });
    expect(JSON.parse(moved.text)).toMatchObject({
      ...{ client_certificate_expires_at: null, credentials_cleared: ['token_endpoint'] },
    });
    expect((await readConnection(sql, site.id)).client_certificate_key_sealed).toBeNull();
  });

  it('is told of as cleared where only the secret is entered anew with another destination', async () => {
    const site = await world.site();
    await call('PUT', `/${site.id}`, entered);
    const cleared = async () => JSON.parse((await call('GET', `/${site.id}`)).text).credentials_cleared;
    const elsewhere = (host: string) => ({ token_endpoint: `https://${host}.example/token` });
    await call('PUT', `/${site.id}`, { ...elsewhere('a'), client_secret: 'another' });
    expect(await cleared()).toEqual(['token_endpoint']);
    // Still so when the destination changes once more, and when the secret is entered later.
    await call('PUT', `/${site.id}`, elsewhere('b'));
    await call('PUT', `/${site.id}`, { client_secret: 'a third' });
    expect(await cleared()).toEqual(['token_endpoint']);
    await call('PUT', `/${site.id}`, entered);
    expect(await cleared()).toEqual([]);
    await call('PUT', `/${site.id}`, { ...elsewhere('c'), ...entered, client_secret: 'a fourth' });
    expect(await cleared()).toEqual([]);
    await call('PUT', `/${site.id}`, { ...elsewhere('d'), client_secret: 'a fifth' });
    expect(await cleared()).toEqual(['token_endpoint']);
    await call('PUT', `/${site.id}`, { client_certificate_pem: null, client_certificate_key_pem: null });
    expect(await cleared()).toEqual([]);
  });

  it('needs its key, and is taken away with it', async () => {
    const site = await world.site();
    for (const half of [{ client_certificate_pem: ours.cert }, { client_certificate_key_pem: ours.key }]) {
      const answer = await call('PUT', `/${site.id}`, half);
      expect(answer).toMatchObject({ status: 400 });
      expect(answer.text).toContain('given together');
    }
    const wrong = await call('PUT', `/${site.id}`, { ...entered, client_certificate_key_pem: clients.key });
    expect(wrong).toMatchObject({
      status: 400,
      text: expect.stringContaining('not that of the certificate'),
    });
    await call('PUT', `/${site.id}`, entered);
    const gone = await call('PUT', `/${site.id}`, { client_certificate_pem: null });
    expect(JSON.parse(gone.text)).toMatchObject({ client_certificate_expires_at: null });
  });

  it('is shown by a whole sync to the EHR that demands it, and not to where its files lead', async () => {
    const lines = `${JSON.stringify(patient('p'))}\n`;
    const storage = await demanding({ rejectUnauthorized: false }, (_, response) => {
      response.setHeader('content-type', 'application/fhir+ndjson');
      response.end(lines);
    });
    const certificate = {
      ...signedBy(servers, ['localhost']),
      ...{ requestCert: true, rejectUnauthorized: true, ca: [clients.cert] },
    };
    const site = await world.site({ certificate });
    site.ehr.load([patient('p'), observation('o', 'p')]);
    site.ehr.faults.push({
      on: 'file',
      match: ({ path }) => path.includes('Patient'),
      do: { status: 302, headers: { location: `https://localhost:${storage.port}/signed` }, body: '' },
    });
    const sync = async () => {
      const { run_id } = await startRun(deps, {
        connection_id: site.id,
        triggered_by: 'test',
        force_full: true,
      });
      await drain(deps, world.clock);
      return await runOf(sql, run_id);
    };
    expect(await sync()).toMatchObject({ status: 'failed', error_code: 'client-certificate-refused' });
    const tested = await call('POST', `/${site.id}/test`, {});
    expect(tested.text).toContain('wants a certificate');
    const tried = await call('POST', `/${site.id}/test`, entered);
    expect(JSON.parse(tried.text)).toMatchObject({ status: 'ok' });
    await call('PUT', `/${site.id}`, entered);
    expect(await sync()).toMatchObject({ status: 'completed' });
    expect(new URL(site.ehr.url).hostname).toBe('127.0.0.1');
    expect(storage.shown).toEqual([undefined]);
  });

  inLongRun(it)(
    'is entered by command line, warned of by the doctor and an alert 30 days before its end, until there is another',
    async () => {
      const site = await world.site();
      const { site_key } = await readConnection(sql, site.id);
      const ends = { from: past.from, until: new Date(Date.now() + 20 * DAY) };
      const short = signedBy(clients, ['client'], ends);
      const files = { certificate: join(folder, 'client.pem'), key: join(folder, 'client.key') };
      const settings = { url: world.database.url, encryptionKey: world.encryptionKey };
      const enter = async (from: Certificate, mode = 0o600) => {
        rmSync(files.key, { force: true });
        writeFileSync(files.certificate, from.cert);
        writeFileSync(files.key, from.key, { mode });
        return await commandHere(settings, [
          ...['keys', 'certificate', '--connection', site_key],
          ...['--certificate', files.certificate, '--key', files.key],
        ]);
      };
      const watch = async () => {
        const commit = (work: (tx: never) => Promise<unknown>) => sql.begin((tx) => work(tx as never));
        await watchStep(deps, { commit, payload: {} } as never);
        return await sql`
        select kind, message, resolved_at is null as open from alert where connection_id = ${site.id}`;
      };
      expect(await enter(short, 0o644)).toMatchObject({
        code: 1,
        errors: expect.stringContaining('chmod 600'),
      });
      expect(await enter(short)).toMatchObject({
        code: 0,
        said: expect.stringContaining('It expires at 20'),
      });
      expect(await watch()).toEqual([
        { kind: 'certificate-expires', message: expect.stringMatching(/expires on 20/), open: true },
      ]);
      expect((await commandHere(settings, ['doctor'])).said).toMatch(
        /its client certificate expires in (19|20) days/,
      );
      expect(await enter(ours)).toMatchObject({ code: 0 });
      expect(await watch()).toMatchObject([{ open: false }]);
      const removed = await commandHere(settings, [
        'keys',
        'certificate',
        '--connection',
        site_key,
        '--remove',
      ]);
      expect(removed).toMatchObject({ code: 0, said: expect.stringContaining('none any more') });
    },
  );

  inLongRun(it)('is sealed again when keys are rotated', async () => {
    const site = await world.site();
    const sealed = await seal(deps.keyring, placeOfKey(site.id), ours.key);
    await sql`
      update connection set client_certificate = ${ours.cert}, client_certificate_key_sealed = ${sealed},
        client_certificate_expires_at = now() + interval '1 year'
      where connection_id = ${site.id}`;
    const young = Buffer.alloc(32, 9).toString('base64');
    const { said } = await commandHere(
      { url: world.database.url, encryptionKey: young, env: { ENCRYPTION_KEYS_OLD: world.encryptionKey } },
      ['keys', 'rotate-encryption'],
    );
    expect(said).toContain('connection.client_certificate_key_sealed');
    expect((await readConnection(sql, site.id)).client_certificate_key_sealed).not.toBe(sealed);
  });
});
