import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeError } from '../../jobs/step/describe-error.ts';
import { openQueue } from '../../jobs/step/queue.ts';
import { connect } from '../../sql/connect.ts';
import { DEFAULT_SCHEMAS } from '../../sql/default-schemas.ts';
import { unprivilegedAccount } from '../../sql/embedded/account.ts';
import { removeEmbedded, startEmbedded } from '../../sql/embedded.ts';
import { readTls } from '../../sql/tls.ts';
import { selfSigned } from '../ehr/certificate.ts';

const files = mkdtempSync(join(tmpdir(), 'fhir-omop-sync-tls-'));
chmodSync(files, 0o755);
const [ours, other] = [selfSigned({ address: false }), selfSigned()];
const paths = {
  ours: join(files, 'ours.pem'),
  other: join(files, 'other.pem'),
  key: join(files, 'ours.key'),
};
writeFileSync(paths.ours, ours.cert);
writeFileSync(paths.other, other.cert);
writeFileSync(paths.key, ours.key, { mode: 0o600 });
const { uid, gid } = unprivilegedAccount();
if (uid !== undefined && gid !== undefined) chownSync(paths.key, uid, gid);
const dataDir = join(files, 'data');
const server = await startEmbedded({
  dataDir,
  settings: ['fsync=off', 'ssl=on', `ssl_cert_file=${paths.ours}`, `ssl_key_file=${paths.key}`],
});
afterAll(async () => {
  await server.close();
  removeEmbedded(dataDir);
  rmSync(files, { recursive: true, force: true });
});

/** By the name "localhost", which the certificate has, or by the address 127.0.0.1, which it lacks. */
function at(host: string, query: string): string {
  const url = new URL(server.url);
  url.hostname = host;
  return `${url.href}?${query}`;
}

async function encryption(url: string): Promise<boolean> {
  const sql = connect(url, DEFAULT_SCHEMAS, { max: 1 });
  try {
    const [row] = await sql<{ ssl: boolean }[]>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`;
    return row?.ssl ?? false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** What the queue's own client does with the same URL. */
async function queueOpens(url: string): Promise<boolean> {
  const queue = await openQueue({ url, schemas: DEFAULT_SCHEMAS, passive: true });
  const answer = await queue.boss
    .getDb()
    .executeSql('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
  await queue.close();
  return answer.rows[0].ssl;
}

describe('a database that offers TLS', () => {
  it.each([
    ['localhost', `sslmode=verify-full&sslrootcert=${paths.ours}`, true],
    ['localhost', `sslmode=verify-full&sslrootcert=${paths.ours}&sslnegotiation=direct`, true],
    ['127.0.0.1', `sslmode=verify-ca&sslrootcert=${paths.ours}`, true],
    ['127.0.0.1', `sslmode=require&sslrootcert=${paths.ours}`, true],
    ['127.0.0.1', 'sslmode=require', true],
    ['localhost', 'sslmode=disable', false],
    ['localhost', '', false],
  ])('by the name %s with "%s" is spoken to: encrypted %s', async (host, query, encrypted) => {
    expect(await encryption(at(host, query))).toBe(encrypted);
    expect(await queueOpens(at(host, query))).toBe(encrypted);
  });

  it.each([
    ['localhost', `sslmode=verify-full&sslrootcert=${paths.other}`],
    ['127.0.0.1', `sslmode=verify-full&sslrootcert=${paths.ours}`],
    ['localhost', 'sslmode=verify-full'],
    ['localhost', 'sslrootcert=system'],
    ['localhost', `sslmode=verify-ca&sslrootcert=${paths.other}`],
    ['localhost', `sslmode=require&sslrootcert=${paths.other}`],
    ['localhost', 'sslmode=verify-ca'],
  ])('by the name %s with "%s" is refused, by the queue too', async (host, query) => {
    const error = await encryption(at(host, query)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'DATABASE_TLS',
      message: expect.stringContaining('sslrootcert=FILE'),
    });
    expect(describeError(error).code).toBe('DATABASE_TLS');
    await expect(queueOpens(at(host, query))).rejects.toThrow(/certificate|altnames/i);
  });
});

it('takes the words from the environment where the URL has none, and the URL first', () => {
  const url = 'postgres://u:p%40@db.example/omop';
  expect(readTls(url, { PGSSLMODE: 'require' }).mode).toBe('require');
  expect(readTls(`${url}?sslmode=verify-ca`, { PGSSLMODE: 'disable' }).mode).toBe('verify-ca');
  expect(readTls(url, { PGSSLROOTCERT: paths.ours }).options?.ca).toBe(ours.cert);
});

it('gives a client certificate, whose key must be open to its owner alone', () => {
  const key = join(files, 'client.key');
  writeFileSync(key, other.key, { mode: 0o600 });
  const url = `postgres://u@db.example/omop?sslcert=${paths.other}&sslkey=${key}`;
  expect(readTls(url, {}).options).toMatchObject({ cert: other.cert, key: other.key });
  chmodSync(key, 0o644);
  expect(() => readTls(url, {})).toThrow(`chmod 600 '${key}'`);
});

it('leaves the other words of the URL as they are', () => {
  const url = 'postgres://u:p@db.example:5433/omop';
  expect(readTls(`${url}?sslmode=require&application_name=x&sslrootcert=${paths.ours}`, {}).url).toBe(
    `${url}?application_name=x`,
  );
  expect(readTls(url, {}).url).toBe(url);
});

it.each([
  ['postgres://u:p@db.example/omop', 'verify-full'],
  ['postgres://u:p@10.0.0.7:5432/omop', 'verify-full'],
  ['postgres://u:localhost@db.example/omop', 'verify-full'],
  ['postgres://localhost:x@db.example/omop', 'verify-full'],
  ['postgres://u:p@localhost.evil.example/omop', 'verify-full'],
  ['postgres://u:p@127.evil.example/omop', 'verify-full'],
  ['postgres://u:p@[::2]:5432/omop', 'verify-full'],
  ['postgres://u:p@localhost,db.example/omop', 'verify-full'],
  ['postgres://u:p@db.example/omop?ssl=true', 'verify-full'],
  ['postgres://u:p@localhost:5432/omop', 'disable'],
  ['postgres://u:p@127.0.0.1:5432/omop', 'disable'],
  ['postgres://u:p@[::1]:5432/omop', 'disable'],
  ['postgres://u:p@%2Fvar%2Frun%2Fpostgresql/omop', 'disable'],
  ['postgres:///omop', 'disable'],
])('%s without a word about it is spoken to with sslmode %s', (url, mode) => {
  expect(readTls(url, {}).mode).toBe(mode);
  expect(readTls(url, {}).options === undefined).toBe(mode === 'disable');
});

it.each([
  ['sslmode=require', /not checked/],
  ['sslmode=prefer', /not checked/],
  ['sslmode=disable', /in clear/],
  ['sslmode=verify-full', undefined],
  [`sslmode=require&sslrootcert=${paths.ours}`, undefined],
])('of a database elsewhere with %s the start says what is amiss', (query, warning) => {
  const found = readTls(`postgres://u:p@db.example/omop?${query}`, {}).warning;
  if (warning) expect(found).toMatch(warning);
  else expect(found).toBeUndefined();
});

it('refuses words that it does not know, and a root certificate that is not there', () => {
  const url = 'postgres://u:p@db.example/omop';
  expect(() => readTls(`${url}?sslmode=verify_full`, {})).toThrow(/expected sslmode to be one of/);
  expect(() => readTls(`${url}?sslmode=require&sslrootcert=system`, {})).toThrow(/verify-full/);
  expect(() => readTls(`${url}?sslrootcert=${files}/none.pem`, {})).toThrow(/none\.pem.*ENOENT/);
});

describe('a server that cannot or will not encrypt', () => {
  it.each([
    ['says no', 'N'],
    ['says something before the encryption', 'SR\0\0\0\x08\0\0\0\0'],
    ['answers with an error', 'E'],
  ])('gets no word of the login when it %s', async (_what, answer) => {
    const heard: Buffer[] = [];
    const sockets: Socket[] = [];
    const deaf = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        heard.push(bytes);
        socket.write(answer);
      });
    });
    await new Promise<void>((done) => deaf.listen(0, '127.0.0.1', done));
    const address = deaf.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    const url = `postgres://somebody:a-password@127.0.0.1:${port}/omop?sslmode=require`;
    await expect(encryption(url)).rejects.toMatchObject({ code: 'DATABASE_TLS' });
    expect(Buffer.concat(heard).toString('hex')).toBe('0000000804d2162f');
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => deaf.close(done));
  });
});
