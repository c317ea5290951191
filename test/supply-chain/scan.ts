/**
 * Looks for secrets in the files that git tracks: private keys and tokens of the usual makers (secretlint), API tokens of
 * ours by their checksum, and JSON Web Keys with their private part. `npm run secrets` prints where, never what.
 *
 * Test data have keys too. A finding in a file of the list below is meant; whatever is new anywhere fails the check.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { isWellFormed } from '../../app/auth/api-token.ts';

export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
}

/** Files whose secrets are made up, and why they are there; by kind. */
export const MADE_UP: readonly { readonly file: string; readonly kind: string; readonly why: string }[] = [
  { file: 'test/auth/api-tokens.test.ts', kind: 'api-token', why: 'a checksum that was worked out by hand' },
  { file: 'test/alerts/webhooks.test.ts', kind: 'basicauth', why: 'a URL with a password is refused' },
  {
    file: 'test/cli/psql.test.ts',
    kind: 'database-connection-string',
    why: 'a password in a URL is kept out of the process list',
  },
  { file: 'test/outbound/outbound.test.ts', kind: 'basicauth', why: 'a URL with a password is refused' },
  {
    file: 'test/routes/config.test.ts',
    kind: 'database-connection-string',
    why: 'settings are read, and not repeated',
  },
  {
    file: 'test/sql/database-tls.test.ts',
    kind: 'database-connection-string',
    why: 'URLs of servers of the test',
  },
];

const RULES = [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }];
const OURS = /fos_[0-9A-Za-z]{36}(?![0-9A-Za-z])/g;
/** The private exponent or scalar of a JWK is base64url of 32 bytes and more. */
const PRIVATE_JWK = /["']?\bd["']?\s*:\s*["'][\w-]{43,1500}["']/g;
/** Lock files hold hashes, pictures no text. */
const SKIPPED = /(?:^|\/)package-lock\.json$|\.(?:png|jpg|gz|zip|pdf|ico)$/;
const LARGEST = 5 * 1024 * 1024;

export async function secretsIn(file: string, text: string): Promise<Finding[]> {
  const { messages } = await lintSource({
    source: { filePath: `/${file}`, content: text, contentType: 'text' },
    options: { config: { rules: RULES }, maskSecrets: true, noPhysicFilePath: true },
  });
  const lineOf = (index: number) => text.slice(0, index).split('\n').length;
  const own = (pattern: RegExp, kind: string, isOne: (found: string) => boolean) =>
    [...text.matchAll(pattern)]
      .filter(([found]) => isOne(found))
      .map(({ index }) => ({ file, line: lineOf(index), kind }));
  return [
    ...messages.map(({ ruleId, loc }) => ({ file, line: loc.start.line, kind: kindOf(ruleId) })),
    ...own(OURS, 'api-token', isWellFormed),
    ...own(PRIVATE_JWK, 'private-jwk', () => true),
  ];
}

const kindOf = (rule: string): string => rule.replace('@secretlint/secretlint-rule-', '');

/** Of all tracked files of the repository at `root`, without what MADE_UP knows. */
export async function scanTracked(root: string): Promise<{ files: number; found: Finding[] }> {
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  const files = listed.split('\0').filter((file) => file !== '' && !SKIPPED.test(file));
  const found: Finding[] = [];
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    if (text.length > LARGEST)
      throw new Error(`${file} is too large to be scanned: it should not be tracked`);
    found.push(...(await secretsIn(file, text)));
  }
  const isMadeUp = (one: Finding) => MADE_UP.some(({ file, kind }) => file === one.file && kind === one.kind);
  return { files: files.length, found: found.filter((one) => !isMadeUp(one)) };
}

if (import.meta.main) {
  const { files, found } = await scanTracked(join(import.meta.dirname, '../..'));
  for (const { file, line, kind } of found) console.error(`${file}:${line}: ${kind}`);
  console.log(`${files} files looked at, ${found.length} secrets found.`);
  if (found.length > 0) {
    console.error(
      'Take it out and revoke it. Of test data: add the file to MADE_UP in test/supply-chain/scan.ts.',
    );
    process.exitCode = 1;
  }
}
