/** A vocabulary that changes while work goes on, and work that is interrupted: the end is the same. */
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { failRunInTx } from '../../jobs/run/fail-run.ts';
import { describeError } from '../../jobs/step/describe-error.ts';
import { runJob } from '../../jobs/workers.ts';
import { codeable, coding } from '../ehr/codes.ts';
import { inLongRun } from '../long-run.ts';
import { contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import { condition, patient } from '../world/record.ts';
import { cancelRun, retryRun, startRemap } from '../world/verbs.ts';
import {
  drain,
  type Fetched,
  fetchOne,
  openTestWorld,
  type RunRow,
  returnJobsOfTheDead,
  runOf,
  type Site,
} from '../world/world.ts';
import { loadRelease, type Release } from './release.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;

const tuesday = (release: Release) => {
  release.move('SNOMED', '44054006', 'Observation');
  release.retire('SNOMED', '59621000');
  release.add(2_000_000_001, 'Condition', 'ICD10CM', 'E78.5');
  release.mapTo('RxNorm', '314076', ['RxNorm', '197361']);
  release.retire('UCUM', 'mm[Hg]');
};

beforeEach(async () => {
  await loadRelease(deps, () => {});
});

const SMALL = { limits: { chunk_bytes: 16_384 } };

async function expectAsFresh(site: Site): Promise<void> {
  const fresh = await world.site({ ehr: site.ehr });
  await fresh.sync();
  const [ours, theirs] = [await contentOf(sql, site.id), await contentOf(sql, fresh.id)];
  expect(sizes(ours)).toEqual(sizes(theirs));
  expect(ours).toEqual(theirs);
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
}

/** Works until `stop` says so of a job that is about to run; gives that job, which did not. */
async function workUntil(stop: (next: Fetched) => Promise<boolean>): Promise<Fetched> {
  for (;;) {
    const next = await fetchOne(deps);
    if (!next) throw new Error('everything was done before the moment came');
    if (await stop(next)) return next;
    await runJob(deps, next.name, next.job);
  }
}

const mapped = async (runId: number): Promise<number> => {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from chunk where run_id = ${runId} and state = 'done'`;
  return row?.n ?? 0;
};

async function start(site: Site): Promise<number> {
  return (await startRemap(deps, { connection_id: site.id, triggered_by: 'test' })).run_id;
}

async function finished(runId: number): Promise<RunRow> {
  await drain(deps, clock);
  return await runOf(sql, runId);
}

describe('a release that is swapped in while a sync goes on', () => {
  inLongRun(it)(
    'is seen whole or not at all, is recorded with each chunk, and the sync ends as a fresh one would',
    async () => {
      const site = await world.site({ population: { seed: 'straddle', patients: 5 }, config: SMALL });
      const runId = await site.start();
      const held = await workUntil(async ({ name }) => name === 'map' && (await mapped(runId)) >= 12);

      const seen = new Set<string>();
      const reading = { on: true };
      const readers = [1, 2].map(async () => {
        while (reading.on) {
          const [row] = await sql<{ release: number; domain: string; maps: number }[]>`
          select v.release_id as release, c.domain_id as domain,
            (select count(*)::int from concept_relationship r where r.concept_id_1 = 320128) as maps
          from vocabulary_release v, concept c where v.is_current and c.concept_id = 201826`;
          seen.add(`${row?.release} ${row?.domain} ${row?.maps}`);
        }
      });
      const release = await loadRelease(deps, tuesday);
      reading.on = false;
      await Promise.all(readers);
      expect([...seen].length).toBeGreaterThan(0);
      for (const one of seen) {
        if (one.startsWith(`${release} `)) expect(one).toMatch(/ Observation 2$/);
        else expect(one).toMatch(/ Condition 3$/);
      }

      await runJob(deps, held.name, held.job);
      expect(await finished(runId)).toMatchObject({ status: 'completed', kind: 'export', records_failed: 0 });
      const releases = await sql<{ release_id: number; again: boolean }[]>`
      select release_id, bool_or(origin_chunk_id is not null) as again
      from chunk join mapping_version using (mapping_version_id) where run_id = ${runId}
      group by release_id order by release_id`;
      expect(releases).toEqual([
        { release_id: release - 1, again: false },
        { release_id: release, again: true },
      ]);
      await expectAsFresh(site);
    },
  );

  inLongRun(it)('or while a remap goes on', async () => {
    const site = await world.site({ population: { seed: 'twice', patients: 2 }, config: SMALL });
    await site.sync();
    await loadRelease(deps, tuesday);
    const runId = await start(site);
    const held = await workUntil(async ({ name }) => name === 'remap' && (await mapped(runId)) >= 3);
    await loadRelease(deps, (release) => {
      tuesday(release);
      release.move('SNOMED', '44054006', 'Measurement');
    });
    await runJob(deps, held.name, held.job);
    expect(await finished(runId)).toMatchObject({ status: 'completed', kind: 'remap', records_failed: 0 });
    await expectAsFresh(site);
    const full = await site.sync({ full: true });
    expect(full).toMatchObject({ records_loaded: 0, records_unchanged: site.ehr.count() });
  });
});

describe('a remap', () => {
  it('whose workers die is taken up by others; a step that is delivered twice does nothing the second time', async () => {
    const site = await world.site({ population: { seed: 'killed', patients: 2 }, config: SMALL });
    await site.sync();
    await loadRelease(deps, tuesday);
    const runId = await start(site);
    const lost = await workUntil(async ({ name }) => name === 'remap' && (await mapped(runId)) >= 2);
    await returnJobsOfTheDead(deps);
    const other = world.worker();
    await drain(other, clock);
    const run = await runOf(sql, runId);
    expect(run['status']).toBe('completed');
    await runJob(deps, lost.name, lost.job);
    expect(await runOf(sql, runId)).toEqual(run);
    await expectAsFresh(site);
  });

  inLongRun(it)('that fails is retried from its checkpoint', async () => {
    const site = await world.site({ population: { seed: 'failed', patients: 2 }, config: SMALL });
    await site.sync();
    await loadRelease(deps, tuesday);
    const runId = await start(site);
    await workUntil(async ({ name }) => name === 'remap' && (await mapped(runId)) >= 3);
    await sql.begin((tx) =>
      failRunInTx(tx, deps, runId, 'remap', describeError(new Error('the disk was full'))),
    );
    await drain(deps, clock);
    const done = await mapped(runId);
    await retryRun(deps, { connection_id: site.id, run_id: runId });
    expect(await finished(runId)).toMatchObject({ status: 'completed', kind: 'remap' });
    expect(await mapped(runId)).toBeGreaterThan(done);
    const again = await sql`
      select origin_chunk_id from chunk where run_id = ${runId} and origin_chunk_id is not null
      group by origin_chunk_id having count(*) > 1`;
    expect(again).toEqual([]);
    await expectAsFresh(site);
  });

  inLongRun(it)('that is cancelled leaves whole chunks, and the next one does the rest', async () => {
    const site = await world.site({ population: { seed: 'cancelled', patients: 2 }, config: SMALL });
    await site.sync();
    await loadRelease(deps, tuesday);
    const runId = await start(site);
    await workUntil(async ({ name }) => name === 'remap' && (await mapped(runId)) >= 3);
    await cancelRun(deps, { connection_id: site.id, run_id: runId });
    await returnJobsOfTheDead(deps);
    expect(await finished(runId)).toMatchObject({ status: 'cancelled' });
    expect(await finished(await start(site))).toMatchObject({ status: 'completed' });
    await expectAsFresh(site);
  });
});

describe('a local map', () => {
  inLongRun(it)('that is made is applied to what is loaded, and taken back when it ends', async () => {
    const site = await world.site();
    const house = codeable({ system: 'urn:house', code: 'DX-1' });
    site.ehr.load([
      patient('p'),
      condition('house', 'p', { code: house }),
      condition('other', 'p', { code: codeable(coding('SNOMED', '195967001')) }),
    ]);
    await site.sync();
    const before = await contentOf(sql, site.id);
    await sql`
      insert into source_to_concept_map (source_code, source_concept_id, source_vocabulary_id, target_concept_id,
        target_vocabulary_id, valid_start_date, valid_end_date)
      values ('DX-1', 0, 'urn:house', 201826, 'SNOMED', '2000-01-01', '2099-12-31')`;
    expect(await finished(await start(site))).toMatchObject({ records_redriven: 1, records_mapped: 1 });
    const [row] = await sql`
      select condition_concept_id as id from condition_occurrence c join resource r on r.resource_key = c.condition_occurrence_id / 1000
      where r.connection_id = ${site.id} and r.fhir_id = 'house'`;
    expect(row).toEqual({ id: 201826 });
    await expectAsFresh(site);
    await sql`delete from source_to_concept_map where source_code = 'DX-1'`;
    expect(await finished(await start(site))).toMatchObject({ records_redriven: 1, records_mapped: 0 });
    expect(await contentOf(sql, site.id)).toEqual(before);
  });
});

describe('other settings of the mapping', () => {
  inLongRun(it)('are applied to all that is kept by a remap of all, and by no other', async () => {
    const site = await world.site({ population: { seed: 'settings', patients: 2 } });
    await site.sync();
    await sql`
      update connection set sync_config = sync_config || ${sql.json({ mapping: { address: 'full', timezone: 'Asia/Tokyo' } })}
      where connection_id = ${site.id}`;
    expect(await finished(await start(site))).toMatchObject({ records_redriven: 0 });
    const { run_id } = await startRemap(deps, { connection_id: site.id, triggered_by: 'test', all: true });
    const run = await finished(run_id);
    expect(run).toMatchObject({ status: 'completed', records_failed: 0 });
    expect(run['records_redriven']).toBeGreaterThan(100);
    const fresh = await world.site({
      ehr: site.ehr,
      config: { mapping: { address: 'full', timezone: 'Asia/Tokyo' } },
    });
    await fresh.sync();
    expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, fresh.id));
    const full = await site.sync({ full: true });
    expect(full).toMatchObject({ records_loaded: 0, records_unchanged: site.ehr.count() });
    const { run_id: second } = await startRemap(deps, {
      connection_id: site.id,
      triggered_by: 'test',
      all: true,
    });
    expect(await finished(second)).toMatchObject({ status: 'completed', records_redriven: 0 });
  });
});
