import { afterAll, describe, expect, it } from 'vitest';
import { runJob } from '../../jobs/workers.ts';
import { few, inLongRun, LONG_RUN } from '../long-run.ts';
import { contentOf } from '../world/content.ts';
import { observation, patient } from '../world/record.ts';
import { drain, fetchOne, openTestWorld, runOf, type Site, type SiteOptions } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { deps, sql, clock } = world;

const LIMIT = 300_000;
const CHUNK = 16_384;
const PARALLEL = 2;
/** Of each of the two types. */
const RESOURCES = LONG_RUN ? 200 : 50;
const LIMITS = { chunk_bytes: CHUNK, backlog_bytes: LIMIT, parallel_downloads: PARALLEL };

/** Two phases, each of many times the limit. */
async function twoPhases(options: SiteOptions = {}): Promise<Site> {
  const site = await world.site({ gzip: false, config: { limits: LIMITS }, ...options });
  const note = [{ text: 'x'.repeat(8000) }];
  const name = [{ family: 'x'.repeat(8000) }];
  for (let n = 0; n < RESOURCES; n++) site.ehr.put(patient(`p${n}`, { name }));
  for (let n = 0; n < RESOURCES; n++) site.ehr.put(observation(`o${n}`, `p${n}`, { note }));
  return site;
}

interface Seen {
  /** Bytes that could be mapped, and all that waited, at their most. */
  ready: number;
  all: number;
  paused: number;
  /** A chunk is cut where the stream's piece ends that fills it. */
  largest: number;
}

/** Runs everything, early steps first: downloads go ahead of mapping as far as they may. */
async function downloadsFirst(runId: number): Promise<Seen> {
  const seen = { ready: 0, all: 0, paused: 0, largest: 0 };
  await drain(deps, clock, async () => {
    for (let next = await fetchOne(deps); next; next = await fetchOne(deps)) {
      await runJob(deps, next.name, next.job);
      const [now] = await sql<Seen[]>`
        with lowest as (
          select least(
            (select min(phase) from export_file where run_id = ${runId} and state in ('pending', 'queued')),
            (select min(phase) from chunk where run_id = ${runId} and state <> 'done')) as phase
        )
        select coalesce(sum(byte_end - byte_start) filter (where phase = (select phase from lowest)), 0)::int as ready,
          coalesce(sum(byte_end - byte_start), 0)::int as all,
          (select count(*)::int from export_file where run_id = ${runId} and state = 'pending' and bytes_done > 0) as paused,
          coalesce(max(byte_end - byte_start), 0)::int as largest
        from chunk where run_id = ${runId} and state <> 'done'`;
      for (const key of ['ready', 'all', 'paused', 'largest'] as const)
        seen[key] = Math.max(seen[key], now?.[key] ?? 0);
    }
  });
  return seen;
}

describe('downloads', () => {
  few(it, 1).each([
    ['whose server knows Range', {}],
    ['whose server sends the whole file each time', { range: false }],
    ['that are compressed, in many files', { gzip: true, maxPerFile: 12 }],
  ])('%s pause while more than the limit waits to be mapped, and the run ends', async (_, options) => {
    const quiet = await twoPhases({ config: { limits: { chunk_bytes: CHUNK } } });
    await quiet.sync();
    const site = await twoPhases(options);
    const runId = await site.start();
    const seen = await downloadsFirst(runId);
    expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', records_loaded: 2 * RESOURCES });
    expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, quiet.id));
    const over = LIMIT + PARALLEL * seen.largest;
    expect(seen.ready).toBeGreaterThan(LIMIT / 2);
    expect(seen.ready).toBeLessThanOrEqual(over);
    expect(seen.all).toBeLessThanOrEqual(2 * over);
    if (!('maxPerFile' in options)) expect(seen.paused).toBeGreaterThan(0);
    const left = await sql`select 1 from chunk where run_id = ${runId} and state <> 'done'`;
    expect(left).toEqual([]);
  });

  inLongRun(it)('of later phases do not keep those of the open phase from going on', async () => {
    const site = await twoPhases({ maxPerFile: 40 });
    // The first Patient files have to be asked for again later; meanwhile only Observations come.
    const held = { status: 503, headers: { 'retry-after': '30' } };
    site.ehr.faults.push({ on: 'file', times: 3, match: ({ path }) => path.includes('Patient'), do: held });
    const runId = await site.start();
    const seen = await downloadsFirst(runId);
    expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', records_loaded: 2 * RESOURCES });
    expect(seen.all).toBeLessThanOrEqual(2 * (LIMIT + PARALLEL * seen.largest));
  });
});
