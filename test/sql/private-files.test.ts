import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { environment } from '../../sql/environment.ts';
import { readPrivate } from '../../sql/private-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'fhir-omop-sync-private-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is found in the .env of the folder. */
function found(): string | undefined {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return environment()['FOUND'];
  } finally {
    process.chdir(before);
    delete process.env['FOUND'];
  }
}

it('a .env that others may open is refused with the command that mends it, and not read', () => {
  const file = join(folder, '.env');
  writeFileSync(file, 'FOUND=a-secret\n', { mode: 0o600 });
  expect(found()).toBe('a-secret');
  chmodSync(file, 0o644);
  expect(found).toThrow("mode 0644, expected 0600). Run: chmod 600 '.env'");
  expect(found).not.toThrow('a-secret');
  chmodSync(file, 0o600);
  expect(found()).toBe('a-secret');
});

it('a folder without a .env starts as it is', () => {
  rmSync(join(folder, '.env'), { force: true });
  expect(found()).toBeUndefined();
});

it.runIf(process.getuid?.() === 0)(
  'root reads what others own, as in a container that is given a file of its host',
  () => {
    const file = join(folder, 'secret');
    writeFileSync(file, 'x', { mode: 0o600 });
    chownSync(file, 65_534, 65_534);
    expect(readPrivate(file)).toBe('x');
  },
);
