/** What drugs and device uses are mapped with, changing after them: they give what a fresh load would give. */
import { afterAll, describe, expect, it } from 'vitest';
import { inLongRun } from '../long-run.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { condition, encounter, medication, patient, prescription, to } from '../world/record.ts';
import { openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

const LISINOPRIL = 19080128;

async function expectAsFresh(site: Site, config: Record<string, unknown> = {}) {
  const fresh = await world.site({ ehr: site.ehr, config });
  await fresh.sync();
  expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, fresh.id));
  expect(await waitingOf(site)).toEqual(await waitingOf(fresh));
  expect(await usesOf(site)).toEqual(await usesOf(fresh));
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
}

async function waitingOf(site: Site): Promise<string[]> {
  const rows = await sql<{ text: string }[]>`
    select r.fhir_id || ' waits for ' || w.target_type || '/' || w.target_id as text
    from waiting w join resource r using (resource_key) where r.connection_id = ${site.id} order by 1`;
  return rows.map((row) => row.text);
}

async function usesOf(site: Site): Promise<string[]> {
  const rows = await sql<{ text: string }[]>`
    select r.fhir_id || ' uses ' || u.content_type || '/' || u.content_id || ' ' || encode(u.content_hash, 'hex') as text
    from content_use u join resource r using (resource_key) where r.connection_id = ${site.id} order by 1`;
  return rows.map((row) => row.text);
}

async function drugs(site: Site): Promise<[name: string, drug: number, id: number][]> {
  const rows = await sql<{ name: string; drug: number; id: number }[]>`
    select r.fhir_id as name, d.drug_concept_id as drug, d.drug_exposure_id as id
    from drug_exposure d join resource r on r.resource_key = d.drug_exposure_id / 1000
    where r.connection_id = ${site.id} order by 1`;
  return rows.map((row) => [row.name, row.drug, row.id]);
}

async function another(): Promise<{ code: string; id: number }> {
  const [row] = await sql<{ code: string; id: number }[]>`
    select concept_code as code, concept_id as id from concept
    where vocabulary_id = 'RxNorm' and standard_concept = 'S' and concept_class_id = 'Clinical Drug'
      and concept_id <> ${LISINOPRIL} order by concept_id limit 1`;
  if (!row) throw new Error('the demo vocabulary has one Clinical Drug only; the test needs two');
  return row;
}

describe('a Medication that prescriptions are mapped with', async () => {
  const site = await world.site();
  const other = await another();
  site.ehr.load([
    patient('p'),
    medication('m'),
    medication('untouched'),
    prescription('rx-1', 'p', 'm'),
    prescription('rx-2', 'p', 'm'),
    prescription('rx-3', 'p', 'untouched'),
  ]);
  const first = await site.sync();
  const before = await drugs(site);
  const idOf = (name: string) => before.find(([one]) => one === name)?.[2] ?? 0;

  it('is remembered with the hash of its version, and settles nothing in the first run', async () => {
    expect(first).toMatchObject({ records_extracted: 6, records_redriven: 0, records_loaded: 6 });
    expect(before.map(([, drug]) => drug)).toEqual([LISINOPRIL, LISINOPRIL, LISINOPRIL]);
    expect(await usesOf(site)).toHaveLength(3);
  });

  it('changes its code later: they get the new concept, with the same ids', async () => {
    site.ehr.put(medication('m', other.code));
    expect(await site.sync()).toMatchObject({
      status: 'completed',
      records_extracted: 1,
      records_redriven: 2,
      records_loaded: 3,
      records_unchanged: 0,
    });
    expect(await drugs(site)).toEqual([
      ['rx-1', other.id, idOf('rx-1')],
      ['rx-2', other.id, idOf('rx-2')],
      ['rx-3', LISINOPRIL, idOf('rx-3')],
    ]);
    await expectAsFresh(site);
  });

  inLongRun(it)('loses its code: they are excluded, and loaded again when it has one', async () => {
    site.ehr.put({ resourceType: 'Medication', id: 'm', status: 'active' });
    expect(await site.sync()).toMatchObject({ records_redriven: 2, records_loaded: 1, records_excluded: 2 });
    expect((await drugs(site)).map(([name]) => name)).toEqual(['rx-3']);
    await expectAsFresh(site);
    site.ehr.put(medication('m', other.code));
    expect(await site.sync()).toMatchObject({ records_redriven: 2, records_loaded: 3, records_excluded: 0 });
    expect(await drugs(site)).toEqual([
      ['rx-1', other.id, idOf('rx-1')],
      ['rx-2', other.id, idOf('rx-2')],
      ['rx-3', LISINOPRIL, idOf('rx-3')],
    ]);
    await expectAsFresh(site);
  });

  inLongRun(it)('is deleted: they have concept 0 and wait for it, until it comes back', async () => {
    site.ehr.remove('Medication', 'm');
    expect(await site.sync()).toMatchObject({ status: 'completed', records_redriven: 2, records_loaded: 2 });
    expect((await drugs(site)).map(([, drug]) => drug)).toEqual([0, 0, LISINOPRIL]);
    expect(await waitingOf(site)).toEqual(['rx-1 waits for Medication/m', 'rx-2 waits for Medication/m']);
    await expectAsFresh(site);
    site.ehr.put(medication('m'));
    expect(await site.sync()).toMatchObject({ records_redriven: 2, records_loaded: 3 });
    expect((await drugs(site)).map(([, drug]) => drug)).toEqual([LISINOPRIL, LISINOPRIL, LISINOPRIL]);
    await expectAsFresh(site);
  });

  inLongRun(it)('changes in a run that never ends: the next run maps them again', async () => {
    site.ehr.put(medication('m', other.code));
    await site.sync();
    // As a run that was cancelled after the Medication was mapped leaves it behind.
    await sql`
      update run set status = 'cancelled'
      where run_id = (select max(run_id) from run where connection_id = ${site.id})`;
    await sql`
      update content_use set content_hash = '\\x00' where connection_id = ${site.id} and content_id = 'm'`;
    site.ehr.put(patient('someone-else'));
    expect(await site.sync()).toMatchObject({ records_redriven: 2 });
    await expectAsFresh(site);
    site.ehr.put(patient('yet-another'));
    expect(await site.sync()).toMatchObject({ records_redriven: 0 });
  });
});

describe('a Medication that changes when the chunks are not kept any more', async () => {
  const site = await world.site();
  const other = await another();

  inLongRun(it)('leaves what is loaded as it is, says so, and a full sync maps it again', async () => {
    site.ehr.load([patient('p'), medication('m'), prescription('rx', 'p', 'm')]);
    await site.sync();
    await sql`
      delete from chunk_body b using chunk c, run r
      where c.chunk_id = b.chunk_id and r.run_id = c.run_id and r.connection_id = ${site.id}`;
    site.ehr.put(medication('m', other.code));
    expect(await site.sync()).toMatchObject({ status: 'completed', records_redriven: 0, records_loaded: 1 });
    expect((await drugs(site)).map(([, drug]) => drug)).toEqual([LISINOPRIL]);
    expect(world.logged()).toContain(
      '"resources":1,"msg":"a Medication, Substance, Device, attachment, Organization, Encounter or Patient has changed',
    );
    await site.sync({ full: true });
    expect((await drugs(site)).map(([, drug]) => drug)).toEqual([other.id]);
    await expectAsFresh(site);
  });

  inLongRun(it)('ends as well when it is deleted', async () => {
    await sql`
      delete from chunk_body b using chunk c, run r
      where c.chunk_id = b.chunk_id and r.run_id = c.run_id and r.connection_id = ${site.id}`;
    site.ehr.remove('Medication', 'm');
    expect(await site.sync()).toMatchObject({ status: 'completed', records_redriven: 0 });
    await site.sync({ full: true });
    expect((await drugs(site)).map(([, drug]) => drug)).toEqual([0]);
    await expectAsFresh(site);
  });
});

describe('a Device that its uses are mapped with', async () => {
  const site = await world.site();
  const pump = (code: string, lotNumber: string) => ({
    ...{ resourceType: 'Device', id: 'pump', lotNumber },
    type: { coding: [{ system: 'urn:local', code }] },
  });
  const uses = async () => [
    ...(await sql`
      select device_source_value, production_id from device_exposure d
      join resource r on r.resource_key = d.device_exposure_id / 1000 where r.connection_id = ${site.id}`),
  ];

  inLongRun(it)('changes them with it, and takes what it said of them along', async () => {
    site.ehr.load([
      patient('p'),
      pump('PUMP', 'L1'),
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
    site.ehr.put(pump('PUMP-2', 'L2'));
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_redriven: 1 });
    expect(await uses()).toEqual([{ device_source_value: 'PUMP-2', production_id: 'L2' }]);
    await expectAsFresh(site);
    site.ehr.remove('Device', 'pump');
    expect(await site.sync()).toMatchObject({ status: 'completed', records_redriven: 1 });
    expect(await uses()).toEqual([{ device_source_value: null, production_id: null }]);
    await expectAsFresh(site);
  });
});

describe('resources that change in what nobody is mapped with', async () => {
  // So that events are held against the life of their Patient.
  const config = { mapping: { implausible_events: 'exclude' } };
  const site = await world.site({ config });
  const pump = {
    resourceType: 'Device',
    id: 'pump',
    type: { coding: [{ system: 'urn:local', code: 'PUMP' }] },
  };
  const payer = { resourceType: 'Organization', id: 'payer', name: 'A payer' };
  const visit = encounter('visit', 'p', { period: { start: '2026-03-02T08:15:00Z' }, status: 'in-progress' });
  const first = [
    ...[patient('p'), medication('m'), pump, payer, visit],
    ...[
      prescription('rx', 'p', 'm'),
      condition('dated', 'p', { onsetDateTime: undefined, encounter: to('Encounter', 'visit') }),
    ],
    {
      ...{ resourceType: 'DeviceUseStatement', id: 'use', status: 'active', timingDateTime: '2026-03-01' },
      ...{ subject: to('Patient', 'p'), device: to('Device', 'pump') },
    },
    {
      ...{ resourceType: 'Coverage', id: 'cover', status: 'active', period: { start: '2026-01-01' } },
      ...{ beneficiary: to('Patient', 'p'), payor: [to('Organization', 'payer')] },
    },
  ];
  const changed = [
    patient('p', { address: [{ city: 'Elsewhere' }] }),
    { ...medication('m'), manufacturer: { display: 'Another' } },
    { ...pump, note: [{ text: 'cleaned' }] },
    { ...payer, telecom: [{ system: 'phone', value: '555-0100' }] },
    { ...visit, priority: { text: 'urgent' } },
  ];

  inLongRun(it)('are loaded, and nothing is mapped again, nor said to be', async () => {
    site.ehr.load(first);
    expect(await site.sync()).toMatchObject({
      records_extracted: first.length,
      records_loaded: first.length,
    });
    const used = (await usesOf(site)).map((one) => one.split(' ')[2]?.split('/')[0]);
    expect(new Set(used)).toEqual(new Set(['Device', 'Encounter', 'Medication', 'Organization', 'Patient']));
    const before = world.logged().length;
    // Nothing could be mapped again.
    await sql`
      delete from chunk_body b using chunk c, run r
      where c.chunk_id = b.chunk_id and r.run_id = c.run_id and r.connection_id = ${site.id}`;
    for (const one of changed) site.ehr.put(one);
    expect(await site.sync()).toMatchObject({
      status: 'completed',
      ...{ records_extracted: changed.length, records_redriven: 0, records_loaded: changed.length },
    });
    expect(world.logged().slice(before)).not.toContain('no longer kept');
    await expectAsFresh(site, config);
  });
});

describe('what was mapped by a version that kept the hash of the resource', async () => {
  const site = await world.site();

  inLongRun(it)('is mapped again once as that resource changes, and then no more', async () => {
    site.ehr.load([patient('p'), medication('m'), prescription('rx', 'p', 'm')]);
    await site.sync();
    await sql`
      update content_use u set content_hash = r.content_hash from resource r
      where r.connection_id = ${site.id} and u.connection_id = r.connection_id
        and r.resource_type = u.content_type and r.fhir_id = u.content_id`;
    expect(await site.sync()).toMatchObject({ records_redriven: 0 });
    site.ehr.put({ ...medication('m'), manufacturer: { display: 'Another' } });
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_redriven: 1 });
    await expectAsFresh(site);
    site.ehr.put({ ...medication('m'), manufacturer: { display: 'A third' } });
    expect(await site.sync()).toMatchObject({ records_extracted: 1, records_redriven: 0 });
  });
});
