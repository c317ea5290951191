/** How psql is started: what the list of processes shows of it is for everybody on the machine. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runPsql } from '../../app/cli/own-database.ts';

const folder = mkdtempSync(join(tmpdir(), 'psql-'));
const said = join(folder, 'said');
writeFileSync(join(folder, 'psql'), `#!/bin/sh\necho "$*" > ${said}; echo "$PGPASSWORD" >> ${said}\n`);
chmodSync(join(folder, 'psql'), 0o700);
const { PATH } = process.env;
process.env['PATH'] = `${folder}${delimiter}${PATH}`;
afterAll(() => {
  process.env['PATH'] = PATH;
  rmSync(folder, { recursive: true });
});

it.each([
  ['postgres://u:p%40ss@127.0.0.1:1/db', 'postgres://u@127.0.0.1:1/db -c x', 'p@ss'],
  [
    'postgres://u@127.0.0.1:1/db?password=p%40ss&sslmode=disable',
    'postgres://u@127.0.0.1:1/db?sslmode=disable -c x',
    'p@ss',
  ],
])('no password is among its words: %s', async (url, words, password) => {
  const database = { url, described: '', isEmbedded: false, close: async () => {} };
  expect(await runPsql(database, ['-c', 'x'])).toBe(true);
  expect(readFileSync(said, 'utf8')).toBe(`${words}\n${password}\n`);
});
