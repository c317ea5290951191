/** What resources say of each other, applied whichever comes first, changes or goes. */
import { afterAll, describe, expect, it } from 'vitest';
import { inLongRun } from '../long-run.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { condition, encounter, observation, patient, to } from '../world/record.ts';
import { openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

async function expectAsFresh(site: Site) {
  const fresh = await world.site({ ehr: site.ehr });
  await fresh.sync();
  expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, fresh.id));
  expect(await factsOf(site)).toEqual(await factsOf(fresh));
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
}

async function factsOf(site: Site): Promise<string[]> {
  const rows = await sql<{ fact: string }[]>`
    select a.fhir_id || ' ' || f.domain_concept_id_1 || ' ' || f.relationship_concept_id || ' ' || b.fhir_id || ' '
      || f.domain_concept_id_2 as fact
    from fact_relationship f
    join resource a on a.resource_key = f.fact_id_1 / 1000 join resource b on b.resource_key = f.fact_id_2 / 1000
    where a.connection_id = ${site.id} order by 1`;
  return rows.map((row) => row.fact);
}

describe('the role of a diagnosis in an Encounter', async () => {
  const site = await world.site();
  const diagnosis = (id: string, more: object) => ({ condition: to('Condition', id), ...more });
  const use = (code: string) => ({ use: { coding: [{ code }] } });

  async function statuses(): Promise<Record<string, number>> {
    const rows = await sql<{ id: string; status: number }[]>`
      select r.fhir_id as id, c.condition_status_concept_id as status
      from condition_occurrence c join resource r on r.resource_key = c.condition_occurrence_id / 1000
      where r.connection_id = ${site.id}`;
    return Object.fromEntries(rows.map((row) => [row.id, row.status]));
  }

  async function sources(): Promise<Record<string, string | null>> {
    const rows = await sql<{ id: string; source: string | null }[]>`
      select r.fhir_id as id, c.condition_status_source_value as source
      from condition_occurrence c join resource r on r.resource_key = c.condition_occurrence_id / 1000
      where r.connection_id = ${site.id}`;
    return Object.fromEntries(rows.map((row) => [row.id, row.source]));
  }

  it('is the status of the Condition, before what the Condition says itself', async () => {
    site.ehr.load([
      patient('p'),
      patient('other'),
      encounter('e', 'p', {
        diagnosis: [
          diagnosis('first', { rank: 1 }),
          diagnosis('second', { rank: 2 }),
          diagnosis('admitted', use('AD')),
          diagnosis('discharged', { ...use('DD'), rank: 1 }),
          diagnosis('complaint', use('CC')),
          diagnosis('not-theirs', { rank: 1 }),
        ],
      }),
      ...['first', 'second', 'admitted', 'discharged', 'complaint'].map((id) => condition(id, 'p')),
      condition('not-theirs', 'other'),
    ]);
    await site.sync();
    expect(await statuses()).toEqual({
      first: 32902,
      second: 32908,
      admitted: 32890,
      discharged: 32896,
      complaint: 32893,
      'not-theirs': 32893,
    });
    expect(await sources()).toEqual({
      first: '1',
      second: '2',
      admitted: 'AD',
      discharged: 'DD',
      complaint: 'confirmed',
      'not-theirs': 'confirmed',
    });
  });

  inLongRun(it)('gives back that a Condition says nothing of itself', async () => {
    site.ehr.put(condition('mute', 'p', { clinicalStatus: undefined, verificationStatus: undefined }));
    site.ehr.put(encounter('e-mute', 'p', { diagnosis: [diagnosis('mute', use('AD'))] }));
    await site.sync();
    expect(await sources()).toMatchObject({ mute: 'AD' });
    site.ehr.put(encounter('e-mute', 'p'));
    await site.sync();
    expect(await sources()).toMatchObject({ mute: null });
    await expectAsFresh(site);
    site.ehr.remove('Encounter', 'e-mute');
    site.ehr.remove('Condition', 'mute');
    await site.sync();
  });

  inLongRun(it)('changes with the Encounter, though the Conditions are not sent again', async () => {
    site.ehr.put(encounter('e', 'p', { diagnosis: [diagnosis('second', { rank: 1 })] }));
    expect(await site.sync()).toMatchObject({ records_extracted: 1 });
    expect(await statuses()).toMatchObject({
      first: 32893,
      second: 32902,
      admitted: 32893,
      discharged: 32893,
    });
    await expectAsFresh(site);
  });

  inLongRun(it)(
    'stays when the Condition is sent again, and gives its own back when the Encounter goes',
    async () => {
      site.ehr.put(condition('second', 'p', { clinicalStatus: { coding: [{ code: 'resolved' }] } }));
      expect(await site.sync()).toMatchObject({ records_extracted: 1 });
      expect(await statuses()).toMatchObject({ second: 32902 });
      await expectAsFresh(site);
      site.ehr.remove('Encounter', 'e');
      await site.sync();
      expect(await statuses()).toMatchObject({ second: 32906 });
      await expectAsFresh(site);
    },
  );

  inLongRun(it)('waits for a Condition that comes later', async () => {
    site.ehr.put(encounter('e', 'p', { diagnosis: [diagnosis('late', { rank: 1 })] }));
    await site.sync();
    site.ehr.put(condition('late', 'p'));
    await site.sync();
    expect(await statuses()).toMatchObject({ late: 32902 });
    await expectAsFresh(site);
  });

  inLongRun(it)('is the most telling where Encounters disagree', async () => {
    site.ehr.put(encounter('e-2', 'p', { diagnosis: [diagnosis('late', { rank: 3 })] }));
    await site.sync();
    expect(await statuses()).toMatchObject({ late: 32902 });
    await expectAsFresh(site);
  });
});

describe('the preceding visit', async () => {
  const site = await world.site();
  const on = (day: string) => ({ period: { start: `${day}T10:00:00Z`, end: `${day}T11:00:00Z` } });

  async function chain() {
    const rows = await sql<{ visit: string; preceding: string | null }[]>`
      select r.fhir_id as visit, p.fhir_id as preceding
      from visit_occurrence v join resource r on r.resource_key = v.visit_occurrence_id
      left join resource p on p.resource_key = v.preceding_visit_occurrence_id
      where r.connection_id = ${site.id} order by v.visit_start_date, r.fhir_id`;
    return rows.map((row) => `${row.preceding} < ${row.visit}`);
  }

  it('is the one before in time, in whatever order they came', async () => {
    site.ehr.load([
      patient('p'),
      encounter('third', 'p', on('2026-03-03')),
      encounter('first', 'p', on('2026-03-01')),
      encounter('second', 'p', on('2026-03-02')),
    ]);
    await site.sync();
    expect(await chain()).toEqual(['null < first', 'first < second', 'second < third']);
  });

  inLongRun(it)('follows visits that come between, and that go', async () => {
    site.ehr.put(encounter('between', 'p', on('2026-03-02')));
    await site.sync();
    expect(await chain()).toEqual(['null < first', 'first < between', 'between < second', 'second < third']);
    site.ehr.remove('Encounter', 'first');
    await site.sync();
    expect(await chain()).toEqual(['null < between', 'between < second', 'second < third']);
    await expectAsFresh(site);
  });
});

describe('members of a panel and what an observation was derived from', async () => {
  const site = await world.site();
  const panel = (members: readonly string[]) =>
    observation('panel', 'p', { hasMember: members.map((id) => to('Observation', id)) });

  it('are fact_relationship rows, both ways', async () => {
    site.ehr.load([
      patient('p'),
      panel(['a', 'b', 'never-sent']),
      observation('a', 'p'),
      observation('b', 'p', { derivedFrom: [to('Observation', 'a'), to('Observation', 'a')] }),
    ]);
    await site.sync();
    expect(await factsOf(site)).toEqual([
      'a 21 44818770 b 21',
      'a 21 46233679 panel 21',
      'b 21 44818868 a 21',
      'b 21 46233679 panel 21',
      'panel 21 46233678 a 21',
      'panel 21 46233678 b 21',
    ]);
  });

  inLongRun(it)('change with the resource that says it', async () => {
    site.ehr.put(panel(['b']));
    await site.sync();
    expect(await factsOf(site)).toHaveLength(4);
    await expectAsFresh(site);
  });

  inLongRun(it)('go with the resource that they name, and come back with it', async () => {
    site.ehr.remove('Observation', 'b');
    await site.sync();
    expect(await factsOf(site)).toEqual([]);
    site.ehr.put(observation('b', 'p'));
    await site.sync();
    expect(await factsOf(site)).toHaveLength(2);
    await expectAsFresh(site);
  });

  it('go with their Patient', async () => {
    site.ehr.remove('Patient', 'p');
    await site.sync();
    expect(await factsOf(site)).toEqual([]);
    expect(
      await sql`select 1 from written_fact where person_id in (select resource_key from resource where connection_id = ${site.id})`,
    ).toHaveLength(0);
  });
});

describe('observations that a Patient gives', async () => {
  const site = await world.site();
  const race = (code: string) => ({ url: 'ombCategory', valueCoding: { code } });
  const URL = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race';

  async function days() {
    const rows = await sql<{ day: string; at: string }[]>`
      select observation_date as day, observation_datetime as at from observation o join resource r on r.resource_key = o.person_id
      where r.connection_id = ${site.id} and observation_concept_id = 4013886`;
    return rows.map((row) => `${row.day} ${row.at}`);
  }

  it('are dated at birth without a visit, and make no observation period', async () => {
    site.ehr.load([patient('p', { extension: [{ url: URL, extension: [race('2106-3'), race('2028-9')] }] })]);
    await site.sync();
    expect(await days()).toEqual(['1970-03-04 1970-03-04 00:00:00', '1970-03-04 1970-03-04 00:00:00']);
    expect(
      await sql`select 1 from observation_period join resource on resource_key = person_id where connection_id = ${site.id}`,
    ).toHaveLength(0);
  });

  inLongRun(it)('move to the latest visit, and back when it goes', async () => {
    site.ehr.put(encounter('e', 'p'));
    await site.sync();
    expect(await days()).toEqual(['2026-03-01 2026-03-01 00:00:00', '2026-03-01 2026-03-01 00:00:00']);
    await expectAsFresh(site);
    site.ehr.remove('Encounter', 'e');
    await site.sync();
    expect(await days()).toEqual(['1970-03-04 1970-03-04 00:00:00', '1970-03-04 1970-03-04 00:00:00']);
  });
});

describe('a Device', async () => {
  const site = await world.site();

  inLongRun(it)('that comes after its use completes it, also in a later run', async () => {
    site.ehr.load([
      patient('p'),
      {
        resourceType: 'DeviceUseStatement',
        id: 'use',
        status: 'active',
        subject: to('Patient', 'p'),
        device: to('Device', 'pump'),
        timingDateTime: '2026-03-01',
      },
    ]);
    await site.sync();
    const uses = () => sql`
      select device_source_value, production_id from device_exposure d
      join resource r on r.resource_key = d.device_exposure_id / 1000 where r.connection_id = ${site.id}`;
    expect([...(await uses())]).toEqual([{ device_source_value: null, production_id: null }]);
    site.ehr.put({
      resourceType: 'Device',
      id: 'pump',
      type: { coding: [{ system: 'urn:local', code: 'PUMP' }] },
      lotNumber: 'L1',
    });
    await site.sync();
    expect([...(await uses())]).toEqual([{ device_source_value: 'PUMP', production_id: 'L1' }]);
    await expectAsFresh(site);
  });
});

describe('two codings of one system', async () => {
  const site = await world.site();

  it('give the more specific concept, which the ancestors in the vocabulary tell', async () => {
    const [pair] = await sql<{ child: string; parent: string; id: number }[]>`
      select c.concept_code as child, p.concept_code as parent, c.concept_id as id
      from concept_ancestor a
      join concept c on c.concept_id = a.descendant_concept_id join concept p on p.concept_id = a.ancestor_concept_id
      where c.vocabulary_id = 'RxNorm' and p.vocabulary_id = 'RxNorm' and c.concept_id <> p.concept_id
        and c.standard_concept = 'S' and p.standard_concept = 'S'
      order by c.concept_id, p.concept_id limit 1`;
    const coding = [pair?.parent, pair?.child].map((code) => ({
      system: 'http://www.nlm.nih.gov/research/umls/rxnorm',
      code,
    }));
    site.ehr.load([
      patient('p'),
      {
        resourceType: 'MedicationRequest',
        id: 'm',
        status: 'active',
        intent: 'order',
        subject: to('Patient', 'p'),
        authoredOn: '2026-03-01',
        medicationCodeableConcept: { coding },
      },
    ]);
    await site.sync();
    const [row] = await sql`
      select drug_concept_id from drug_exposure d join resource r on r.resource_key = d.drug_exposure_id / 1000
      where r.connection_id = ${site.id}`;
    expect(row?.['drug_concept_id']).toBe(pair?.id);
  });
});
