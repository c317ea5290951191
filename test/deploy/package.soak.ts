/** The whole program as npm packs it, installed into an empty folder, and used from there. */
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import about from '../../package.json' with { type: 'json' };
import { newDatabase, type TestDatabase } from '../database.ts';
import { startProcess } from '../world/worker-process.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const encryptionKey = Buffer.alloc(32, 7).toString('base64');
let folder: string;
let installed: string;
let command: string;
let database: TestDatabase;

beforeAll(async () => {
  database = await newDatabase({ empty: true });
  folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-package-'));
  installed = join(folder, 'node_modules', about.name);
  command = join(folder, 'node_modules', '.bin', about.name);
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  npm(ROOT, 'pack', '--silent', '--pack-destination', folder);
  npm(
    folder,
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    `./${about.name}-${about.version}.tgz`,
  );
}, 600_000);
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const npm = (cwd: string, ...args: string[]) => execFileSync('npm', args, { cwd, encoding: 'utf8' });

function run(...args: string[]) {
  const { DATABASE_URL: _, ...outside } = process.env;
  const env = { ...outside, DATABASE_URL: database.url, ENCRYPTION_KEY: encryptionKey };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

describe('the package', () => {
  it('holds the program as JavaScript with what it reads, and nothing of its tests', async () => {
    const files = await readdir(installed, { recursive: true });
    expect(files.filter((name) => name.endsWith('.ts'))).toEqual([]);
    const pages = execFileSync('git', ['ls-files', 'app/*.md', 'jobs/*.md', 'openapi/*.md', 'sql/*.md'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const inside = files.filter((name) => /\.\w+$/.test(name) && !name.startsWith('dist/'));
    expect(inside.sort()).toEqual(
      [
        ...['.env.example', 'CHANGELOG.md', 'README.md', 'SECURITY.md', 'package.json'],
        ...['test/bench/README.md', ...pages.trim().split('\n')],
      ].sort(),
    );
    expect(new Set(files.filter((name) => /^dist\/[^/]+$/.test(name)))).toEqual(
      new Set(['dist/app', 'dist/jobs', 'dist/openapi', 'dist/package.json', 'dist/sql']),
    );
    const migrations = await readdir(join(ROOT, 'sql', 'migrations'));
    expect(files.filter((name) => name.startsWith('dist/sql/migrations/'))).toHaveLength(migrations.length);
  });

  it('speaks of its own command, since whoever installed it has no scripts of ours', async () => {
    const files = await readdir(join(installed, 'dist'), { recursive: true });
    for (const name of files.filter((file) => file.endsWith('.js'))) {
      const text = await readFile(join(installed, 'dist', name), 'utf8');
      expect([name, /npm start|npm run (?:--silent )?(?:cli|serve|work|tick|migrate)\b/.exec(text)]).toEqual([
        name,
        null,
      ]);
    }
  });
});

describe('its command', () => {
  it('says its version and how it is used, and refuses what it does not know', () => {
    expect(run('--version')).toEqual({ code: 0, out: `${about.version}\n`, err: '' });
    const { code, out, err } = run('--help');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^ {2}start +API and workers in one$/m);
    expect(out).toMatch(/^Usage: fhir-omop-sync \[options\] \[command\]$/m);
    expect(run('statsu')).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean status?') });
  });

  it('makes the tables, and looks at them', () => {
    expect(run('migrate')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Applied: 0001-cdm-tables.sql'),
    });
    expect(run('doctor').out).toContain('fhir-omop-sync vocabulary load');
  });

  it('starts API and workers on the Node that the program is pinned to, and ends them at SIGTERM', async () => {
    const { child, log } = await startProcess({ database, encryptionKey }, ['start'], { command });
    const ready = log.map((line) => (line.startsWith('{') ? JSON.parse(line) : {})).find(({ url }) => url);
    expect((await fetch(`${ready.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${ready.url}/sign-in`)).status).toBe(200);
    const node = execFileSync('readlink', [`/proc/${ready.pid}/exe`], { encoding: 'utf8' }).trim();
    expect(node).toBe(join(folder, 'node_modules', 'node', 'bin', 'node'));
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(log.join('\n')).toContain('"msg":"stopped"');
  });
});
