/** Makes calls of every kind to servers of its own, and prints how each ended: run by Node and by Deno, and compared. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOutbound } from '../../jobs/outbound/outbound.ts';
import type { Reach, Resolve } from '../../jobs/outbound/reach.ts';
import { SyncError } from '../../jobs/step/errors.ts';
import { selfSigned, signedBy } from '../ehr/certificate.ts';
import { startProxy } from './proxy-server.ts';

const authority = selfSigned();
const folder = mkdtempSync(join(tmpdir(), 'calls-'));
const EXTRA_CA_FILE = join(folder, 'authority.pem');
writeFileSync(EXTRA_CA_FILE, authority.cert);

const plain = createServer((request, response) => {
  if (request.url === '/silent') return;
  if (request.url === '/flood') response.setHeader('x-flood', 'x'.repeat(40_000));
  response.end('plain');
});
const secure = createHttps(signedBy(authority, ['localhost', 'ehr.test']), (_, response) => {
  response.end('secure');
});
const demanding = createHttps(
  {
    ...signedBy(authority, ['localhost']),
    requestCert: true,
    rejectUnauthorized: true,
    ca: [authority.cert],
  },
  (_, response) => {
    response.end('let in');
  },
);
const [http, https, mutual] = await Promise.all(
  [plain, secure, demanding].map(async (server) => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    return address && typeof address === 'object' ? address.port : 0;
  }),
);
const names = { 'ehr.test': https ?? 0 };
const proxy = await startProxy({ names });
const secureProxy = await startProxy({ names, certificate: signedBy(authority, []) });

const here: Reach = { networks: ['127.0.0.0/8', '::1'], hosts: ['ehr.test'] };
const nowhere: Reach = { networks: [], hosts: [] };
const at =
  (address: string): Resolve =>
  (_, __, done) =>
    done(null, [{ address, family: 4 }]);

async function ask(url: string, reach: Reach, env = {}, resolve?: Resolve, path = '/'): Promise<string> {
  const call = { headers: {}, firstByteMs: 1000, idleMs: 1000 };
  try {
    const openKey = async ({ sealedKey }: { sealedKey: string }) => sealedKey;
    const outbound = openOutbound(env, { openKey, ...(resolve ? { resolve } : {}) });
    const answer = await outbound.request(new URL(path, url), call, reach);
    return (await answer.toArray()).join('');
  } catch (error) {
    return error instanceof SyncError ? error.code : 'another error';
  }
}

const trusting = { EXTRA_CA_FILE };
const ours = signedBy(authority, ['client']);
const showing: Reach = {
  ...here,
  identity: { name: 'ours', certificate: ours.cert, sealedKey: ours.key, connection: 1, goesTo: () => true },
};
const through = { ...trusting, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
const ended = {
  allowed: await ask(`http://127.0.0.1:${http}`, here),
  refused: await ask(`http://127.0.0.1:${http}`, nowhere),
  refusedMapped: await ask(`http://[::ffff:127.0.0.1]:${http}`, nowhere),
  allowedName: await ask(`http://x.test:${http}`, here, {}, at('127.0.0.1')),
  refusedName: await ask(`http://x.test:${http}`, nowhere, {}, at('127.0.0.1')),
  metadata: await ask(`http://x.test:${http}`, here, {}, at('169.254.169.254')),
  flood: await ask(`http://127.0.0.1:${http}`, here, {}, undefined, '/flood'),
  silent: await ask(`http://127.0.0.1:${http}`, here, {}, undefined, '/silent'),
  nobody: await ask('http://127.0.0.1:1', here),
  strangeAuthority: await ask(`https://localhost:${https}`, here),
  ownAuthority: await ask(`https://localhost:${https}`, here, trusting),
  byAddress: await ask(`https://127.0.0.1:${https}`, here, trusting),
  otherName: await ask(`https://other.test:${https}`, here, trusting, at('127.0.0.1')),
  shown: await ask(`https://localhost:${mutual}`, showing, trusting),
  notShown: await ask(`https://localhost:${mutual}`, here, trusting),
  proxied: await ask('https://ehr.test', here, through),
  proxiedByTls: await ask('https://ehr.test', here, {
    ...trusting,
    HTTPS_PROXY: `https://127.0.0.1:${secureProxy.port}`,
  }),
  proxiedElsewhere: await ask('https://elsewhere.test', here, through),
};
console.log(JSON.stringify(ended));
rmSync(folder, { recursive: true });
process.exit(0);
