/**
 * The same code under Deno: API, workers, tick and command line are processes of the `deno` from npm, the EHR and the
 * database are those of every other test. What they load is compared with what Node loads from the same EHR.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchRun } from '../../app/cli/watch.ts';
import { type ApiClient, createClient } from '../../openapi/client/index.ts';
import { LOOPBACK } from '../outbound/local.ts';
import { contentOf, sizes } from '../world/content.ts';
import { openTestWorld } from '../world/world.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DENO = join(ROOT, 'node_modules/.bin/deno');
const SECRET = randomBytes(16).toString('hex');
const TOKEN = randomBytes(24).toString('hex');
const silent = { write: () => true, isTTY: false } as unknown as NodeJS.WriteStream;

const node = await openTestWorld();
const deno = await openTestWorld({ clock: node.clock });
const encryptionKey = randomBytes(32).toString('base64');
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await deno.close();
  await node.close();
});

describe('under Deno', () => {
  let api: ApiClient;
  let server: Started;
  let connection = 0;
  let site: Awaited<ReturnType<typeof node.site>>;

  beforeAll(async () => {
    if (!existsSync(DENO)) throw new Error('deno is not installed here: npm ci');
    site = await node.site({ population: { seed: 'deno', patients: 6 }, polls: 1 });
    site.ehr.registerClient({ client_id: 'deno', client_secret: SECRET, scopes: ['system/*.read'] });
    server = await start(['app/main.ts'], 'admin API ready');
    api = createClient({ baseUrl: server.said['url'] as string, token: TOKEN });
  });

  it('the API answers, makes a connection with a sealed secret, and tests it', async () => {
    const created = await api.POST('/api/v1/admin/fhir-connections', {
      body: {
        ...{ site_key: 'deno', site_name: 'Deno', fhir_base_url: site.ehr.url, ehr_vendor: 'other' },
        ...{ token_endpoint: site.ehr.tokenEndpoint, client_id: 'deno', client_secret: SECRET },
        sync_config: { allowed_networks: LOOPBACK },
      },
    });
    expect(created.error).toBeUndefined();
    connection = created.data?.connection_id ?? 0;
    const tested = await api.POST('/api/v1/admin/fhir-connections/{id}/test', {
      params: { path: { id: connection } },
    });
    expect(tested.data?.status).toBe('ok');
  });

  it('the workers load what Node loads, row by row, and stop cleanly when told to', async () => {
    expect(await site.sync()).toMatchObject({ status: 'completed' });
    const workers = await start(['jobs/main.ts'], 'workers ready');
    const run = await sync();
    expect(run).toMatchObject({ status: 'completed', mode: 'full', error: null });
    const loaded = await contentOf(deno.sql, connection);
    expect(sizes(loaded)['measurement']).toBeGreaterThan(100);
    expect(loaded).toEqual(await contentOf(node.sql, site.id));
    expect(await stopped(workers.child)).toBe(0);
  });

  it('ticks alone carry an incremental sync to its end', async () => {
    site.ehr.change('day-1', { patients: 2 });
    expect(await site.sync()).toMatchObject({ status: 'completed', mode: 'incremental' });
    const { data } = await api.POST('/api/v1/admin/fhir-connections/{id}/sync', {
      params: { path: { id: connection } },
      body: {},
    });
    let status = '';
    for (let n = 0; n < 20 && status !== 'completed'; n++) {
      // What the EHR asks us to wait for, it asks in vain: this test measures no time.
      await deno.sql`update pgboss.job set start_after = now() where state = 'created' and name like 'sync-%'`;
      const { code } = await finished(['jobs/tick.ts', '--budget', '20s']);
      expect(code).toBe(0);
      const [run] = await deno.sql`select status from run where run_id = ${data?.run_id ?? 0}`;
      status = run?.['status'];
    }
    expect(status).toBe('completed');
    expect(await contentOf(deno.sql, connection)).toEqual(await contentOf(node.sql, site.id));
  });

  it('the command line says how the connection is, and the API ends on SIGTERM', async () => {
    const { code, said } = await finished(['app/cli/main.ts', 'status', 'deno']);
    expect(said).toMatch(/deno\s+healthy\s+completed/);
    expect(code).toBe(0);
    expect(await stopped(server.child)).toBe(0);
  });

  async function sync() {
    const { data, error } = await api.POST('/api/v1/admin/fhir-connections/{id}/sync', {
      params: { path: { id: connection } },
      body: {},
    });
    if (!data) throw new Error(JSON.stringify(error));
    return await watchRun(api, { connection_id: connection, run_id: data.run_id }, { out: silent });
  }
});

interface Started {
  readonly child: ChildProcess;
  /** The log line that was waited for. */
  readonly said: Record<string, unknown>;
}

function run(args: string[]): ChildProcess {
  const child = spawn(DENO, ['run', '--allow-all', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...{ PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1' },
      ...{ DATABASE_URL: deno.database.url, ENCRYPTION_KEY: encryptionKey },
      ...{ ADMIN_TOKEN: TOKEN, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info' },
    },
  });
  children.push(child);
  return child;
}

async function start(args: string[], ready: string): Promise<Started> {
  const child = run(args);
  const lines: string[] = [];
  if (!child.stderr) throw new Error('no standard error');
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    if (!line.includes(ready)) continue;
    child.stderr.resume();
    return { child, said: JSON.parse(line) };
  }
  throw new Error(`${args.join(' ')} ended before "${ready}":\n${lines.join('\n')}`);
}

async function finished(args: string[]): Promise<{ code: number | null; said: string }> {
  const child = run(args);
  let said = '';
  child.stdout?.on('data', (text) => {
    said += String(text);
  });
  child.stderr?.on('data', (text) => {
    said += String(text);
  });
  const code = await new Promise<number | null>((done) => child.once('close', (value) => done(value)));
  return { code, said };
}

async function stopped(child: ChildProcess): Promise<number | null> {
  const gone = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  child.kill('SIGTERM');
  return await gone;
}
