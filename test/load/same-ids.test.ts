/**
 * An id says nothing without its type and its connection: two connections have resources of the same ids, and in each
 * of them resources of all types have one id. What becomes of one is nothing to the others.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../jobs/map/types.ts';
import { inLongRun } from '../long-run.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import {
  condition,
  encounter,
  medication,
  observation,
  patient,
  practitioner,
  prescription,
  to,
} from '../world/record.ts';
import { startPurge } from '../world/verbs.ts';
import { drain, openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

const NPI = 'http://hl7.org/fhir/sid/us-npi';
const identifier = [{ system: NPI, value: '1234567893' }];
const BROKEN = { onsetDateTime: '2024-13-01' };

interface Differing {
  /** When the visit begins. */
  readonly hour: string;
  readonly drug: string;
  readonly payer: string;
  readonly born: string;
}

/** Of all types, with one id, which refer to each other; and with another, of a second Patient. */
function chart({ hour, drug, payer, born }: Differing): Resource[] {
  const visit = { encounter: to('Encounter', 'x') };
  return [
    patient('x', { birthDate: born }),
    { resourceType: 'Organization', id: 'x', name: payer, identifier },
    { resourceType: 'Location', id: 'x', name: `Ward of ${payer}` },
    practitioner('x', { identifier }),
    medication('x', drug),
    encounter('x', 'x', {
      period: { start: `2026-03-01T${hour}:00:00Z`, end: '2026-03-01T20:00:00Z' },
      participant: [{ individual: { type: 'Practitioner', identifier: identifier[0] } }],
      serviceProvider: to('Organization', 'x'),
    }),
    condition('x', 'x', { ...visit, onsetDateTime: undefined }),
    observation('x', 'x', visit),
    prescription('x', 'x', 'x', visit),
    {
      ...{ resourceType: 'Coverage', id: 'x', status: 'active', beneficiary: to('Patient', 'x') },
      ...{ payor: [to('Organization', 'x')], period: { start: '2026-01-01', end: '2026-12-31' } },
    },
    patient('y'),
    encounter('y', 'y', { participant: [{ individual: to('Practitioner', 'x') }] }),
    condition('y', 'y', { onsetDateTime: undefined, encounter: to('Encounter', 'y') }),
  ];
}

const config = { mapping: { implausible_events: 'exclude' } };
const HERE = { hour: '08', drug: '314076', payer: 'Example Mutual', born: '1970-03-04' };
const THERE = { hour: '17', drug: '197361', payer: 'Example Union', born: '1971-05-06' };

async function twins(): Promise<{ one: Site; other: Site }> {
  const one = await world.site({ config });
  const other = await world.site({ config });
  one.ehr.load(chart(HERE));
  other.ehr.load(chart(THERE));
  expect(await one.sync()).toMatchObject({ status: 'completed', records_failed: 0, records_parked: 0 });
  expect(await other.sync()).toMatchObject({ status: 'completed', records_failed: 0, records_parked: 0 });
  return { one, other };
}

/** Of the Patient x: what other resources have told. */
async function told(site: Site) {
  const [row] = await sql`
    select p.year_of_birth as born, c.condition_start_datetime as dated, d.drug_concept_id as drug,
      i.payer_source_value as payer, o.care_site_name as place, r.resource_type || '/' || r.fhir_id as provider
    from resource x join person p on p.person_id = x.resource_key
    join visit_occurrence v using (person_id) join condition_occurrence c using (person_id)
    join drug_exposure d using (person_id) join payer_plan_period i using (person_id)
    join care_site o on o.care_site_id = v.care_site_id join resource r on r.resource_key = v.provider_id
    where x.connection_id = ${site.id} and x.resource_type = 'Patient' and x.fhir_id = 'x'`;
  return row;
}

async function open(site: Site): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select resource_type || '/' || fhir_id as name from failure
    where connection_id = ${site.id} and resolved_at is null order by 1`;
  return rows.map((row) => row.name);
}

async function parked(site: Site): Promise<string[]> {
  const rows = await sql<{ said: string }[]>`
    select resource_type || '/' || fhir_id || ' ' || reason as said from resource
    where connection_id = ${site.id} and outcome = 'parked' order by 1`;
  return rows.map((row) => row.said);
}

describe('two connections with the same ids, and one id for all types', async () => {
  const { one, other } = await twins();
  const sent = await contentOf(sql, one.id);
  const sentThere = await contentOf(sql, other.id);
  /** Sends these types of the resources called x; all of them when none is named. */
  function put(site: Site, resources: readonly Resource[], ...types: string[]) {
    for (const one of resources)
      if (types.length === 0 || (one.id === 'x' && types.includes(one.resourceType))) site.ehr.put(one);
  }

  it('have each what their own resources say', async () => {
    const same = { provider: 'Practitioner/x' };
    expect(await told(one)).toEqual({
      ...{ ...same, born: 1970, dated: '2026-03-01 08:00:00', drug: 19080128 },
      ...{ payer: 'Example Mutual', place: 'Example Mutual' },
    });
    expect(await told(other)).toEqual({
      ...{ ...same, born: 1971, dated: '2026-03-01 17:00:00', drug: 1332419 },
      ...{ payer: 'Example Union', place: 'Example Union' },
    });
  });

  inLongRun(it)('change each by themselves, one resource without the others', async () => {
    put(one, chart({ ...HERE, hour: '09', born: '1950-01-01' }), 'Encounter', 'Patient');
    expect(await one.sync()).toMatchObject({ status: 'completed', records_extracted: 2, records_failed: 0 });
    expect(await told(one)).toMatchObject({ born: 1950, dated: '2026-03-01 09:00:00', drug: 19080128 });
    put(one, chart(HERE));
    expect(await one.sync()).toMatchObject({ status: 'completed', records_failed: 0 });
    expect(await contentOf(sql, one.id)).toEqual(sent);
    expect(await contentOf(sql, other.id)).toEqual(sentThere);
  });

  inLongRun(it)('take nothing for loaded that only the other has', async () => {
    const same = observation('late', 'y');
    other.ehr.put(same);
    await other.sync();
    one.ehr.put(same);
    expect(await one.sync()).toMatchObject({ records_extracted: 1, records_loaded: 1, records_unchanged: 0 });
    for (const site of [one, other]) site.ehr.remove('Observation', 'late');
    for (const site of [one, other]) await site.sync();
  });

  inLongRun(it)('settle each their own failures, of one type, and none that was settled before', async () => {
    for (const site of [one, other]) {
      put(site, [condition('x', 'x', BROKEN), condition('y', 'y', BROKEN)]);
      put(site, [observation('x', 'x', { effectiveDateTime: '2024-13-01' })]);
      await site.sync();
      expect(await open(site)).toEqual(['Condition/x', 'Condition/y', 'Observation/x']);
    }
    const settled = async () =>
      await sql`
        select failure_id, resolved_at from failure
        where connection_id = ${one.id} and resolved_at is not null order by 1`;
    put(one, chart(HERE), 'Condition');
    await one.sync();
    expect(await open(one)).toEqual(['Condition/y', 'Observation/x']);
    const first = await settled();
    expect(first).toHaveLength(1);

    put(one, [condition('x', 'x', BROKEN)]);
    await one.sync();
    world.clock.advance(60);
    one.ehr.remove('Condition', 'x');
    await one.sync();
    expect(await open(one)).toEqual(['Condition/y', 'Observation/x']);
    expect(await settled()).toEqual([...first, expect.anything()]);

    put(one, [condition('x', 'x', BROKEN)]);
    await one.sync();
    world.clock.advance(60);
    put(one, chart(HERE));
    await one.sync();
    expect(await open(one)).toEqual([]);
    expect((await settled()).slice(0, 1)).toEqual(first);
    expect(await open(other)).toEqual(['Condition/x', 'Condition/y', 'Observation/x']);

    put(other, chart(THERE));
    await other.sync();
    expect(await open(other)).toEqual([]);
    expect(await contentOf(sql, one.id)).toEqual(sent);
    expect(await contentOf(sql, other.id)).toEqual(sentThere);
  });

  inLongRun(it)('lose each only what a deleted Encounter dated', async () => {
    one.ehr.remove('Encounter', 'x');
    await one.sync();
    expect(await parked(one)).toEqual(['Condition/x encounter-removed']);
    expect(await parked(other)).toEqual([]);
    expect(await contentOf(sql, other.id)).toEqual(sentThere);
    put(one, chart(HERE), 'Encounter');
    await one.sync();
    expect(await contentOf(sql, one.id)).toEqual(sent);
  });

  it('wait each for their own Patient, whoever replaces one of that id elsewhere', async () => {
    put(one, [patient('old', { link: [{ other: to('Patient', 'y'), type: 'replaced-by' }] })]);
    for (const site of [one, other]) {
      put(site, [observation('of-old', 'old')]);
      await site.sync();
    }
    expect(await parked(one)).toEqual([]);
    expect(await parked(other)).toEqual(['Observation/of-old patient-not-known']);
  });

  it('lose each only the Patient who is purged, and keep what has the id of that', async () => {
    const before = await contentOf(sql, other.id);
    put(one, [
      condition('waits', 'y', { onsetDateTime: undefined, encounter: to('Encounter', 'x-to-come') }),
    ]);
    await one.sync();
    await startPurge(world.deps, {
      ...{ connection_id: one.id, patient_id: 'x', unknown: false, reason: 'opt-out', requested_by: 'test' },
    });
    await drain(world.deps, world.clock);
    const rest = await sql<{ name: string }[]>`
      select resource_type || '/' || fhir_id as name from resource
      where connection_id = ${one.id} and reason is distinct from 'deleted-at-source' order by 1`;
    expect(rest.map((row) => row.name)).toEqual([
      ...[
        'Condition/waits',
        'Condition/y',
        'Encounter/y',
        'Location/x',
        'Medication/x',
        'Observation/of-old',
      ],
      ...['Organization/x', 'Patient/old', 'Patient/y', 'Practitioner/x'],
    ]);
    expect(await parked(one)).toEqual(['Condition/waits encounter-not-known']);
    expect(await contentOf(sql, other.id)).toEqual(before);
    expect(await orphans(sql)).toEqual([]);
    expect(await leftovers(sql)).toEqual([]);
  });
});
