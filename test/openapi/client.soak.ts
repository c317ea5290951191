/** The client as its users have it: packed, installed into an empty folder, and run against a server with an EHR. */
import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { type Serving, serveApp } from '../../app/serve.ts';
import about from '../../package.json' with { type: 'json' };
import { TOKEN } from '../routes/api.ts';
import { patient } from '../world/record.ts';
import { drain, openTestWorld, type Site } from '../world/world.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CLIENT = join(ROOT, 'openapi', 'client');

const world = await openTestWorld();
let site: Site;
let serving: Serving;
let folder: string;

beforeAll(async () => {
  site = await world.site();
  site.ehr.load([patient('p'), { ...patient('q'), birthDate: 'unknown' }]);
  const app = createApp({ ...world.deps, config: { adminToken: TOKEN } });
  serving = await serveApp(app, { host: '127.0.0.1', port: 0 });
  folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-client-'));
  await install();
});
afterAll(async () => {
  await serving.close();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

/** From tarballs alone, so that no registry is asked; the build is made beside the client, which stays as it is. */
async function install(): Promise<void> {
  const npm = (cwd: string, ...args: string[]) => execFileSync('npm', args, { cwd, encoding: 'utf8' });
  const source = join(ROOT, 'node_modules', '.cache', `client-${process.pid}`, 'client');
  try {
    await cp(CLIENT, source, { recursive: true, filter: (name) => !name.startsWith(join(CLIENT, 'dist')) });
    await cp(join(CLIENT, '..', 'openapi.json'), join(source, '..', 'openapi.json'));
    const settings = JSON.parse(await readFile(join(source, 'tsconfig.json'), 'utf8'));
    await writeFile(
      join(source, 'tsconfig.json'),
      JSON.stringify({ ...settings, extends: join(ROOT, 'tsconfig.json') }),
    );
    const packages = [
      source,
      ...['openapi-fetch', 'openapi-typescript-helpers'].map((name) => join(ROOT, 'node_modules', name)),
    ];
    const tarballs = packages.map((from) =>
      npm(folder, 'pack', from, '--silent', '--foreground-scripts=false').trim().split('\n').at(-1),
    );
    await writeFile(join(folder, 'package.json'), '{"type":"module","private":true}');
    npm(folder, 'install', '--offline', '--no-audit', '--no-fund', ...tarballs.map((name) => `./${name}`));
  } finally {
    await rm(join(source, '..'), { recursive: true, force: true });
  }
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a program in the folder while a worker works. */
async function run(program: string, ...args: string[]): Promise<Ended> {
  const examples = join(folder, 'node_modules', 'fhir-omop-sync-client', 'examples');
  const env = { ...process.env, FHIR_OMOP_URL: serving.url, FHIR_OMOP_TOKEN: TOKEN };
  const command = program.endsWith('.py') ? 'python3' : process.execPath;
  let ended = false;
  const done = new Promise<Ended>((resolve) => {
    execFile(command, [join(examples, program), ...args], { env, cwd: folder }, (error, out, err) => {
      ended = true;
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err });
    });
  });
  while (!ended) {
    await drain(world.deps, world.clock);
    await Promise.race([done, new Promise((resume) => setTimeout(resume, 50))]);
  }
  return await done;
}

const siteKey = async () =>
  (await world.sql`select site_key from connection where connection_id = ${site.id}`)[0]?.['site_key'];

describe('the package', () => {
  it('holds JavaScript, types, the document and examples, and depends on openapi-fetch alone', async () => {
    const installed = join(folder, 'node_modules', 'fhir-omop-sync-client');
    const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
    expect(manifest.version).toBe(about.version);
    expect(manifest.dependencies).toEqual({ 'openapi-fetch': about.dependencies['openapi-fetch'] });
    const index = await readFile(join(installed, 'dist', 'index.js'), 'utf8');
    expect(index).not.toContain('.ts');
    expect(await readFile(join(installed, 'dist', 'openapi.json'), 'utf8')).toContain('"openapi": "3.1.0"');
  });

  it('has types that a program of others compiles with', async () => {
    const program = `
      import { createClient, each, must, type Schemas } from 'fhir-omop-sync-client';
      const api = createClient({ baseUrl: 'http://localhost' });
      export async function newest(): Promise<Schemas['Run'] | undefined> {
        for await (const run of each((page) => api.GET('/api/v1/admin/sync-runs', { params: { query: page } }))) return run;
        // @ts-expect-error there is no such path
        must(await api.GET('/api/v1/admin/nothing', {}));
        return undefined;
      }`;
    await writeFile(join(folder, 'program.ts'), program);
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
    const settings = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
    const said = await new Promise<string>((resolve) => {
      execFile(tsc, [...settings, 'program.ts'], { cwd: folder }, (_, out) => resolve(out));
    });
    expect(said).toBe('');
  });
});

describe('the examples', () => {
  it('start a sync and wait for its end, and start no second one when they are run again', async () => {
    const key = await siteKey();
    const first = await run('sync-and-wait.mjs', key);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^Run \d+ is completed: 1 of 2 resources loaded\.\n$/);
    expect((await run('sync-and-wait.mjs', key)).out).toBe(first.out);
  });

  it('tell a problem of the API by its code', async () => {
    await world.sql`update connection set is_active = false where connection_id = ${site.id}`;
    await world.sql`delete from idempotency_key`;
    const { code, err } = await run('sync-and-wait.mjs', await siteKey());
    await world.sql`update connection set is_active = true where connection_id = ${site.id}`;
    expect([code, err.split(':')[0]]).toEqual([1, 'connection-inactive']);
  });

  it('go through all pages', async () => {
    const { code, out } = await run('not-loaded.mjs');
    expect(code).toBe(0);
    expect(out).toMatch(/^site-\d+ Patient .+ 1\n$/);
  });

  it('do it in Python with its standard library alone', async () => {
    const { code, out, err } = await run('sync_and_wait.py', await siteKey());
    expect(err).toBe('');
    expect([code, out.replace(/\d+/, 'N')]).toEqual([0, 'Run N is completed: 0 resources loaded.\n']);
  });
});
