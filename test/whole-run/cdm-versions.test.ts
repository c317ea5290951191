/** CDM 5.5: what a sync fills there, and a move to it and back with data there and syncs under way. */
import { afterAll, describe, expect, it } from 'vitest';
import { completeLinksInTx } from '../../jobs/5-settle/complete-links.ts';
import { tick } from '../../jobs/tick.ts';
import { moveCdm } from '../../sql/move-cdm.ts';
import { codeable, coding } from '../ehr/codes.ts';
import { inLongRun } from '../long-run.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { encounter, observation, patient, to } from '../world/record.ts';
import { startRemap } from '../world/verbs.ts';
import { drain, openTestWorld, type RunRow, runOf, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock, database } = world;

const move = (to: '5.4' | '5.5') => moveCdm(sql, database.schemas, to, { loseValues: true });
const specimen = (id: string, patientId: string) => ({
  ...{ resourceType: 'Specimen', id, subject: to('Patient', patientId) },
  type: { text: 'Venous blood' },
  collection: { collectedDateTime: '2026-03-01' },
});
const visited = { encounter: to('Encounter', 'e') };
const RECORD = [
  patient('p'),
  encounter('e', 'p'),
  encounter('other', 'p'),
  specimen('s', 'p'),
  specimen('unseen', 'p'),
  specimen('twice', 'p'),
  observation('number', 'p', { ...visited, specimen: to('Specimen', 's') }),
  observation('one', 'p', { ...visited, specimen: to('Specimen', 'twice') }),
  observation('two', 'p', { encounter: to('Encounter', 'other'), specimen: to('Specimen', 'twice') }),
  observation('coded', 'p', {
    ...{ ...visited, valueQuantity: undefined },
    valueCodeableConcept: codeable(coding('SNOMED', '260373001')),
  }),
  observation('dated', 'p', {
    ...{ ...visited, valueQuantity: undefined, code: { text: 'Last menstrual period' } },
    valueDateTime: '2026-02-11',
  }),
];

async function loaded(options = {}): Promise<Site> {
  const site = await world.site(options);
  site.ehr.load(RECORD as never);
  return site;
}

async function remap(site: Site): Promise<RunRow> {
  const { run_id } = await startRemap(deps, { connection_id: site.id, triggered_by: 'test', all: true });
  await drain(deps, clock);
  return await runOf(sql, run_id);
}

/** What is filled of 5.5, by FHIR id. */
async function added(site: Site): Promise<Record<string, string>> {
  const rows = await sql<{ id: string; said: string }[]>`
    select r.fhir_id as id, concat_ws(' ', x.coded, x.date, v.fhir_id) as said
    from resource r
    join (
      select measurement_id / 1000 as key, value_as_source_concept_id as coded, null::date as date, null::bigint as visit
      from measurement
      union all
      select observation_id / 1000, value_as_source_concept_id, value_as_date, null from observation
      union all
      select specimen_id / 1000, null, null, visit_occurrence_id from specimen
    ) x on x.key = r.resource_key
    left join resource v on v.resource_key = x.visit
    where r.connection_id = ${site.id}`;
  return Object.fromEntries(rows.filter(({ said }) => said !== '').map(({ id, said }) => [id, said]));
}
const FILLED = { s: 'e', coded: '4126681', dated: '2026-02-11' };

async function expectAsFresh(site: Site): Promise<void> {
  const fresh = await world.site({ ehr: site.ehr });
  await fresh.sync();
  expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, fresh.id));
  expect([await orphans(sql), await leftovers(sql)]).toEqual([[], []]);
}

const source = async (site: Site) => {
  const [row] = await sql`
    select s.* from cdm_source s join connection c using (cdm_source_name) where c.connection_id = ${site.id}`;
  return row ?? {};
};

describe('a database with data', () => {
  it('that moves to 5.5 says so, and is filled when it is mapped again', async () => {
    const site = await loaded();
    await site.sync();
    const before = await contentOf(sql, site.id);
    expect(await source(site)).toMatchObject({ cdm_version: 'v5.4', cdm_version_concept_id: 756265 });
    await move('5.5');
    expect(await source(site)).toMatchObject({ cdm_version: 'v5.5', cdm_release_identifier: null });
    expect(await added(site)).toEqual({});
    expect(await contentOf(sql, site.id)).toEqual(before);
    const run = await remap(site);
    expect(run['status']).toBe('completed');
    expect(await added(site)).toEqual(FILLED);
    const day = clock().toISOString().slice(0, 10);
    expect(await source(site)).toMatchObject({
      ...{ cdm_version: 'v5.5', cdm_release_identifier: `${day}/run-${run['run_id']}` },
    });
    await expectAsFresh(site);

    await move('5.4');
    expect(await contentOf(sql, site.id)).toEqual(before);
    expect(await source(site)).toMatchObject({ cdm_version: 'v5.4', cdm_version_concept_id: 756265 });
  });

  inLongRun(it)(
    'that moves to 5.5 a second time begins anew, since what the first stay gave is gone',
    async () => {
      const site = await loaded();
      await move('5.5');
      await site.sync();
      expect(await added(site)).toEqual(FILLED);
      await move('5.4');
      await move('5.5');
      expect(await added(site)).toEqual({});
      expect((await site.sync({ full: true }))['status']).toBe('completed');
      expect(await added(site)).toEqual(FILLED);
      await move('5.4');
    },
  );

  inLongRun(it)(
    'gives a specimen the visit that its observations have, whatever happens to them',
    async () => {
      await move('5.5');
      const site = await loaded();
      await site.sync();
      expect(await added(site)).toEqual(FILLED);
      site.ehr.put(
        observation('number', 'p', { encounter: to('Encounter', 'other'), specimen: to('Specimen', 's') }),
      );
      site.ehr.remove('Observation', 'two');
      await site.sync();
      expect(await added(site)).toEqual({ ...FILLED, s: 'other', twice: 'e' });
      site.ehr.remove('Encounter', 'other');
      await site.sync();
      expect(await added(site)).toEqual({ coded: FILLED.coded, dated: FILLED.dated, twice: 'e' });
      await expectAsFresh(site);
      await move('5.4');
    },
  );
});

describe('a sync under way', () => {
  it('keeps the version in place from when it looks for links that it completes', async () => {
    const [run] = await sql<
      { run_id: number; connection_id: number }[]
    >`select run_id, connection_id from run limit 1`;
    const locks = await sql.begin(async (tx) => {
      await completeLinksInTx(tx, run?.connection_id ?? 0, [run?.run_id ?? 0]);
      return await tx`
        select mode from pg_locks
        where relation = 'cdm_version'::regclass and pid = pg_backend_pid() and granted`;
    });
    expect([...locks]).toEqual([{ mode: 'AccessShareLock' }]);
  });

  inLongRun(it)(
    'goes on through a move when some of its chunks are mapped and others wait, either way, and loses nothing',
    async () => {
      for (const [from, target] of [
        ['5.4', '5.5'],
        ['5.5', '5.4'],
      ] as const) {
        await move(from);
        const site = await loaded({ maxPerFile: 2, config: { limits: { chunk_bytes: 1024 } } });
        const runId = await site.start();
        let steps = 0;
        await drain(deps, clock, async () => {
          // The chunks are mapped one by one; the move comes when some are and some are not.
          const [{ done, queued } = { done: 0, queued: 0 }] = await sql<{ done: number; queued: number }[]>`
          select count(*) filter (where state = 'done') as done, count(*) filter (where state = 'queued') as queued
          from chunk where run_id = ${runId}`;
          if (done > 0 && queued > 0 && steps++ === 0) await move(target);
          let jobs = 0;
          await tick(
            deps,
            () => jobs > 0,
            () => jobs++,
          );
        });
        expect(steps).toBeGreaterThan(0);
        const run = await runOf(sql, runId);
        expect([run['status'], run['records_failed'], run['error_code']]).toEqual(['completed', 0, null]);
        expect((await remap(site))['status']).toBe('completed');
        await expectAsFresh(site);
      }
    },
  );

  inLongRun(it)('and moves to and fro all the while end well', async () => {
    await move('5.4');
    const site = await loaded({ maxPerFile: 2, config: { limits: { chunk_bytes: 1024 } } });
    const runId = await site.start();
    let goesOn = true;
    const moves = (async () => {
      let count = 0;
      while (goesOn) await move(count++ % 2 === 0 ? '5.5' : '5.4');
      return count;
    })();
    await drain(deps, clock);
    goesOn = false;
    expect(await moves).toBeGreaterThan(1);
    await move('5.5');
    const run = await runOf(sql, runId);
    expect([run['status'], run['records_failed']]).toEqual(['completed', 0]);
    const tries = await sql`
      select name, retry_count from pgboss.job where name like 'sync-%' and retry_count > 0`;
    expect([...tries]).toEqual([]);
    await remap(site);
    expect(await added(site)).toEqual(FILLED);
    await expectAsFresh(site);
  });
});
