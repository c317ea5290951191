/**
 * The map step alone: first everything is downloaded while nobody maps, then everything is mapped, on as many
 * worker processes as asked for.
 */
import { mkdir } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from '../../sql/connect.ts';
import { DEFAULT_SCHEMAS } from '../../sql/default-schemas.ts';
import { type Findings, figure, say } from './findings.ts';
import type { Ehr } from './open-ehr.ts';
import { selfTimes } from './profile.ts';
import type { Server } from './server.ts';
import { openSite, openWorker, startWorker, stopWorker, waitForRun } from './site.ts';
import { counting, note, perResource, type Spent } from './spent.ts';

export interface Shape {
  readonly processes: number;
  /** Of each process; as by default when undefined. */
  readonly threads: number | undefined;
}

export interface Staged {
  readonly url: string;
  readonly runId: number;
}

/** A database in which a whole export waits to be mapped. */
export async function stage(server: Server, ehr: Ehr): Promise<Staged> {
  const url = await server.create();
  const site = await openSite(url, ehr);
  const downloader = await startWorker(url, { map: 0, redrive: 0, close: 0 });
  const runId = await site.start();
  for (let left = true; left; await wait(50)) {
    const [run] = await site.sql`select 1 from run where run_id = ${runId} and status = 'processing'`;
    left = !run;
  }
  await stopWorker(downloader);
  await site.close();
  return { url, runId };
}

export interface Mapped {
  /** From the first chunk taken to the last commit, which finds nothing left to map. */
  readonly seconds: number;
  readonly chunks: number;
  readonly peakMb: readonly number[];
  /** What the map and close steps used. */
  readonly spent: Spent;
}

export async function mapStaged(
  { url, runId }: Staged,
  { processes, threads }: Shape,
  flags: readonly string[] = [],
): Promise<Mapped> {
  const sql = connect(url, DEFAULT_SCHEMAS, { max: 1 });
  await sql`checkpoint`;
  const workers = await Promise.all(Array.from({ length: processes }, () => openWorker(url, flags, threads)));
  const spentSince = await counting(sql, workers);
  const begin = Date.now();
  await Promise.all(workers.map((worker) => worker.ask('work')));
  await waitForRun(sql, runId);
  const spent = await spentSince();
  const [run] = await sql<{ first: Date; closing_at: Date; chunks: number }[]>`
    select (select min(started_on) from pgboss.job where name = 'sync-map') as first, closing_at,
      (select count(*)::int from chunk where run_id = ${runId} and file_id is not null) as chunks
    from run where run_id = ${runId}`;
  const [start, end] = [run?.first.getTime() ?? 0, run?.closing_at.getTime() ?? 0];
  if (start < begin || end < start) {
    throw new Error('expected the first map job to start after the workers did');
  }
  const stopped = await Promise.all(workers.map(stopWorker));
  await sql.end();
  return {
    ...{ seconds: (end - start) / 1000, chunks: run?.chunks ?? 0, spent },
    peakMb: stopped.map((one) => one.peakMb),
  };
}

export async function measureMap(
  server: Server,
  ehr: Ehr,
  findings: Findings,
  profile: string | undefined,
): Promise<void> {
  say('map alone: all chunks staged first');
  const staged = await stage(server, ehr);
  if (profile) await mkdir(profile, { recursive: true });
  const mapped = await mapStaged(
    staged,
    { processes: 1, threads: undefined },
    profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [],
  );
  await server.drop(staged.url);
  const { figures, remarks } = findings;
  figures['map_seconds'] = mapped.seconds;
  figures['map_worker_cpu_us_per_resource'] = perResource(mapped.spent, ehr.resources).worker;
  if ('copy_floor_seconds' in figures) {
    figures['map_ratio'] = mapped.seconds / figure(findings, 'copy_floor_seconds');
  }
  remarks['CPU of the map step'] =
    `${note(findings, ['map_ratio'], mapped.spent, ehr.resources)} (with the close step), ${mapped.chunks} chunks, ` +
    `peak ${mapped.peakMb[0]?.toFixed(0)} MB`;
  if (!profile) return;
  for (const one of await selfTimes(profile, 25)) {
    say(
      `${one.milliseconds.toFixed(0).padStart(7)} ms ${one.share.toFixed(1).padStart(5)} %  ${one.name}  ${one.place}`,
    );
  }
}
