/**
 * Reads of the admin API and of the pages as a browser sends them, one request after the other. The real server (`npm
 * run serve`) runs in a process of its own, over a database that a sync has just filled and that made-up runs were
 * added to.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { beginSessionInTx } from '../../app/auth/session.ts';
import { postgresCpu, processCpu } from './cpu.ts';
import { type Findings, percentile, say } from './findings.ts';
import { type History, makeUpRuns } from './made-up-runs.ts';
import { openEhr } from './open-ehr.ts';
import type { Server } from './server.ts';
import { ENCRYPTION_KEY, openSite, type Site, startWorker, stopWorker } from './site.ts';

const TOKEN = randomBytes(24).toString('hex');
const REQUESTS = 200;
const WARM_UP = 20;

type Reads = Readonly<Record<string, readonly string[]>>;

/** What programs read. */
export async function measureApiReads(site: Site, findings: Findings): Promise<void> {
  await measureReads(site, findings, { runs: 1000, connections: 10 }, ({ url, biggest, middle }) => {
    const runs = `${url}/api/v1/admin/fhir-connections/${site.connectionId}/sync-runs`;
    return {
      api_dashboard: [`${url}/api/v1/admin/fhir-sync/dashboard`],
      // A first page, one in the middle, one of a status, a long one, and the run that has the most chunks.
      api_runs: [
        runs,
        `${runs}?cursor=${middle}`,
        `${runs}?status=failed`,
        `${runs}?limit=100`,
        `${runs}/${biggest}`,
      ],
    };
  });
}

/** What people read: 10,000 runs of 200 connections, with 100,000 failures that are open. */
export async function measurePages(server: Server, findings: Findings): Promise<void> {
  const ehr = await openEhr({ resources: 2000, dir: undefined });
  const url = await server.create();
  const site = await openSite(url, ehr);
  const worker = await startWorker(url);
  await site.sync();
  await stopWorker(worker);
  const history = { runs: 10_000, connections: 200 };
  await measureReads(site, findings, history, ({ url: api, biggest, middle }) => {
    const { connectionId: id } = site;
    // Each asks the API several times, in the same process.
    const paths = [
      ...['', '/connections', '/runs', `/runs?cursor=${middle}`, '/alerts', '/not-loaded', '/codes'],
      ...[`/connections/${id}`, `/connections/${id}/runs/${biggest}`, `/connections/${id}/not-loaded`],
      ...['/quality', '/groups', '/reconciliations', '/purges', '/approvals', '/audit', '/vocabulary'],
    ];
    return { pages: paths.map((path) => `${api}/admin${path}`) };
  });
  await site.close();
  await server.drop(url);
  await ehr.child.kill();
}

async function measureReads(
  site: Site,
  { figures, remarks }: Findings,
  history: History,
  readsOf: (at: { url: string; biggest: number; middle: number }) => Reads,
): Promise<void> {
  say(`reads with ${history.runs} runs of ${history.connections} connections`);
  const biggest = await biggestRun(site);
  await makeUpRuns(site.sql, biggest, history);
  const api = await startApi(site.url);
  const cookie = await sessionCookie(site);
  const reads = readsOf({ url: api.url, biggest, middle: biggest + history.runs / 2 });
  for (const [name, urls] of Object.entries(reads)) {
    const times = urls.map(() => [] as number[]);
    let before = await cpu(site, api.process);
    const [warmUp, requests] = [Math.max(WARM_UP, urls.length), Math.max(REQUESTS, 20 * urls.length)];
    for (let n = -warmUp; n < requests; n++) {
      const which = (n + warmUp) % urls.length;
      if (n === 0) before = await cpu(site, api.process);
      const headers = name === 'pages' ? { cookie } : { authorization: `Bearer ${TOKEN}` };
      const milliseconds = await timed(urls[which] ?? '', headers);
      if (n >= 0) times[which]?.push(milliseconds);
    }
    // A page that is slow is not made good by others that are fast.
    const worst = Math.max(...times.map((one) => percentile(one, 0.95)));
    figures[`${name}_p95_ms`] = name === 'pages' ? worst : percentile(times.flat(), 0.95);
    const after = await cpu(site, api.process);
    remarks[`${name}, CPU of a read`] =
      `${perRead((after.server - before.server) / requests)} in the server, ${perRead((after.postgres - before.postgres) / requests)} in Postgres`;
    remarks[`${name}, p50 and p95 by path`] = urls
      .map((url, n) => {
        const [p50, p95] = [0.5, 0.95].map((share) => percentile(times[n] ?? [], share).toFixed(1));
        return `${url.slice(url.lastIndexOf('/') + 1)} ${p50} and ${p95} ms`;
      })
      .join(', ');
  }
  api.process.kill('SIGTERM');
  await once(api.process, 'exit');
}

/** Seconds so far: on a busy machine they say more than how long an answer takes. */
async function cpu(site: Site, server: ChildProcess): Promise<{ server: number; postgres: number }> {
  return { server: await processCpu(server.pid), postgres: (await postgresCpu(site.sql)) ?? Number.NaN };
}

function perRead(seconds: number): string {
  return `${(seconds * 1000).toFixed(1)} ms`;
}

/** Of an admin who is signed in. */
async function sessionCookie({ sql }: Site): Promise<string> {
  const person = { name: 'bench', role: 'admin', connections: null, target: 'bench' } as const;
  return `fos-session=${await sql.begin((tx) => beginSessionInTx(tx, person, new Date()))}`;
}

async function timed(url: string, headers: Record<string, string>): Promise<number> {
  const begin = performance.now();
  const answer = await fetch(url, { headers });
  const body = await answer.text();
  if (answer.status !== 200) throw new Error(`GET ${url}: expected 200, got ${answer.status}: ${body}`);
  return performance.now() - begin;
}

async function biggestRun({ sql }: Site): Promise<number> {
  const [run] = await sql<{ run_id: number }[]>`
    select run_id from run order by records_loaded desc limit 1`;
  return run?.run_id ?? 0;
}

async function startApi(databaseUrl: string): Promise<{ url: string; process: ChildProcess }> {
  const api = spawn(process.execPath, ['app/main.ts'], {
    cwd: new URL('../..', import.meta.url),
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...{ PATH: process.env['PATH'], DATABASE_URL: databaseUrl, ENCRYPTION_KEY, PORT: '0' },
      // It is one address that asks as fast as it can.
      ...{ ADMIN_TOKEN: TOKEN, REQUESTS_PER_MINUTE: '0' },
    },
  });
  const lines = createInterface({ input: api.stderr });
  return await new Promise((resolve, reject) => {
    api.once('exit', (code) => reject(new Error(`the API ended with ${code} before it was ready`)));
    // Its log is read to the end, since a full pipe would block it.
    lines.on('line', (line) => {
      const { msg, url }: { msg?: string; url?: string } = JSON.parse(line);
      if (msg === 'admin API ready' && url) resolve({ url, process: api });
    });
  });
}
