/** Patient.link: one person for two records, in whatever order they come, and two again when the link goes. */
import { afterAll, describe, expect, it } from 'vitest';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { deleteOthersRows, othersRowsOf, writeOthersRows } from '../world/others-rows.ts';
import { encounter, observation, patient, to } from '../world/record.ts';
import { openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

const replacedBy = (id: string) => ({ link: [{ other: to('Patient', id), type: 'replaced-by' }] });
const replaces = (id: string) => ({ link: [{ other: to('Patient', id), type: 'replaces' }] });

/** Whose each event is, by FHIR ids. */
async function owners(site: Site): Promise<Record<string, string>> {
  const rows = await sql<{ id: string; person: string }[]>`
    select r.fhir_id as id, p.fhir_id as person
    from (select measurement_id / 1000 as key, person_id from measurement
      union all select visit_occurrence_id, person_id from visit_occurrence) e
    join resource r on r.resource_key = e.key join resource p on p.resource_key = e.person_id
    where r.connection_id = ${site.id}`;
  return Object.fromEntries(rows.map((row) => [row.id, row.person]));
}

async function persons(site: Site): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select fhir_id as id from person join resource on resource_key = person_id
    where connection_id = ${site.id} order by 1`;
  return rows.map((row) => row.id);
}

async function expectAsFresh(site: Site) {
  const fresh = await world.site({ ehr: site.ehr });
  expect(await fresh.sync()).toMatchObject({ status: 'completed', records_failed: 0 });
  expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, fresh.id));
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
}

describe('a Patient that another one replaces', async () => {
  const site = await world.site();
  site.ehr.load([
    patient('old', { deceasedDateTime: '2026-04-01' }),
    encounter('visit', 'old'),
    observation('seen', 'old', { encounter: to('Encounter', 'visit') }),
    patient('new'),
    observation('own', 'new'),
    patient('newest'),
  ]);
  await site.sync();

  it('is no person, and its events are those of the survivor, though they are not sent again', async () => {
    await writeOthersRows(sql, site.id);
    site.ehr.put(patient('old', replacedBy('new')));
    expect(await site.sync()).toMatchObject({
      status: 'completed',
      records_extracted: 1,
      records_excluded: 1,
    });
    expect(await persons(site)).toEqual(['new', 'newest']);
    expect(await owners(site)).toEqual({ visit: 'new', seen: 'new', own: 'new' });
    await expectAsFresh(site);
    // Whoever was in a cohort as both is in it once.
    expect(await othersRowsOf(sql)).toMatchObject({
      ...{ cohort: ['new', 'newest'], episode: ['new', 'new', 'newest'] },
    });
    await deleteOthersRows(sql);
  });

  inLongRun(it)('changes nothing when it is sent again as it was', async () => {
    expect(await site.sync({ full: true })).toMatchObject({ records_unchanged: 6, records_loaded: 0 });
    await expectAsFresh(site);
  });

  inLongRun(it)('gives later events to the survivor too, and follows when that one is replaced', async () => {
    site.ehr.put(observation('late', 'old'));
    await site.sync();
    expect(await owners(site)).toMatchObject({ late: 'new' });
    site.ehr.put(patient('newest', replaces('new')));
    await site.sync();
    expect(await persons(site)).toEqual(['newest']);
    expect(await owners(site)).toEqual({ visit: 'newest', seen: 'newest', own: 'newest', late: 'newest' });
    await expectAsFresh(site);
    site.ehr.put(patient('newest'));
    await site.sync();
    expect(await persons(site)).toEqual(['new', 'newest']);
    expect(await owners(site)).toEqual({ visit: 'new', seen: 'new', own: 'new', late: 'new' });
    await expectAsFresh(site);
  });

  it('is a person again, with the events that were its own, when the link goes', async () => {
    site.ehr.put(patient('old'));
    await site.sync();
    expect(await persons(site)).toEqual(['new', 'newest', 'old']);
    const late = LONG_RUN ? { late: 'old' } : {};
    expect(await owners(site)).toEqual({ visit: 'old', seen: 'old', own: 'new', ...late });
    expect(await sql`select 1 from merged_resource where connection_id = ${site.id}`).toHaveLength(0);
    await expectAsFresh(site);
  });

  inLongRun(it)('is a person again when the survivor is deleted, and none when that comes back', async () => {
    site.ehr.put(patient('old', replacedBy('new')));
    await site.sync();
    expect(await owners(site)).toMatchObject({ seen: 'new' });
    site.ehr.remove('Patient', 'new');
    await site.sync();
    expect(await persons(site)).toEqual(['newest', 'old']);
    expect(await owners(site)).toEqual({ visit: 'old', seen: 'old', late: 'old' });
    site.ehr.put(patient('new'));
    await site.sync();
    expect(await persons(site)).toEqual(['new', 'newest']);
    expect(await owners(site)).toEqual({ visit: 'new', seen: 'new', own: 'new', late: 'new' });
    await expectAsFresh(site);
  });
});

describe('a link that comes before one of its Patients', async () => {
  const site = await world.site();
  site.ehr.load([patient('old', replacedBy('new')), observation('seen', 'old')]);

  inLongRun(it)('leaves the replaced one as it is until the survivor is there', async () => {
    await site.sync();
    expect(await owners(site)).toEqual({ seen: 'old' });
    site.ehr.put(patient('new'));
    await site.sync();
    expect(await persons(site)).toEqual(['new']);
    expect(await owners(site)).toEqual({ seen: 'new' });
    await expectAsFresh(site);
  });

  inLongRun(it)('takes the events of a Patient of which nothing but the link was ever sent', async () => {
    site.ehr.load([
      { resourceType: 'Patient', id: 'stub', active: false, ...replacedBy('new') },
      observation('of-stub', 'stub'),
      observation('of-unsent', 'unsent'),
      patient('claims', replaces('unsent')),
    ]);
    expect(await site.sync()).toMatchObject({ status: 'completed', records_parked: 0 });
    expect(await owners(site)).toEqual({ seen: 'new', 'of-stub': 'new', 'of-unsent': 'claims' });
    await expectAsFresh(site);
  });

  inLongRun(it)('merges nobody in a circle', async () => {
    site.ehr.load([patient('a', replacedBy('b')), patient('b', replacedBy('a')), observation('of-a', 'a')]);
    await site.sync();
    expect(await owners(site)).toMatchObject({ 'of-a': 'a' });
    await expectAsFresh(site);
  });

  it('leaves the events of a stub parked whose survivor never came', async () => {
    const other = await world.site();
    other.ehr.load([
      { resourceType: 'Patient', id: 'stub', ...replacedBy('nobody') },
      observation('of-stub', 'stub'),
    ]);
    expect(await other.sync()).toMatchObject({ status: 'completed', records_parked: 1 });
  });
});

describe('a Patient in the middle of a chain whose line is no longer kept', () => {
  /** `first` is replaced by `middle`, and that by `last`. */
  async function chain(): Promise<Site> {
    const site = await world.site();
    site.ehr.load([
      patient('first', replacedBy('middle')),
      patient('middle'),
      observation('of-first', 'first'),
      observation('of-middle', 'middle'),
    ]);
    await site.sync();
    site.ehr.put(patient('last', replaces('middle')));
    await site.sync();
    expect(await owners(site)).toEqual({ 'of-first': 'last', 'of-middle': 'last' });
    return site;
  }

  inLongRun(it)(
    'leaves no event with a person who is not here, and is one again once it is sent',
    async () => {
      const site = await chain();
      await sql`
      delete from chunk_body where chunk_id in (
        select chunk_id from resource where connection_id = ${site.id} and fhir_id = 'middle')`;
      site.ehr.put(patient('last'));
      expect(await site.sync()).toMatchObject({ status: 'completed' });
      expect(await orphans(sql)).toEqual([]);
      expect(await leftovers(sql)).toEqual([]);
      await site.sync({ full: true });
      expect(await owners(site)).toEqual({ 'of-first': 'middle', 'of-middle': 'middle' });
      await expectAsFresh(site);
    },
  );
});
