import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readPrivate } from '../../sql/private-file.ts';
import { inLongRun } from '../long-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'fhir-omop-sync-private-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ENVIRONMENT = join(import.meta.dirname, '..', '..', 'sql', 'environment.ts');

/** What a command makes of the .env in its folder. */
function start(): { code: number | null; said: string } {
  const script = `import { environment } from ${JSON.stringify(ENVIRONMENT)}; console.log(environment().FOUND);`;
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '' },
  });
  return { code: ended.status, said: ended.stdout + ended.stderr };
}

it('a .env that others may open is refused with the command that mends it, and not read', () => {
  const file = join(folder, '.env');
  writeFileSync(file, 'FOUND=a-secret\n', { mode: 0o600 });
  expect(start()).toEqual({ code: 0, said: 'a-secret\n' });
  chmodSync(file, 0o644);
  const refused = start();
  expect(refused.code).toBe(1);
  expect(refused.said).toContain("mode 0644, expected 0600). Run: chmod 600 '.env'");
  expect(refused.said).not.toContain('a-secret');
  chmodSync(file, 0o600);
  expect(start().code).toBe(0);
});

inLongRun(it)('a folder without a .env starts as it is', () => {
  rmSync(join(folder, '.env'), { force: true });
  expect(start()).toEqual({ code: 0, said: 'undefined\n' });
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
