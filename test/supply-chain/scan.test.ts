/** What the check for secrets finds. Nothing here stands as it would be found, since this file is scanned, too. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeApiToken } from '../../app/auth/api-token.ts';
import { MADE_UP, scanTracked, secretsIn } from './scan.ts';
import { verdictOf } from './signatures.ts';

const kinds = async (text: string) => (await secretsIn('a/file.ts', text)).map(({ kind }) => kind);
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

describe('the scan for secrets', () => {
  it.each([
    ['a private key in PEM', String(key.export({ type: 'pkcs8', format: 'pem' })), /privatekey/],
    ['a token of a code host', `token = "gh${'p_'}${'aB3dE6gH'.repeat(4)}aB3d"`, /github/],
    [
      'a URL with a password',
      `postgres:/${'/'}ada:s3cr3tWord@db.hospital.org/omop`,
      /database-connection|basicauth/,
    ],
    ['a private JWK', JSON.stringify(key.export({ format: 'jwk' })), /private-jwk/],
  ])('finds %s', async (_, text, kind) => {
    expect((await kinds(`some text\n${text}\n`)).join()).toMatch(kind);
  });

  it('finds tokens of ours by their checksum, with the line, and nothing that only looks like one', async () => {
    const token = makeApiToken();
    expect(await secretsIn('x', `a\nb ${token}\n`)).toEqual([{ file: 'x', line: 2, kind: 'api-token' }]);
    const other = token.endsWith('0') ? '1' : '0';
    expect(await kinds(`${token.slice(0, -1)}${other}`)).toEqual([]);
  });

  it('looks at tracked files, and knows what is made up by file and kind only', async () => {
    const root = mkdtempSync(join(tmpdir(), 'fhir-omop-sync-scan-'));
    const git = (...words: string[]) => execFileSync('git', words, { cwd: root });
    try {
      git('init', '-q');
      writeFileSync(join(root, 'untracked.ts'), makeApiToken());
      writeFileSync(join(root, 'tracked.ts'), `const token = '${makeApiToken()}';\n`);
      git('add', 'tracked.ts');
      expect(await scanTracked(root)).toEqual({
        files: 1,
        found: [{ file: 'tracked.ts', line: 1, kind: 'api-token' }],
      });
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('says of each made-up secret why it is there', () => {
    expect(MADE_UP.filter(({ why }) => why.length < 10)).toEqual([]);
  });
});

describe('the check of signatures', () => {
  it('fails for a signature that is wrong or missing, and not for want of network', () => {
    expect(verdictOf(0, 'audited 300 packages')).toBe('signed');
    expect(verdictOf(1, '1 package has an invalid registry signature:')).toBe('wrong');
    expect(
      verdictOf(1, '2 packages have missing registry signatures but the registry is providing keys'),
    ).toBe('wrong');
    expect(verdictOf(1, 'npm error code ENOTFOUND')).toBe('not checked');
    expect(
      verdictOf(1, 'npm error found no dependencies to audit that were installed from a supported registry'),
    ).toBe('not checked');
    expect(verdictOf(null, '')).toBe('not checked');
  });
});
