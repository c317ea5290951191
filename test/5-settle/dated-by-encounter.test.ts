/**
 * Events without a date of their own, dated by the visit whose Encounter they name: whatever comes first, and whatever
 * becomes of it, they are what a fresh load would make of them.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { inLongRun } from '../long-run.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { condition, encounter, medication, observation, patient, prescription, to } from '../world/record.ts';
import { openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

const undated = (id: string, visit = 'visit') =>
  condition(id, 'p', { onsetDateTime: undefined, encounter: to('Encounter', visit) });
const starting = (start: string, fields: Record<string, unknown> = {}) =>
  encounter('visit', 'p', { period: { start, end: '2026-03-09T10:00:00Z' }, ...fields });

async function starts(site: Site): Promise<Record<string, string>> {
  const rows = await sql<{ id: string; at: string }[]>`
    select r.fhir_id as id, c.condition_start_datetime as at
    from condition_occurrence c join resource r on r.resource_key = c.condition_occurrence_id / 1000
    where r.connection_id = ${site.id} order by 1`;
  return Object.fromEntries(rows.map((row) => [row.id, row.at]));
}

async function outcomes(site: Site): Promise<Record<string, string>> {
  const rows = await sql<{ id: string; said: string }[]>`
    select r.fhir_id as id, concat_ws(' ', r.outcome, r.reason, 'for ' || w.target_type || '/' || w.target_id) as said
    from resource r left join waiting w using (resource_key)
    where r.connection_id = ${site.id} and r.resource_type <> 'Encounter' and r.outcome <> 'loaded' order by 1`;
  return Object.fromEntries(rows.map((row) => [row.id, row.said]));
}

async function uses(site: Site): Promise<string[]> {
  const rows = await sql<{ text: string }[]>`
    select r.fhir_id || ' ' || u.content_id || ' ' || encode(u.content_hash, 'hex') as text
    from content_use u join resource r using (resource_key) where r.connection_id = ${site.id} order by 1`;
  return rows.map((row) => row.text);
}

async function expectAsFresh(site: Site) {
  const fresh = await world.site({ ehr: site.ehr });
  await fresh.sync();
  expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, fresh.id));
  const outcome = async (of: Site) => Object.keys(await outcomes(of));
  expect(await outcome(site)).toEqual(await outcome(fresh));
  expect(await uses(site)).toEqual(await uses(fresh));
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
}

describe('events dated by an Encounter that came before them', async () => {
  const site = await world.site();
  site.ehr.load([
    patient('p'),
    starting('2026-03-02T08:15:00Z'),
    undated('c1'),
    undated('c2'),
    condition('own', 'p', { encounter: to('Encounter', 'visit') }),
    medication('m'),
    prescription('rx', 'p', 'm', { authoredOn: undefined, encounter: to('Encounter', 'visit') }),
    observation('pulse', 'p', { effectiveDateTime: undefined, encounter: to('Encounter', 'visit') }),
  ]);
  const first = await site.sync();

  it('have the start of its visit, without waiting', async () => {
    expect(first).toMatchObject({ records_loaded: 8, records_parked: 0, records_redriven: 0 });
    expect(await starts(site)).toEqual({
      c1: '2026-03-02 08:15:00',
      c2: '2026-03-02 08:15:00',
      own: '2026-03-01 00:00:00',
    });
    const others = await sql`
      select drug_exposure_start_datetime::text as at from drug_exposure where person_id in (
        select resource_key from resource where connection_id = ${site.id})
      union all
      select measurement_datetime::text from measurement where person_id in (
        select resource_key from resource where connection_id = ${site.id})`;
    expect(others.map(({ at }) => at)).toEqual(['2026-03-02 08:15:00', '2026-03-02 08:15:00']);
  });

  it('follow it when its start changes', async () => {
    site.ehr.put(starting('2026-03-03T09:00:00Z'));
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_redriven: 4, records_loaded: 5 });
    expect(await starts(site)).toMatchObject({ c1: '2026-03-03 09:00:00', own: '2026-03-01 00:00:00' });
    await expectAsFresh(site);
  });

  inLongRun(it)('follow it when it becomes a part of another one, and a visit again', async () => {
    site.ehr.put(encounter('whole', 'p', { period: { start: '2026-03-01', end: '2026-03-09' } }));
    site.ehr.put(starting('2026-03-04T09:00:00Z', { partOf: to('Encounter', 'whole') }));
    expect(await site.sync()).toMatchObject({ status: 'completed' });
    expect(await starts(site)).toMatchObject({ c1: '2026-03-04 09:00:00' });
    await expectAsFresh(site);
    site.ehr.put(starting('2026-03-05T09:00:00Z', { partOf: to('Encounter', 'whole') }));
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_redriven: 4 });
    expect(await starts(site)).toMatchObject({ c1: '2026-03-05 09:00:00' });
    await expectAsFresh(site);
    site.ehr.put(starting('2026-03-05T09:00:00Z'));
    await site.sync();
    expect(await starts(site)).toMatchObject({ c1: '2026-03-05 09:00:00' });
    await expectAsFresh(site);
  });

  inLongRun(it)('are excluded when it was a mistake, and loaded again when it was none', async () => {
    site.ehr.put(starting('2026-03-05T09:00:00Z', { status: 'entered-in-error' }));
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_excluded: 5 });
    expect(await outcomes(site)).toEqual({
      c1: 'excluded no-date',
      c2: 'excluded no-date',
      pulse: 'excluded no-date',
      rx: 'excluded no-date',
    });
    await expectAsFresh(site);
    site.ehr.put(starting('2026-03-06T09:00:00Z'));
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_redriven: 4 });
    expect(await starts(site)).toMatchObject({ c1: '2026-03-06 09:00:00' });
    await expectAsFresh(site);
  });

  inLongRun(it)(
    'wait for it when it is deleted, after having been a visit or none, until it comes back',
    async () => {
      site.ehr.remove('Encounter', 'visit');
      await site.sync();
      expect(await starts(site)).toEqual({ own: '2026-03-01 00:00:00' });
      expect(await outcomes(site)).toMatchObject({ c1: 'parked encounter-removed for Encounter/visit' });
      await expectAsFresh(site);
      site.ehr.put(starting('2026-03-06T09:00:00Z', { status: 'planned' }));
      await site.sync();
      expect(await outcomes(site)).toMatchObject({ c1: 'excluded no-date', rx: 'excluded no-date' });
      await expectAsFresh(site);
      site.ehr.remove('Encounter', 'visit');
      await site.sync();
      expect(await outcomes(site)).toMatchObject({ c1: 'parked encounter-not-known for Encounter/visit' });
      await expectAsFresh(site);
      site.ehr.put(starting('2026-03-07T09:00:00Z'));
      await site.sync();
      expect(await starts(site)).toMatchObject({ c1: '2026-03-07 09:00:00' });
      await expectAsFresh(site);
    },
  );
});

describe('events dated by an Encounter that comes after them', async () => {
  const site = await world.site();
  site.ehr.load([patient('p'), undated('c1'), undated('none', 'planned'), undated('never', 'elsewhere')]);
  const first = await site.sync();

  it('wait for it, and nothing else does', async () => {
    expect(first).toMatchObject({ status: 'completed', records_loaded: 1, records_parked: 3 });
    expect(await outcomes(site)).toMatchObject({ c1: 'parked encounter-not-known for Encounter/visit' });
  });

  it('are loaded in the run that brings it, or excluded when it gives no visit', async () => {
    site.ehr.put(starting('2026-03-02T08:15:00Z'));
    site.ehr.put(encounter('planned', 'p', { status: 'planned' }));
    expect(await site.sync()).toMatchObject({ records_extracted: 2, records_redriven: 2, records_loaded: 2 });
    expect(await starts(site)).toEqual({ c1: '2026-03-02 08:15:00' });
    expect(await outcomes(site)).toEqual({
      never: 'parked encounter-not-known for Encounter/elsewhere',
      none: 'excluded no-date',
    });
    await expectAsFresh(site);
  });

  inLongRun(it)('wait as long as it waits for its own patient', async () => {
    site.ehr.put(encounter('elsewhere', 'q'));
    expect(await site.sync()).toMatchObject({ records_parked: 1, records_redriven: 0 });
    expect(await outcomes(site)).toMatchObject({
      never: 'parked encounter-not-known for Encounter/elsewhere',
    });
    site.ehr.put(patient('q'));
    expect(await site.sync()).toMatchObject({ records_redriven: 2, records_loaded: 3 });
    expect(await starts(site)).toMatchObject({ never: '2026-03-01 10:00:00' });
    await expectAsFresh(site);
  });
});

describe('an Encounter that stands behind its events in one file of mixed types', async () => {
  const site = await world.site();

  it('dates them in the same run, all of it accounted for once', async () => {
    const mixed = [undated('c1'), starting('2026-03-02T08:15:00Z'), patient('p')];
    site.ehr.load([undated('c1')]);
    site.ehr.faults.push({
      on: 'file',
      times: 1,
      do: { rewrite: () => mixed.map((one) => `${JSON.stringify(one)}\n`).join('') },
    });
    expect(await site.sync()).toMatchObject({
      records_extracted: 3,
      records_loaded: 3,
      records_parked: 0,
      records_redriven: 0,
    });
    expect(await starts(site)).toEqual({ c1: '2026-03-02 08:15:00' });
  });
});

describe('an Encounter that changes when the chunks are not kept any more', async () => {
  const site = await world.site();

  inLongRun(it)('leaves its events as they are, says so, and a full sync dates them anew', async () => {
    site.ehr.load([patient('p'), starting('2026-03-02T08:15:00Z'), undated('c1')]);
    await site.sync();
    await sql`
      delete from chunk_body b using chunk c, run r
      where c.chunk_id = b.chunk_id and r.run_id = c.run_id and r.connection_id = ${site.id}`;
    site.ehr.put(starting('2026-03-03T08:15:00Z'));
    expect(await site.sync()).toMatchObject({ status: 'completed', records_redriven: 0 });
    expect(await starts(site)).toEqual({ c1: '2026-03-02 08:15:00' });
    expect(world.logged()).toContain(
      '"resources":1,"msg":"a Medication, Substance, Device, attachment, Organization, Encounter or Patient has changed',
    );
    await site.sync({ full: true });
    expect(await starts(site)).toEqual({ c1: '2026-03-03 08:15:00' });
    await expectAsFresh(site);
  });
});

describe('events that their person cannot have had, where the site leaves them out', async () => {
  const config = { mapping: { implausible_events: 'exclude' } };
  const site = await world.site({ config });
  const on = (id: string, day: string) => condition(id, 'p', { onsetDateTime: day });
  const asFresh = async () => {
    const fresh = await world.site({ ehr: site.ehr, config });
    await fresh.sync();
    expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, fresh.id));
    expect(Object.keys(await outcomes(site))).toEqual(Object.keys(await outcomes(fresh)));
  };

  inLongRun(it)('are excluded, and held against the person as it changes', async () => {
    site.ehr.load([patient('p'), on('early', '1960-01-01'), on('late', '2026-03-01')]);
    await site.sync();
    expect(await outcomes(site)).toEqual({ early: 'excluded implausible-date' });
    site.ehr.put(patient('p', { birthDate: '1950-03-04', deceasedDateTime: '2025-01-01' }));
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_redriven: 2 });
    expect(await outcomes(site)).toEqual({ late: 'excluded implausible-date' });
    await asFresh();
    site.ehr.put(patient('p', { birthDate: '1950-03-04' }));
    await site.sync();
    expect(await outcomes(site)).toEqual({});
    await asFresh();
  });

  inLongRun(it)('wait for their day when it is to come', async () => {
    const inDays = (days: number) => new Date(world.clock().getTime() + days * 86_400_000).toISOString();
    const day = inDays(9).slice(0, 10);
    site.ehr.put(on('planned', day));
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_parked: 1 });
    expect(await outcomes(site)).toEqual({ planned: `parked in-future for Day/${day}` });
    await asFresh();
    world.clock.advance(9 * 86_400);
    expect(await site.sync()).toMatchObject({ records_redriven: 1, records_loaded: 1 });
    expect(await outcomes(site)).toEqual({});
    await asFresh();
  });
});
