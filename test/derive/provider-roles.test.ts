/**
 * Specialty and organisation of a PractitionerRole reach the Practitioner that visits name, in any order, and go with it.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../jobs/map/types.ts';
import { inLongRun, short } from '../long-run.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { encounter, patient, practitioner, to } from '../world/record.ts';
import { openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

const role = (id: string, specialty: string, fields: Record<string, unknown> = {}): Resource => ({
  ...{ resourceType: 'PractitionerRole', id, practitioner: to('Practitioner', 'dr') },
  ...{ specialty: [{ text: specialty }], organization: to('Organization', 'ward') },
  ...fields,
});
const place = (id: string): Resource => ({ resourceType: 'Organization', id, name: id });

/** "specialty at place" of the provider of the visit. */
async function attending(site: Site): Promise<string | undefined> {
  const [row] = await sql<{ said: string }[]>`
    select concat_ws(' at ', p.specialty_source_value, s.care_site_name) as said
    from visit_occurrence v join resource r on r.resource_key = v.visit_occurrence_id
    join provider p using (provider_id) left join care_site s on s.care_site_id = p.care_site_id
    where r.connection_id = ${site.id}`;
  return row?.said;
}

async function openLinks(site: Site): Promise<string[]> {
  const rows = await sql<{ link: string }[]>`
    select r.fhir_id || '.' || l.column_name || ' ' || l.target_id as link
    from open_link l join resource r using (resource_key) where l.connection_id = ${site.id} order by 1`;
  return rows.map(({ link }) => link);
}

async function expectAsFresh(site: Site) {
  const fresh = await world.site({ ehr: site.ehr });
  await fresh.sync();
  expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, fresh.id));
  expect(await openLinks(site)).toEqual(await openLinks(fresh));
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
}

async function withVisit(...resources: Resource[]): Promise<Site> {
  const site = await world.site();
  const visit = encounter('v', 'p', { participant: [{ individual: to('Practitioner', 'dr') }] });
  site.ehr.load([patient('p'), visit, ...resources]);
  await site.sync();
  return site;
}

describe("a PractitionerRole's specialty and organisation", () => {
  const parts: Record<string, Resource> = {
    practitioner: practitioner('dr'),
    role: role('r', 'Cardiology'),
    organisation: place('ward'),
  };

  inLongRun(it).each([
    ['role', 'organisation', 'practitioner'],
    ['practitioner', 'role', 'organisation'],
    ['organisation', 'practitioner', 'role'],
    ['role', 'practitioner', 'organisation'],
  ])('reach the provider of the visit in the order %s, %s, %s', async (...order) => {
    const site = await withVisit();
    for (const name of order) {
      const part = parts[name];
      if (part) site.ehr.put(part);
      await site.sync();
    }
    expect(await attending(site)).toBe('Cardiology at ward');
    await expectAsFresh(site);
  });

  inLongRun(it)('follow the role and the organisation when they change, go and come back', async () => {
    const site = await withVisit(...Object.values(parts), place('clinic'));
    const steps: [change: () => void, said: string][] = [
      [() => site.ehr.put(role('r', 'Surgery')), 'Surgery at ward'],
      [
        () => site.ehr.put(role('r', 'Surgery', { organization: to('Organization', 'clinic') })),
        'Surgery at clinic',
      ],
      [() => site.ehr.put(practitioner('dr', { gender: 'female' })), 'Surgery at clinic'],
      [() => site.ehr.remove('Organization', 'clinic'), 'Surgery'],
      [() => site.ehr.put(place('clinic')), 'Surgery at clinic'],
      [() => site.ehr.put(role('r', 'Surgery', { active: false })), ''],
      [() => site.ehr.put(role('r', 'Cardiology')), 'Cardiology at ward'],
      [() => site.ehr.remove('PractitionerRole', 'r'), ''],
    ];
    for (const [change, said] of short(steps, 4)) {
      change();
      await site.sync();
      expect(await attending(site)).toBe(said);
      await expectAsFresh(site);
    }
  });

  inLongRun(it)('are those of a role that goes on, else of the one that ended last', async () => {
    const ended = (id: string, specialty: string, end: string) => role(id, specialty, { period: { end } });
    const site = await withVisit(
      practitioner('dr'),
      place('ward'),
      ended('a', 'Surgery', '2019-01-01'),
      ended('b', 'Radiology', '2021-06'),
    );
    expect(await attending(site)).toBe('Radiology at ward');
    site.ehr.put(role('z', 'Cardiology', { period: { start: '2022' } }));
    await site.sync();
    expect(await attending(site)).toBe('Cardiology at ward');
    await expectAsFresh(site);
  });

  inLongRun(it)('leave a specialty that the Practitioner states', async () => {
    const [known] = await sql<{ code: string; vocabulary: string }[]>`
      select concept_code as code, vocabulary_id as vocabulary from concept
      where domain_id = 'Provider' and standard_concept = 'S' order by concept_id limit 1`;
    if (!known) throw new Error('the demo vocabulary has no specialty; the test needs one');
    const site = await withVisit();
    await sql`
      update connection set sync_config = sync_config || ${sql.json({ mapping: { code_systems: { 'urn:specialties': known.vocabulary } } })}
      where connection_id = ${site.id}`;
    const stated = { coding: [{ system: 'urn:specialties', code: known.code }] };
    site.ehr.load([...Object.values(parts), practitioner('dr', { qualification: [{ code: stated }] })]);
    await site.sync({ full: true });
    expect(await attending(site)).toBe(`${known.code} at ward`);
  });

  it('find a Practitioner whom the role names by identifier', async () => {
    const npi = { system: 'http://hl7.org/fhir/sid/us-npi', value: '1999999984' };
    const site = await withVisit(
      practitioner('dr', { identifier: [npi] }),
      place('ward'),
      role('r', 'Cardiology', { practitioner: { identifier: npi } }),
    );
    expect(await attending(site)).toBe('Cardiology at ward');
  });
});
