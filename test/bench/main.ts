/**
 * `npm run bench -- [--resources N] [--dir DIR] [--json FILE] [--growth] [--vocabulary DIR|ZIP] [--profile DIR]`
 *
 * Times the real pipeline on real parts: a durable Postgres, the simulated EHR and a worker, each a process of its
 * own, on this machine; and in the same run the floors that nothing can beat. What is shared between them is the
 * machine, so the figures are those of all three together.
 *
 * --dir takes a folder of NDJSON instead of generated resources, copied until there are about N of them; --vocabulary maps with these Athena files
 * instead of the demo's, and measures their loading; --growth syncs a tenth as well; --profile keeps a CPU profile of
 * the worker while it maps, and prints it. --search measures the vocabulary's search instead (search.ts).
 */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { table } from '../../app/cli/table.ts';
import { type Child, startChild } from './child.ts';
import { postgresCpu } from './cpu.ts';
import { copyFloor, emptyTables, parseFloor } from './floors.ts';
import { selfTimes } from './profile.ts';
import { benchSearch } from './search.ts';
import { openServer, type Server } from './server.ts';
import { type Ehr, openSite, type Site, waitForRun } from './site.ts';
import { measureLoad } from './vocabulary/load.ts';

const { values } = parseArgs({
  options: {
    resources: { type: 'string' },
    dir: { type: 'string' },
    json: { type: 'string' },
    growth: { type: 'boolean', default: false },
    vocabulary: { type: 'string' },
    profile: { type: 'string' },
    search: { type: 'boolean', default: false },
    loaded: { type: 'boolean', default: false },
    concepts: { type: 'string', default: '500000' },
  },
});
if (values.search) {
  await benchSearch({ concepts: Number(values.concepts), loaded: values.loaded, json: values.json });
  process.exit(0);
}
const wanted = values.resources ?? (values.dir ? undefined : '50000');
if (wanted !== undefined && (!/^\d+$/.test(wanted) || Number(wanted) < 1000)) {
  throw new Error(`--resources ${wanted}: expected a whole number of at least 1000.`);
}

const Stopped = z.object({ peakMb: z.number(), cpuSeconds: z.number() });
const encryptionKey = randomBytes(32).toString('base64');
const say = (text: string) => console.error(`  ${text}`);
/** As they are printed; the order is that of the JSON. */
const figures: Record<string, number> = {};
const asides: Record<string, string> = {};

say(`preparing ${values.vocabulary ? 'Postgres and the vocabulary' : 'Postgres and the demo vocabulary'}`);
const server = await openServer({ vocabulary: values.vocabulary });
try {
  const ehr = await openEhr(wanted === undefined ? undefined : Number(wanted));
  asides['machine'] =
    `${availableParallelism()} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${server.described}`;
  await measureSyncs(server, ehr);
  await measureMap(server, ehr);
  await ehr.child.kill();
  if (values.growth) await measureGrowth(server);
  if (values.vocabulary) await measureVocabulary(server, values.vocabulary);
} finally {
  await server.close();
}
ratios();
print();
if (values.json) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);
process.exit(0);

/** First sync, the floors of what it wrote, and then what a connection that is in step costs. */
async function measureSyncs(on: Server, ehr: Ehr): Promise<void> {
  const url = await on.create();
  const site = await openSite(url, ehr, encryptionKey);
  const candidates = await emptyTables(site.sql);
  const worker = await startWorker(site);
  say(`first sync of ${ehr.resources} resources`);
  const used = await cpuOf(site, worker);
  const first = await site.sync();
  await used('first sync', ehr.resources);
  figures['resources'] = await extracted(site, first.runId);
  figures['sync_seconds'] = first.seconds;
  if (figures['resources'] !== ehr.resources) {
    throw new Error(`the EHR holds ${ehr.resources} resources, the run extracted ${figures['resources']}`);
  }

  say('floors: COPY of the same rows, JSON.parse of the same lines');
  const copied = await copyFloor(site.sql, url, candidates);
  figures['copy_floor_seconds'] = copied.seconds;
  const longest = copied.tables.slice(0, 4).map((one) => `${one.name} ${one.seconds.toFixed(2)} s`);
  asides['copy floor'] = `${copied.rows} rows; ${longest.join(', ')}`;
  const parsed = await parseFloor(site.sql, first.runId);
  figures['bytes'] = parsed.bytes;
  figures['parse_floor_seconds'] = parsed.seconds;

  say('the same again, full, nothing changed');
  const usedAgain = await cpuOf(site, worker);
  const again = await site.sync({ full: true });
  await usedAgain('unchanged re-sync', ehr.resources);
  figures['rerun_unchanged_seconds'] = again.seconds;
  asides['WAL'] =
    `first sync ${megabytes(first.walBytes)}, its COPY floor ${megabytes(copied.walBytes)}, ` +
    `unchanged re-sync ${megabytes(again.walBytes)} (${((100 * again.walBytes) / first.walBytes).toFixed(1)} %)`;

  const touched = z.number().parse(await ehr.child.ask('touch'));
  say(`incremental, ${touched} resources changed`);
  figures['incremental_1pct_seconds'] = (await site.sync()).seconds;

  say('nothing new at all, from idle');
  const latencies: number[] = [];
  for (let n = 0; n < 5; n++) {
    await wait(1500);
    latencies.push((await site.sync()).seconds * 1000);
  }
  figures['idle_sync_latency_ms'] = latencies.sort((a, b) => a - b)[2] ?? 0;
  const { peakMb, cpuSeconds } = Stopped.parse(await worker.ask('stop'));
  figures['worker_peak_rss_mb'] = peakMb;
  asides['worker'] = `${cpuSeconds.toFixed(1)} s of CPU over all of these syncs`;
  await site.close();
  await on.drop(url);
}

/** What worker and Postgres need of the machine: on a busy one that says more than seconds. */
async function cpuOf(site: Site, worker: Child): Promise<(what: string, resources: number) => Promise<void>> {
  const workerSeconds = async () => z.number().parse(await worker.ask('cpu'));
  const before = { worker: await workerSeconds(), postgres: await postgresCpu(site.sql) };
  return async (what, resources) => {
    const perResource = (seconds: number) => `${((seconds * 1e6) / resources).toFixed(1)} µs a resource`;
    const postgres = await postgresCpu(site.sql);
    asides[`CPU of the ${what}`] =
      `worker ${perResource((await workerSeconds()) - before.worker)}` +
      (postgres === undefined || before.postgres === undefined
        ? ''
        : `, Postgres ${perResource(postgres - before.postgres)}`);
  };
}

/** Downloads first, with nobody to map; then maps everything. Ends with the commit that finds nothing left to map. */
async function measureMap(on: Server, ehr: Ehr): Promise<void> {
  say('map alone: all chunks staged first');
  const url = await on.create();
  const site = await openSite(url, ehr, encryptionKey);
  const downloader = await startWorker(site, { map: 0, redrive: 0, close: 0 });
  const runId = await site.start();
  for (let left = true; left; await wait(50)) {
    const [run] = await site.sql`select 1 from run where run_id = ${runId} and status = 'processing'`;
    left = !run;
  }
  await downloader.ask('stop');
  await site.sql`checkpoint`;

  const flags = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : [];
  if (values.profile) await mkdir(values.profile, { recursive: true });
  const begin = Date.now();
  const mapper = await startWorker(site, {}, flags);
  await waitForRun(site.sql, runId);
  const [run] = await site.sql<{ first: Date; closing_at: Date; finished_at: Date }[]>`
    select (select min(started_on) from pgboss.job where name = 'sync-map') as first, closing_at, finished_at
    from run where run_id = ${runId}`;
  const [start, end] = [run?.first.getTime() ?? 0, run?.closing_at.getTime() ?? 0];
  if (start < begin || end < start)
    throw new Error('expected the first map job to start after the worker did');
  figures['map_seconds'] = (end - start) / 1000;
  const { peakMb, cpuSeconds } = Stopped.parse(await mapper.ask('stop'));
  await mapper.gone;
  asides['map'] =
    `worker ${cpuSeconds.toFixed(1)} s of CPU (with its start and the close step), peak ${peakMb.toFixed(0)} MB`;
  await site.close();
  await on.drop(url);
  if (values.profile) {
    for (const one of await selfTimes(values.profile, 25)) {
      say(
        `${one.milliseconds.toFixed(0).padStart(7)} ms ${one.share.toFixed(1).padStart(5)} %  ${one.name}  ${one.place}`,
      );
    }
  }
}

async function measureGrowth(on: Server): Promise<void> {
  const ehr = await openEhr(Math.round(figure('resources') / 10));
  if (ehr.resources > figure('resources') / 5) {
    throw new Error(
      '--growth compares with a tenth: with --dir, let --resources be ten times what the folder holds.',
    );
  }
  say(`growth: first sync of ${ehr.resources} resources`);
  const url = await on.create();
  const site = await openSite(url, ehr, encryptionKey);
  const worker = await startWorker(site);
  const { seconds } = await site.sync();
  await worker.ask('stop');
  await site.close();
  await on.drop(url);
  await ehr.child.kill();
  figures['growth'] = figure('sync_seconds') / figure('resources') / (seconds / ehr.resources);
}

async function measureVocabulary(on: Server, source: string): Promise<void> {
  say('vocabulary: loader and bare COPY');
  const url = await on.create();
  const { seconds, floorSeconds, rows, ratio, peakMb } = await measureLoad(url, source);
  figures['vocabulary_load_ratio'] = ratio;
  asides['vocabulary'] =
    `${rows} rows in ${seconds.toFixed(1)} s, bare COPY and indexes ${floorSeconds.toFixed(1)} s, peak ${peakMb.toFixed(0)} MB`;
  await on.drop(url);
}

function ratios(): void {
  figures['ratio'] = figure('sync_seconds') / figure('copy_floor_seconds');
  figures['map_ratio'] = figure('map_seconds') / figure('copy_floor_seconds');
  figures['rerun_speedup'] = figure('sync_seconds') / figure('rerun_unchanged_seconds');
  for (const [key, value] of Object.entries(figures)) figures[key] = Math.round(value * 1000) / 1000;
}

function print(): void {
  const measured = Object.entries(figures).map(([key, value]) => ({ figure: key, value }));
  measured.push({
    figure: '(resources per second)',
    value: Math.round(figure('resources') / figure('sync_seconds')),
  });
  console.log(table(measured));
  for (const [what, text] of Object.entries(asides)) console.log(`${what}: ${text}`);
  const left = [
    values.growth ? '' : 'growth (--growth)',
    values.vocabulary ? '' : 'vocabulary_load_ratio (--vocabulary)',
  ];
  const missing = left.filter((one) => one !== '');
  if (missing.length > 0) console.log(`not measured: ${missing.join(', ')}`);
}

function figure(name: string): number {
  const value = figures[name];
  if (value === undefined) throw new Error(`${name} was not measured`);
  return value;
}

async function openEhr(resources: number | undefined): Promise<Ehr> {
  say('filling the EHR');
  const child = startChild(new URL('ehr.ts', import.meta.url).pathname, {
    flags: ['--max-old-space-size=16000'],
  });
  const secret = randomBytes(16).toString('hex');
  const Opened = z.object({ url: z.string(), tokenEndpoint: z.string(), resources: z.number() });
  const opened = Opened.parse(await child.ask('open', { resources, dir: values.dir, secret }));
  return { child, secret, ...opened };
}

async function startWorker(
  site: Site,
  concurrency: Record<string, number> = {},
  flags: readonly string[] = [],
): Promise<Child> {
  const worker = await site.startWorker(flags);
  await worker.ask('work', concurrency);
  return worker;
}

async function extracted(site: Site, runId: number): Promise<number> {
  const [run] = await site.sql<
    { n: number }[]
  >`select records_extracted as n from run where run_id = ${runId}`;
  return run?.n ?? 0;
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
