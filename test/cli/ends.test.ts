/** A command that cannot start says why and ends, whatever it has opened by then. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { newDatabase } from '../database.ts';

const db = await newDatabase();
const folder = mkdtempSync(join(tmpdir(), 'fhir-omop-sync-ends-'));
afterAll(async () => {
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

const file = join(folder, 'file');
writeFileSync(file, '');
const key = randomBytes(32).toString('base64');

async function status(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const main = new URL('../../app/cli/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, 'status'], {
    env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'silent', ...env },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, said };
}

it.each([
  ['there is no key', () => ({ DATABASE_URL: db.url }), 'ENCRYPTION_KEY'],
  ['the key is malformed', () => ({ DATABASE_URL: db.url, ENCRYPTION_KEY: 'x' }), 'ENCRYPTION_KEY'],
  [
    'an address of alerts is none',
    () => ({ DATABASE_URL: db.url, ENCRYPTION_KEY: key, ALERT_WEBHOOK_URL: 'x' }),
    'ALERT_WEBHOOK',
  ],
  ['the folder of data is a file', () => ({ DATA_DIR: file }), 'ENOTDIR'],
  ['the folder of data lies in a file', () => ({ DATA_DIR: join(file, 'data') }), 'ENOTDIR'],
  ['the folder of data cannot be made', () => ({ DATA_DIR: '/proc/fhir-omop-sync' }), 'ENOENT'],
])('where %s', async (_, env, says) => {
  const { code, said } = await status(env());
  expect(said).toContain(says);
  expect(code).toBe(1);
});
