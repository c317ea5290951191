/** What is read of a file of connections, and what is said of one that cannot be. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { readConnections } from '../../app/cli/connection-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'connections-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'connections.yaml');
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** Each alias stands for nine of the one before: a billion in the end. */
const BOMB = [...'bcdefghij'].reduce(
  (text, name, at) => `${text}${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[at]}`).join(',')}]\n`,
  'a: &a [x,x,x,x,x,x,x,x,x]\n',
);

describe('a file of connections', () => {
  it.each([
    ['has a tag that is not known', 'site_key: a\nclient_secret: !vault s3cr3t-word\n', 'line 2 (TAG'],
    ['is broken', 'site_key: a\nclient_secret: "s3cr3t-word\n', 'line 3 (MISSING_CHAR)'],
    ['has a list for a key', '? {a: s3cr3t-word}\n: 1\nsite_key: a\n', '(NON_STRING_KEY)'],
    ['stands for more than anybody writes', `${BOMB}site_key: z\n`, 'aliases'],
    ['has a secret that YAML takes for a number', 'site_key: a\nclient_secret: 007\n', 'quotes'],
  ])('that %s is refused without a word of what is in it', (_, text, said) => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const written = vi.spyOn(process.stderr, 'write');
    try {
      expect(() => readConnections(file(text))).toThrow(said);
      expect(() => readConnections(file(text))).not.toThrow('s3cr3t');
      expect([...warned.mock.calls, ...written.mock.calls]).toEqual([]);
    } finally {
      warned.mockRestore();
      written.mockRestore();
    }
  });

  it('is read as JSON and as YAML, with aliases', () => {
    const one = { site_key: 'a', settings: { group_id: 'g' }, secrets: { client_secret: 's' } };
    expect(readConnections(file('{"site_key": "a", "group_id": "g", "client_secret": "s"}'))).toEqual([one]);
    expect(readConnections(file('site_key: a\nclient_secret: &s s\ngroup_id: g\n'))).toEqual([one]);
  });
});
