/** After a new release or a changed map: what the CDM holds equals a fresh full load, and nothing else was touched. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeable, coding } from '../ehr/codes.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { type Content, contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import { condition, encounter, medication, observation, patient, prescription } from '../world/record.ts';
import { startRemap } from '../world/verbs.ts';
import { drain, openTestWorld, type RunRow, runOf, type Site } from '../world/world.ts';
import { loadRelease, type Release } from './release.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;

async function remap(site: Site, options: { all?: boolean } = {}): Promise<RunRow> {
  const { run_id } = await startRemap(deps, { connection_id: site.id, triggered_by: 'test', ...options });
  await drain(deps, clock);
  return await runOf(sql, run_id);
}

async function expectAsFresh(site: Site): Promise<void> {
  const fresh = await world.site({ ehr: site.ehr });
  await fresh.sync();
  const [ours, theirs] = [await contentOf(sql, site.id), await contentOf(sql, fresh.id)];
  expect(sizes(ours)).toEqual(sizes(theirs));
  expect(ours).toEqual(theirs);
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
}

/** Transactions that wrote the rows: what was not touched keeps its own. */
async function writers(site: Site): Promise<Map<string, string>> {
  const rows = await sql<{ name: string; xmin: string }[]>`
    select fhir_id || ' ' || t.table_name as name, t.xmin from resource r
    join (
      select 'condition' as table_name, condition_occurrence_id / 1000 as key, xmin::text from condition_occurrence
      union all select 'measurement', measurement_id / 1000, xmin::text from measurement
      union all select 'observation', observation_id / 1000, xmin::text from observation
      union all select 'drug', drug_exposure_id / 1000, xmin::text from drug_exposure
      union all select 'person', person_id, xmin::text from person
      union all select 'resource', resource_key, xmin::text from resource
    ) t on t.key = r.resource_key
    where r.connection_id = ${site.id}`;
  return new Map(rows.map((row) => [row.name, row.xmin]));
}

/** Everything that a release can do to a code in use. */
const tuesday = (release: Release) => {
  release.move('SNOMED', '44054006', 'Observation');
  release.retire('SNOMED', '59621000');
  release.add(2_000_000_001, 'Condition', 'ICD10CM', 'E78.5');
  release.mapTo('RxNorm', '314076', ['RxNorm', '197361']);
  release.retire('UCUM', '/min');
  release.mapTo('SNOMED', '260373001', ['SNOMED', '260415000']);
};

describe('a new release', () => {
  let site: Site;
  let before: Content;
  let run: RunRow;
  beforeAll(async () => {
    site = await world.site({ population: { seed: 'remap', patients: LONG_RUN ? 6 : 4 } });
    await site.sync();
    before = await contentOf(sql, site.id);
    await loadRelease(deps, tuesday);
    run = await remap(site);
  });

  it('is applied without asking the EHR, and ends as a fresh full load would', async () => {
    expect(run).toMatchObject({
      status: 'completed',
      kind: 'remap',
      records_extracted: 0,
      records_failed: 0,
    });
    expect(run['records_redriven']).toBeGreaterThan(5);
    expect(run['records_loaded'] + run['records_excluded']).toBe(run['records_redriven']);
    expect(await contentOf(sql, site.id)).not.toEqual(before);
    await expectAsFresh(site);
  });

  it('leaves nothing to be mapped by the next full sync', async () => {
    expect(await site.sync({ full: true })).toMatchObject({
      status: 'completed',
      records_unchanged: site.ehr.count(),
      records_loaded: 0,
    });
  });

  it('applied twice changes nothing the second time', async () => {
    expect(await remap(site)).toMatchObject({ status: 'completed', records_redriven: 0, rows_written: 0 });
  });

  inLongRun(it)('taken back gives what there was', async () => {
    await loadRelease(deps, () => {});
    expect(await remap(site)).toMatchObject({
      status: 'completed',
      records_redriven: run['records_redriven'],
    });
    expect(await contentOf(sql, site.id)).toEqual(before);
    await expectAsFresh(site);
  });
});

describe('a release that changes a few codes', () => {
  let site: Site;
  let before: Map<string, string>;
  let run: RunRow;
  beforeAll(async () => {
    await loadRelease(deps, () => {});
    site = await world.site();
    site.ehr.load([
      patient('p'),
      encounter('e', 'p'),
      condition('moves', 'p'),
      condition('lost', 'p', { code: codeable(coding('SNOMED', '59621000')) }),
      condition('found', 'p', { code: codeable(coding('ICD10CM', 'E78.5')) }),
      condition('stays', 'p', { code: codeable(coding('SNOMED', '195967001')) }),
      condition('either', 'p', {
        code: codeable(coding('SNOMED', '195967001'), coding('SNOMED', '44054006')),
      }),
      observation('unit', 'p'),
      observation('other', 'p', {
        valueQuantity: { value: 3, code: 'kg', system: 'http://unitsofmeasure.org' },
      }),
      medication('m'),
      prescription('rx', 'p', 'm'),
    ]);
    await site.sync();
    before = await writers(site);
    await loadRelease(deps, tuesday);
    run = await remap(site);
  });

  it('maps again exactly the resources that asked for them', async () => {
    const now = await writers(site);
    const touched = [...now].filter(([name, xmin]) => before.get(name) !== xmin).map(([name]) => name);
    expect(touched.filter((name) => name.endsWith(' resource')).sort()).toEqual(
      ['either', 'found', 'lost', 'moves', 'rx', 'unit'].map((name) => `${name} resource`),
    );
    expect(touched.filter((name) => !name.endsWith(' resource')).sort()).toEqual([
      'either condition',
      'found condition',
      'lost condition',
      'moves observation',
      'rx drug',
      'unit measurement',
    ]);
    expect(run).toMatchObject({ records_redriven: 6, records_loaded: 6, records_excluded: 0 });
    await expectAsFresh(site);
  });

  it('keeps the ids, and accounts for all of it', async () => {
    const [row] = await sql`
      select m.accounted_for, m.records_redriven, (select count(*)::int from chunk where run_id = m.run_id) as chunks
      from run_metrics m where run_id = ${run['run_id']}`;
    expect(row).toEqual({ accounted_for: true, records_redriven: 6, chunks: 3 });
  });
});

describe('a resource that came anew since', () => {
  inLongRun(it)(
    'is mapped again from the chunk that holds it now, and a deleted one stays deleted',
    async () => {
      await loadRelease(deps, () => {});
      const site = await world.site();
      const diabetes = condition('changed', 'p');
      site.ehr.load([patient('p'), diabetes, condition('gone', 'p'), condition('same', 'p')]);
      await site.sync();
      clock.advance(60);
      site.ehr.put({ ...diabetes, recordedDate: '2026-03-02' });
      site.ehr.remove('Condition', 'gone');
      await site.sync();
      await loadRelease(deps, tuesday);
      expect(await remap(site)).toMatchObject({
        status: 'completed',
        records_redriven: 2,
        records_loaded: 2,
      });
      await expectAsFresh(site);
      expect(await remap(site)).toMatchObject({ records_redriven: 0 });
    },
  );
});

describe('lines that are not kept any more', () => {
  inLongRun(it)('leave the rows as they are until a full sync, which maps these and no others', async () => {
    await loadRelease(deps, () => {});
    const site = await world.site();
    site.ehr.load([patient('p'), observation('o', 'p'), condition('moves', 'p')]);
    await site.sync();
    await sql`
      delete from chunk_body b using chunk c, run r
      where c.chunk_id = b.chunk_id and r.run_id = c.run_id and r.connection_id = ${site.id}`;
    const before = await contentOf(sql, site.id);
    await loadRelease(deps, (release) => release.move('SNOMED', '44054006', 'Observation'));
    expect(await remap(site)).toMatchObject({ status: 'completed', records_redriven: 0 });
    expect(world.logged()).toContain('"resources":1,"msg":"the vocabulary has changed');
    expect(await contentOf(sql, site.id)).toEqual(before);
    expect(await site.sync({ full: true })).toMatchObject({ records_unchanged: 2, records_loaded: 1 });
    await expectAsFresh(site);
  });
});
