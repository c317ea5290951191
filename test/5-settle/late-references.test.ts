import { afterAll, describe, expect, it } from 'vitest';
import { tick } from '../../jobs/tick.ts';
import { inLongRun } from '../long-run.ts';
import { contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import {
  encounter,
  medication,
  observation,
  patient,
  practitioner,
  prescription,
  to,
} from '../world/record.ts';
import { cancelRun } from '../world/verbs.ts';
import { drain, openTestWorld, type Site, startNextDeferred } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

async function outcome(site: Site, type: string, id: string) {
  const [row] = await sql`
    select outcome, reason, resource_key from resource
    where connection_id = ${site.id} and resource_type = ${type} and fhir_id = ${id}`;
  return row;
}

describe('a resource whose Patient comes later', async () => {
  const site = await world.site();
  site.ehr.load([observation('early', 'p'), encounter('visit', 'p')]);
  const first = await site.sync();

  it('is parked, without a row and without a person made up for it', async () => {
    expect(first).toMatchObject({
      status: 'completed',
      records_extracted: 2,
      records_parked: 2,
      records_loaded: 0,
    });
    expect(await outcome(site, 'Observation', 'early')).toMatchObject({
      outcome: 'parked',
      reason: 'patient-not-known',
    });
    expect(sizes(await contentOf(sql, site.id))).toEqual({});
  });

  it('is parked still when it is sent again, and counted so', async () => {
    const again = await site.sync({ full: true });
    expect(again).toMatchObject({ records_extracted: 2, records_parked: 2, records_redriven: 0 });
    expect(await sql`select 1 from waiting where connection_id = ${site.id}`).toHaveLength(2);
  });

  it('is loaded when the Patient comes in a later run, in the account of that run as re-driven', async () => {
    site.ehr.put(patient('p'));
    const later = await site.sync();
    expect(later).toMatchObject({
      mode: 'incremental',
      records_extracted: 1,
      records_redriven: 2,
      records_loaded: 3,
      records_parked: 0,
    });
    expect(sizes(await contentOf(sql, site.id))).toMatchObject({
      person: 1,
      measurement: 1,
      visit_occurrence: 1,
    });
    expect(await sql`select 1 from waiting where connection_id = ${site.id}`).toHaveLength(0);
    expect(await orphans(sql)).toEqual([]);
  });

  it('keeps its origin: lineage still names the file and line that it was sent in', async () => {
    const [line] = await sql`
      select file_no, line, first_run, last_run from lineage
      where connection_id = ${site.id} and resource_type = 'Observation' and fhir_id = 'early'`;
    expect(line).toMatchObject({ line: 1, first_run: first['run_id'] });
    expect(line?.['file_no']).toBeGreaterThan(0);
  });

  inLongRun(it)(
    'goes with a Patient who loses the year of birth, and comes back with it, the same person',
    async () => {
      const before = await contentOf(sql, site.id);
      const person = await outcome(site, 'Patient', 'p');
      site.ehr.put(patient('p', { birthDate: undefined }));
      expect(await site.sync()).toMatchObject({
        status: 'completed',
        records_excluded: 1,
        records_loaded: 0,
      });
      expect(sizes(await contentOf(sql, site.id))).toEqual({});
      expect(await leftovers(sql)).toEqual([]);
      expect(await outcome(site, 'Observation', 'early')).toMatchObject({
        outcome: 'parked',
        reason: 'patient-removed',
      });
      site.ehr.put(patient('p'));
      expect(await site.sync()).toMatchObject({
        records_extracted: 1,
        records_redriven: 2,
        records_loaded: 3,
      });
      expect(await contentOf(sql, site.id)).toEqual(before);
      expect(await outcome(site, 'Patient', 'p')).toEqual(person);
    },
  );

  it('stays with a Patient who changes, under the same person_id', async () => {
    const person = await outcome(site, 'Patient', 'p');
    site.ehr.put(patient('p', { gender: 'male', birthDate: '1971' }));
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_redriven: 0, records_loaded: 1 });
    expect(await outcome(site, 'Patient', 'p')).toEqual(person);
    const [row] = await sql`
      select gender_concept_id, year_of_birth, month_of_birth from person where person_id = ${person?.['resource_key']}`;
    expect(row).toEqual({ gender_concept_id: 8507, year_of_birth: 1971, month_of_birth: null });
    expect(sizes(await contentOf(sql, site.id))).toMatchObject({
      person: 1,
      measurement: 1,
      visit_occurrence: 1,
    });
  });
});

describe('a resource whose Patient comes later in the same run', () => {
  it('counts as loaded, not as parked', async () => {
    // The EHR puts a Patient into the second file of Observations, after one that is theirs.
    const site = await world.site({ maxPerFile: 1, config: { limits: { parallel_downloads: 1 } } });
    site.ehr.load([observation('first', 'late'), observation('second', 'late')]);
    site.ehr.faults.push({
      on: 'file',
      match: ({ path }) => path.includes('2.Observation'),
      do: { rewrite: (line) => `${line}${JSON.stringify(patient('late'))}\n` },
    });
    const run = await site.sync();
    expect(run).toMatchObject({
      records_extracted: 3,
      records_loaded: 3,
      records_parked: 0,
      records_redriven: 0,
    });
    const [redrive] = await sql`
      select resource_type, loaded, parked from chunk_count join chunk using (chunk_id)
      where chunk_count.run_id = ${run['run_id']} and file_id is null`;
    expect(redrive).toEqual({ resource_type: 'Observation', loaded: 1, parked: -1 });
    const [reasons] = await sql`
      select coalesce(sum(resources), 0)::int as n from chunk_reason where run_id = ${run['run_id']} and outcome = 'parked'`;
    expect(reasons?.['n']).toBe(0);
  });
});

describe('a Patient who is withdrawn by a later file of the same run', () => {
  it('leaves no row behind, whatever the workers had seen of them before', async () => {
    const site = await world.site({ maxPerFile: 1, config: { limits: { parallel_downloads: 1 } } });
    site.ehr.load([patient('p'), observation('a', 'p'), observation('b', 'p'), observation('c', 'p')]);
    const withdrawn = JSON.stringify(patient('p', { birthDate: undefined }));
    site.ehr.faults.push({
      on: 'file',
      match: ({ path }) => path.includes('3.Observation'),
      do: { rewrite: (line) => `${withdrawn}\n${line}` },
    });
    expect(await site.sync()).toMatchObject({ status: 'completed', records_extracted: 5 });
    expect(await orphans(sql)).toEqual([]);
    expect(sizes(await contentOf(sql, site.id))).toEqual({});
    site.ehr.put(patient('p'));
    await site.sync();
    expect(sizes(await contentOf(sql, site.id))).toMatchObject({ person: 1, measurement: 3 });
  });
});

describe('another reference that comes later', () => {
  it('holds nothing back: the row is there, and completed when the target comes', async () => {
    const site = await world.site();
    site.ehr.load([
      patient('p', { generalPractitioner: [to('Practitioner', 'dr')] }),
      encounter('e', 'p', { participant: [{ individual: to('Practitioner', 'dr') }] }),
      observation('o', 'p', { encounter: to('Encounter', 'not-yet'), performer: [to('Practitioner', 'dr')] }),
    ]);
    expect(await site.sync()).toMatchObject({ records_loaded: 3, records_parked: 0 });
    expect(
      await sql`select table_name, column_name from open_link where connection_id = ${site.id} order by 1`,
    ).toEqual([
      { table_name: 'measurement', column_name: 'provider_id' },
      { table_name: 'measurement', column_name: 'visit_occurrence_id' },
      { table_name: 'person', column_name: 'provider_id' },
      { table_name: 'visit_occurrence', column_name: 'provider_id' },
    ]);
    const before = await contentOf(sql, site.id);
    expect(JSON.stringify(before)).not.toContain('provider_id=');
    site.ehr.load([practitioner('dr'), encounter('not-yet', 'p')]);
    expect(await site.sync()).toMatchObject({ records_extracted: 2, records_loaded: 2, records_redriven: 0 });
    const after = await contentOf(sql, site.id);
    for (const table of ['person', 'visit_occurrence', 'measurement'])
      expect(after[table]?.join('\n'), table).toContain('provider_id=Practitioner/dr');
    expect(after['measurement']?.join()).toContain('visit_occurrence_id=Encounter/not-yet');
    expect(await sql`select 1 from open_link where connection_id = ${site.id}`).toHaveLength(0);
  });

  inLongRun(it)('is opened again when the target is withdrawn, and closed when it comes back', async () => {
    const site = await world.site();
    site.ehr.load([
      patient('p'),
      encounter('e', 'p'),
      observation('o', 'p', { encounter: to('Encounter', 'e') }),
    ]);
    await site.sync();
    const before = await contentOf(sql, site.id);
    site.ehr.put(encounter('e', 'p', { status: 'entered-in-error' }));
    await site.sync();
    const without = await contentOf(sql, site.id);
    expect(without['visit_occurrence']).toEqual([]);
    expect(without['measurement']).toHaveLength(1);
    expect(without['measurement']?.join()).not.toContain('visit_occurrence_id');
    site.ehr.put(encounter('e', 'p'));
    await site.sync();
    expect(await contentOf(sql, site.id)).toEqual(before);
  });

  inLongRun(it)(
    'may be a urn:uuid that names no type: whichever of the possible targets comes completes it',
    async () => {
      const site = await world.site();
      const performer = { participant: [{ individual: { reference: 'urn:uuid:who-knows' } }] };
      site.ehr.load([patient('p'), encounter('e', 'p', performer)]);
      await site.sync();
      site.ehr.put({ resourceType: 'PractitionerRole', id: 'who-knows' });
      await site.sync();
      const content = await contentOf(sql, site.id);
      expect(content['visit_occurrence']?.join()).toContain('provider_id=PractitionerRole/who-knows');
      expect(await sql`select 1 from open_link where connection_id = ${site.id}`).toHaveLength(0);
    },
  );
});

describe('a prescription whose Medication comes later', () => {
  inLongRun(it)('is loaded with concept 0 at once, and mapped again when the Medication comes', async () => {
    const site = await world.site();
    site.ehr.load([patient('p'), prescription('rx', 'p', 'm')]);
    expect(await site.sync()).toMatchObject({ records_loaded: 2, records_parked: 0 });
    const drug = () => sql`
      select d.drug_exposure_id, d.drug_concept_id from drug_exposure d
      join resource r on r.resource_key = d.drug_exposure_id / 1000 and r.connection_id = ${site.id}`;
    const [before] = await drug();
    expect(before?.['drug_concept_id']).toBe(0);
    site.ehr.put(medication('m'));
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_redriven: 1, records_loaded: 2 });
    expect(await drug()).toEqual([
      { drug_exposure_id: before?.['drug_exposure_id'], drug_concept_id: 19080128 },
    ]);
    expect(await sql`select 1 from waiting where connection_id = ${site.id}`).toHaveLength(0);
  });
});

describe('a target that came in a run which ended before it settled', () => {
  inLongRun(it).each([
    ['is found by the next run, though it is not sent as new', to('Practitioner', 'late')],
    [
      'is found by its identifier as well',
      { type: 'Practitioner', identifier: { system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' } },
    ],
  ])('%s', async (_, individual) => {
    const site = await world.site();
    site.ehr.load([patient('p'), encounter('visit', 'p', { participant: [{ individual }] })]);
    await site.sync();
    site.ehr.put(
      practitioner('late', {
        identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '1234567893' }],
      }),
    );
    const run_id = await site.start();
    let mapped = false;
    const note = (step: string) => {
      if (step === 'map') mapped = true;
    };
    do await tick(world.deps, () => mapped, note);
    while (!mapped && (await startNextDeferred(sql, world.clock)));
    await cancelRun(world.deps, { connection_id: site.id, run_id });
    await drain(world.deps, world.clock);
    expect(await outcome(site, 'Practitioner', 'late')).toMatchObject({ outcome: 'loaded' });
    expect(await site.sync({ full: true })).toMatchObject({ status: 'completed', records_loaded: 0 });
    const [visit] = await sql`
      select r.fhir_id from visit_occurrence v join resource r on r.resource_key = v.provider_id
      where r.connection_id = ${site.id}`;
    expect(visit).toMatchObject({ fhir_id: 'late' });
  });
});
