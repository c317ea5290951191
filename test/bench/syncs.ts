/**
 * Measures a first sync, the floors of what it wrote, what a connection that is in step costs afterwards, and
 * how long reading its figures takes.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { measureApiReads } from './api-reads.ts';
import { type Findings, figure, megabytes, percentile, say } from './findings.ts';
import { copyFloor, emptyTables, parseFloor } from './floors.ts';
import type { Ehr } from './open-ehr.ts';
import type { Server } from './server.ts';
import { openSite, type Site, startWorker, stopWorker } from './site.ts';
import { databaseSize, sizesOf } from './sizes.ts';
import { counting, note, perResource } from './spent.ts';

const OF_THE_FIRST = [
  'ratio',
  'resources_per_second',
  'worker_cpu_us_per_resource',
  'postgres_cpu_us_per_resource',
];

export async function measureSyncs(server: Server, ehr: Ehr, findings: Findings): Promise<void> {
  const { figures, remarks } = findings;
  const url = await server.create();
  const site = await openSite(url, ehr);
  const candidates = await emptyTables(site.sql);
  const empty = await databaseSize(site.sql);
  const worker = await startWorker(url);

  say(`first sync of ${ehr.resources} resources`);
  const spent = await counting(site.sql, [worker]);
  const first = await site.sync();
  const spentFirst = await spent();
  const { worker: workerCpu, postgres: postgresCpu } = perResource(spentFirst, ehr.resources);
  const extracted = await extractedBy(site, first.runId);
  if (extracted !== ehr.resources) {
    throw new Error(`the EHR holds ${ehr.resources} resources, the run extracted ${extracted}`);
  }
  figures['resources'] = extracted;
  figures['bytes'] = 0;
  figures['sync_seconds'] = first.seconds;
  figures['resources_per_second'] = extracted / first.seconds;
  figures['worker_cpu_us_per_resource'] = workerCpu;
  if (!Number.isNaN(postgresCpu)) figures['postgres_cpu_us_per_resource'] = postgresCpu;
  remarks['CPU of the first sync'] = note(findings, OF_THE_FIRST, spentFirst, extracted);

  say('floors: COPY of the same rows, JSON.parse of the same lines');
  const copied = await copyFloor(site.sql, url, candidates);
  const parsed = await parseFloor(site.sql, site.keyring, first.runId);
  figures['bytes'] = parsed.bytes;
  figures['copy_floor_seconds'] = copied.seconds;
  figures['parse_floor_seconds'] = parsed.seconds;
  figures['ratio'] = first.seconds / copied.seconds;
  const longest = copied.tables.slice(0, 4).map((one) => `${one.name} ${one.seconds.toFixed(2)} s`);
  remarks['copy floor'] = `${copied.rows} rows; ${longest.join(', ')}`;
  Object.assign(figures, await sizesOf(site.sql, empty));

  // Postgres' own housekeeping after such a load comes minutes later; its WAL must not count as that of a
  // re-sync.
  await site.sql`vacuum (analyze)`;
  say('the same again, full, nothing changed');
  const spentAgain = await counting(site.sql, [worker]);
  const again = await site.sync({ full: true });
  remarks['CPU of the unchanged re-sync'] = note(
    findings,
    ['rerun_speedup', 'rerun_wal_share'],
    await spentAgain(),
    extracted,
  );
  figures['rerun_unchanged_seconds'] = again.seconds;
  figures['rerun_speedup'] = first.seconds / again.seconds;
  figures['rerun_wal_share'] = again.walBytes / first.walBytes;
  remarks['WAL'] =
    `first sync ${megabytes(first.walBytes)}, its COPY floor ${megabytes(copied.walBytes)}, ` +
    `unchanged re-sync ${megabytes(again.walBytes)}`;

  const touched = z.number().parse(await ehr.child.ask('touch'));
  say(`incremental, ${touched} resources changed; then full, as many changed once more`);
  const spentOnIncremental = await counting(site.sql, [worker]);
  const incremental = await site.sync();
  figures['incremental_1pct_seconds'] = incremental.seconds;
  remarks['CPU of the incremental sync'] = note(
    findings,
    ['incremental_1pct_seconds'],
    await spentOnIncremental(),
    extracted,
  );
  await ehr.child.ask('touch');
  const spentOnFull = await counting(site.sql, [worker]);
  const full = await site.sync({ full: true });
  figures['full_1pct_seconds'] = full.seconds;
  remarks['CPU of the full sync with as many changed'] = note(
    findings,
    ['full_1pct_seconds'],
    await spentOnFull(),
    extracted,
  );
  remarks['WAL of 1 % changed'] =
    `incremental ${megabytes(incremental.walBytes)}, in a full export ${megabytes(full.walBytes)}`;

  say('nothing new at all, from idle');
  const latencies: number[] = [];
  for (let n = 0; n < 5; n++) {
    await wait(1500);
    latencies.push((await site.sync()).seconds * 1000);
  }
  figures['idle_sync_latency_ms'] = percentile(latencies, 0.5);
  const { peakMb, cpuSeconds } = await stopWorker(worker);
  figures['worker_peak_rss_mb'] = peakMb;
  remarks['worker'] = `${cpuSeconds.toFixed(1)} s of CPU over all of these syncs`;

  await measureApiReads(site, findings);
  await site.close();
  await server.drop(url);
}

async function extractedBy(site: Site, runId: number): Promise<number> {
  const [run] = await site.sql<{ n: number }[]>`
    select records_extracted as n from run where run_id = ${runId}`;
  return run?.n ?? 0;
}

/** Seconds per resource here, over those of a tenth: what size itself costs. */
export async function measureGrowth(server: Server, ehr: Ehr, findings: Findings): Promise<void> {
  say(`growth: first sync of ${ehr.resources} resources`);
  const url = await server.create();
  const site = await openSite(url, ehr);
  const worker = await startWorker(url);
  const { seconds } = await site.sync();
  await stopWorker(worker);
  await site.close();
  await server.drop(url);
  findings.figures['growth'] =
    figure(findings, 'sync_seconds') / figure(findings, 'resources') / (seconds / ehr.resources);
  findings.remarks['growth'] = `a tenth of it (${ehr.resources} resources) took ${seconds.toFixed(2)} s`;
}
