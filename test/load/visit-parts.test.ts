/** Encounters that are part of another one, and costs: rows that the CDM does not allow without their visit. */
import { afterAll, describe, expect, it } from 'vitest';
import { inLongRun } from '../long-run.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { encounter, observation, patient, to } from '../world/record.ts';
import { openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

async function outcome(site: Site, type: string, id: string) {
  const [row] = await sql<{ outcome: string; reason: string | null }[]>`
    select outcome, reason from resource
    where connection_id = ${site.id} and resource_type = ${type} and fhir_id = ${id}`;
  return row;
}

/** visit and part of each observation, by FHIR ids. */
async function placed(site: Site) {
  const rows = await sql<{ id: string; visit: string | null; part: string | null }[]>`
    select r.fhir_id as id, v.fhir_id as visit, d.fhir_id as part
    from measurement m join resource r on r.resource_key = m.measurement_id / 1000
    left join resource v on v.resource_key = m.visit_occurrence_id
    left join resource d on d.resource_key = m.visit_detail_id / 1000
    where r.connection_id = ${site.id} order by r.fhir_id`;
  return rows.map((row) => ({ ...row }));
}

async function expectAsFresh(site: Site) {
  const fresh = await world.site({ ehr: site.ehr });
  await fresh.sync();
  expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, fresh.id));
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
}

const bill = (id: string, encounterId: string) => ({
  resourceType: 'ExplanationOfBenefit',
  id,
  status: 'active',
  use: 'claim',
  patient: to('Patient', 'p'),
  item: [{ sequence: 1, encounter: [to('Encounter', encounterId)] }],
  total: [{ category: { coding: [{ code: 'submitted' }] }, amount: { value: 120, currency: 'USD' } }],
});

describe('a cost whose visit has not come', async () => {
  const site = await world.site();
  site.ehr.load([
    ...[patient('p'), bill('bill', 'visit'), observation('seen', 'p')],
    encounter('of-nobody', 'not-here'),
    encounter('part', 'p', { partOf: to('Encounter', 'of-nobody') }),
  ]);
  const first = await site.sync();

  it('is parked; everything else of its chunk is loaded', async () => {
    expect(first).toMatchObject({ status: 'completed', records_parked: 3, records_loaded: 2 });
    expect(await outcome(site, 'ExplanationOfBenefit', 'bill')).toEqual({
      outcome: 'parked',
      reason: 'target-not-known',
    });
  });

  it('is parked like a part of what the same chunk parks, since nobody knows its Patient', async () => {
    const parked = { outcome: 'parked', reason: 'target-not-known' };
    expect(await outcome(site, 'Encounter', 'part')).toEqual(parked);
    expect(await outcome(site, 'Encounter', 'of-nobody')).toEqual({ ...parked, reason: 'patient-not-known' });
    expect(await orphans(sql)).toEqual([]);
  });

  it('is loaded when the visit comes', async () => {
    site.ehr.put(encounter('visit', 'p'));
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_redriven: 1, records_loaded: 2 });
    const [cost] = await sql`
      select total_charge, fhir_id from cost join resource on resource_key = cost_event_id
      where connection_id = ${site.id}`;
    expect(cost).toEqual({ total_charge: 120, fhir_id: 'visit' });
    await expectAsFresh(site);
  });

  inLongRun(it)('is parked again when the visit goes, and back with it', async () => {
    site.ehr.put(encounter('visit', 'p', { status: 'entered-in-error' }));
    expect(await site.sync()).toMatchObject({ status: 'completed', records_excluded: 1 });
    expect(await outcome(site, 'ExplanationOfBenefit', 'bill')).toEqual({
      outcome: 'parked',
      reason: 'target-removed',
    });
    await expectAsFresh(site);
    site.ehr.put(encounter('visit', 'p'));
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_redriven: 1, records_loaded: 2 });
    await expectAsFresh(site);
  });
});

describe('the cover that pays a cost', async () => {
  const site = await world.site();
  const cover = {
    resourceType: 'Coverage',
    id: 'cover',
    status: 'active',
    beneficiary: to('Patient', 'p'),
    period: { start: '2026-01-01', end: '2026-12-31' },
  };
  const plans = async () =>
    (
      await sql<{ plan: string | null }[]>`
        select r.fhir_id as plan from cost c join resource o on o.resource_key = c.cost_id / 1000
        left join resource r on r.resource_key = c.payer_plan_period_id / 1000
        where o.connection_id = ${site.id}`
    ).map((row) => row.plan);

  inLongRun(it)('is known when it comes, is let go with it, and comes back', async () => {
    const insurance = [{ focal: true, coverage: to('Coverage', 'cover') }];
    site.ehr.load([patient('p'), encounter('visit', 'p'), { ...bill('bill', 'visit'), insurance }]);
    await site.sync();
    expect(await plans()).toEqual([null]);
    site.ehr.put(cover);
    await site.sync();
    expect(await plans()).toEqual(['cover']);
    await expectAsFresh(site);
    site.ehr.remove('Coverage', 'cover');
    await site.sync();
    expect(await plans()).toEqual([null]);
    site.ehr.put(cover);
    await site.sync();
    expect(await plans()).toEqual(['cover']);
  });
});

describe('an Encounter that is part of another', async () => {
  const site = await world.site();
  const part = { partOf: to('Encounter', 'stay') };
  site.ehr.load([
    patient('p'),
    encounter('icu', 'p', part),
    encounter('ventilation', 'p', { partOf: to('Encounter', 'icu') }),
    observation('in-icu', 'p', { encounter: to('Encounter', 'icu') }),
    observation('ventilated', 'p', { encounter: to('Encounter', 'ventilation') }),
    observation('on-ward', 'p', { encounter: to('Encounter', 'stay') }),
  ]);

  it('waits for it, and its own parts with it; what names them is loaded without a visit', async () => {
    expect(await site.sync()).toMatchObject({ status: 'completed', records_parked: 2, records_loaded: 4 });
    expect(await placed(site)).toEqual([
      { id: 'in-icu', visit: null, part: null },
      { id: 'on-ward', visit: null, part: null },
      { id: 'ventilated', visit: null, part: null },
    ]);
  });

  it('is a visit_detail once that is there, and events have both the visit and the part', async () => {
    site.ehr.put(encounter('stay', 'p'));
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_redriven: 2, records_loaded: 3 });
    expect(await placed(site)).toEqual([
      { id: 'in-icu', visit: 'stay', part: 'icu' },
      { id: 'on-ward', visit: 'stay', part: null },
      { id: 'ventilated', visit: 'stay', part: 'ventilation' },
    ]);
    const details = await sql`
      select r.fhir_id, p.fhir_id as parent from visit_detail d
      join resource r on r.resource_key = d.visit_detail_id / 1000
      left join resource p on p.resource_key = d.parent_visit_detail_id / 1000
      where r.connection_id = ${site.id} order by r.fhir_id`;
    expect(details.map((row) => ({ ...row }))).toEqual([
      { fhir_id: 'icu', parent: null },
      { fhir_id: 'ventilation', parent: 'icu' },
    ]);
    await expectAsFresh(site);
  });

  inLongRun(it)('takes its parts and events along when it becomes part of another visit', async () => {
    site.ehr.put(encounter('stay-2', 'p', { period: { start: '2026-03-02', end: '2026-03-05' } }));
    site.ehr.put(encounter('icu', 'p', { partOf: to('Encounter', 'stay-2') }));
    await site.sync();
    expect(await placed(site)).toMatchObject([
      { id: 'in-icu', visit: 'stay-2', part: 'icu' },
      { id: 'on-ward', visit: 'stay' },
      { id: 'ventilated', visit: 'stay-2', part: 'ventilation' },
    ]);
    await expectAsFresh(site);
  });

  inLongRun(it)('becomes a visit when it is no part any more, and the other way round', async () => {
    site.ehr.put(encounter('icu', 'p'));
    expect(await site.sync()).toMatchObject({
      status: 'completed',
      records_extracted: 1,
      records_redriven: 1,
    });
    expect(await placed(site)).toMatchObject([
      { id: 'in-icu', visit: 'icu', part: null },
      { id: 'on-ward', visit: 'stay' },
      { id: 'ventilated', visit: 'icu', part: 'ventilation' },
    ]);
    await expectAsFresh(site);
    site.ehr.put(encounter('icu', 'p', part));
    await site.sync();
    expect(await placed(site)).toMatchObject([
      { id: 'in-icu', visit: 'stay', part: 'icu' },
      { id: 'on-ward', visit: 'stay' },
      { id: 'ventilated', visit: 'stay', part: 'ventilation' },
    ]);
    await expectAsFresh(site);
  });

  it('is parked when the whole goes', async () => {
    site.ehr.remove('Encounter', 'stay');
    await site.sync();
    expect(await outcome(site, 'Encounter', 'icu')).toEqual({ outcome: 'parked', reason: 'target-removed' });
    expect(await placed(site)).toMatchObject([{ visit: null }, { visit: null }, { visit: null }]);
    await expectAsFresh(site);
  });

  inLongRun(it)('waits forever in a circle, and harms nothing', async () => {
    const circle = await world.site();
    circle.ehr.load([
      patient('p'),
      encounter('a', 'p', { partOf: to('Encounter', 'b') }),
      encounter('b', 'p', { partOf: to('Encounter', 'a') }),
      encounter('self', 'p', { partOf: to('Encounter', 'self') }),
    ]);
    expect(await circle.sync()).toMatchObject({ status: 'completed', records_parked: 2, records_loaded: 2 });
    circle.ehr.put(encounter('a', 'p'));
    expect(await circle.sync()).toMatchObject({
      status: 'completed',
      records_loaded: 2,
      records_redriven: 1,
    });
    circle.ehr.put(encounter('a', 'p', { partOf: to('Encounter', 'b') }));
    expect(await circle.sync()).toMatchObject({ status: 'completed', records_parked: 1 });
    await expectAsFresh(circle);
  });
});
