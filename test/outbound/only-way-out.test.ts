/** Calls leave by jobs/outbound and nowhere else, so that nothing escapes its rules. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** They listen, speak to the database, look for a free port, or are the command line asking a server of ours. */
const OTHERS = [
  ...['app/serve.ts', 'app/http/tls.ts', 'sql/connect.ts', 'sql/tls.ts', 'sql/embedded/cluster.ts'],
  'app/cli/server.ts',
];
/** node:net tells addresses from names, which is no call. */
const WAYS_OUT =
  /^import (?!type\b)[^;]*from 'node:(?:https?|http2|tls|dgram|dns)'|^import (?!type\b|\{ isIP \})[^;]*from 'node:net'|(?<![.\w])(?:globalThis\.)?fetch\((?!tx)|\bfrom 'undici'/m;

it('no other file opens connections', () => {
  const files = ['app', 'jobs', 'sql'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  );
  const sources = files.filter((file) => file.endsWith('.ts'));
  const found = sources.filter((file) => WAYS_OUT.test(readFileSync(join(ROOT, file), 'utf8')));
  expect(found.filter((file) => !file.startsWith('jobs/outbound/') && !OTHERS.includes(file))).toEqual([]);
  expect(found).toContain('jobs/outbound/outbound.ts');
});
