/** A command that cannot start says why and ends, whatever it has opened by then. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { newDatabase } from '../database.ts';
import { few, inLongRun } from '../long-run.ts';

const db = await newDatabase();
const folder = mkdtempSync(join(tmpdir(), 'fhir-omop-sync-ends-'));
afterAll(async () => {
  await db.drop();
  rmSync(folder, { recursive: true, force: true });
});

const file = join(folder, 'file');
writeFileSync(file, '');
const key = randomBytes(32).toString('base64');

const status = (env: Record<string, string>) => program('app/cli/main.ts', ['status'], env);

async function program(
  file: string,
  words: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; said: string }> {
  const main = new URL(`../../${file}`, import.meta.url).pathname;
  const child = spawn(process.execPath, [main, ...words], {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      LOG_LEVEL: 'silent',
      ...env,
    },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, said };
}

inLongRun(it).each([
  ['there is no key', () => ({ DATABASE_URL: db.url }), 'ENCRYPTION_KEY'],
  [
    'the server has no database of that name',
    () => ({ DATABASE_URL: db.url.replace(/[^/]+$/, 'nowhere'), ENCRYPTION_KEY: key }),
    /no database of that name\. Check user, password and database name in DATABASE_URL/,
  ],
  ['the folder of data is a file', () => ({ DATA_DIR: file }), /\(ENOTDIR\): not a directory, .*'\. Check/],
  ['the key is malformed', () => ({ DATABASE_URL: db.url, ENCRYPTION_KEY: 'x' }), 'ENCRYPTION_KEY'],
  [
    'an address of alerts is none',
    () => ({ DATABASE_URL: db.url, ENCRYPTION_KEY: key, ALERT_WEBHOOK_URL: 'x' }),
    'ALERT_WEBHOOK',
  ],
  [
    'the folder of data lies in a file',
    () => ({ DATA_DIR: join(file, 'data') }),
    /\(ENOTDIR\): not .*'\. Check/,
  ],
  [
    'the folder of data cannot be made',
    () => ({ DATA_DIR: '/proc/fhir-omop-sync' }),
    /\(ENOENT\): no .*'\. Check/,
  ],
])('where %s', async (_, env, says) => {
  const { code, said } = await status(env());
  expect(said).toMatch(says);
  expect(code).toBe(1);
});

describe('a program', () => {
  const NOBODY = { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none', ENCRYPTION_KEY: key };

  inLongRun(it).each([
    ['app/main.ts', 'npm start'],
    ['sql/main.ts', 'npm run migrate'],
    ['jobs/main.ts', 'npm run work'],
    ['jobs/tick.ts', 'npm run tick'],
  ])('says how it is used, and begins nothing: %s', async (file, usage) => {
    const { code, said } = await program(file, ['--help'], NOBODY);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(new RegExp(`^Usage: ${usage}`)) });
    const wrong = await program(file, ['--wrong'], NOBODY);
    expect(wrong).toEqual({ code: 2, said: expect.stringMatching(/^Unknown option '--wrong'[\s\S]*Usage:/) });
  });

  few(it, 1).each([
    ['sql/main.ts', [], 'ECONNREFUSED). Check DATABASE_URL'],
    ['jobs/main.ts', [], 'Check that the server runs'],
    ['app/main.ts', [], 'Check that the server runs'],
    ['jobs/tick.ts', ['--budget', 'abc'], 'expected a duration such as 20s'],
  ])('says in words why it cannot: %s', async (file, words, says) => {
    const { code, said } = await program(file, words, NOBODY);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining(says) });
    expect(said).not.toMatch(/^ +at /m);
  });
});

inLongRun(it)('tells a database that is not reachable by exit code 3', async () => {
  const { code } = await status({ DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none', ENCRYPTION_KEY: key });
  expect(code).toBe(3);
});
