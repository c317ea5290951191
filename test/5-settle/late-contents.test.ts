/**
 * Ingredients that are resources of their own, and Organizations that pay: whatever comes first, drugs and covers are
 * what a fresh load would make of them.
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../jobs/map/types.ts';
import { inLongRun, LONG_RUN, short } from '../long-run.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { medication, patient, prescription, to } from '../world/record.ts';
import { openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

const LISINOPRIL = 19080128;

async function expectAsFresh(site: Site) {
  const fresh = await world.site({ ehr: site.ehr });
  await fresh.sync();
  expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, fresh.id));
  expect(await tiesOf(site)).toEqual(await tiesOf(fresh));
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
}

/** What waits for what, and what was mapped with what. */
async function tiesOf(site: Site): Promise<string[]> {
  const rows = await sql<{ text: string }[]>`
    select r.fhir_id || ' waits for ' || w.target_type || '/' || w.target_id as text
    from waiting w join resource r using (resource_key) where r.connection_id = ${site.id}
    union all
    select r.fhir_id || ' uses ' || u.content_type || '/' || u.content_id || ' ' || encode(u.content_hash, 'hex')
    from content_use u join resource r using (resource_key) where r.connection_id = ${site.id} order by 1`;
  return rows.map((row) => row.text);
}

async function drugs(site: Site): Promise<string[]> {
  const rows = await sql<{ drug: string }[]>`
    select drug_concept_id || ' ' || coalesce(drug_source_value, 'nothing') as drug
    from drug_exposure d join resource r on r.resource_key = d.drug_exposure_id / 1000
    where r.connection_id = ${site.id} order by d.drug_exposure_id`;
  return rows.map((row) => row.drug);
}

/** Another drug of the vocabulary. */
async function another(): Promise<{ code: string; id: number }> {
  const [row] = await sql<{ code: string; id: number }[]>`
    select concept_code as code, concept_id as id from concept
    where vocabulary_id = 'RxNorm' and standard_concept = 'S' and concept_id <> ${LISINOPRIL}
    order by concept_id limit 1`;
  if (!row) throw new Error('the demo vocabulary has one drug only; the test needs two');
  return row;
}

const other = await another();
const rxnorm = (code: string) => ({
  coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code }],
});
const local = { coding: [{ system: 'urn:local', code: 'MIX' }] };
const mixture: Resource = {
  ...{ resourceType: 'Medication', id: 'mix', code: local },
  ingredient: [{ itemReference: to('Medication', 'part') }, { itemReference: to('Substance', 'solution') }],
};
/** Its own ingredient says what it is. */
const solution: Resource = {
  ...{ resourceType: 'Substance', id: 'solution', code: local },
  ingredient: [{ substanceReference: to('Substance', 'salt') }],
};
const salt: Resource = { resourceType: 'Substance', id: 'salt', code: rxnorm(other.code) };

describe('a Medication whose ingredients are Medications and Substances', () => {
  const parts: Record<string, Resource> = { mixture, part: medication('part'), solution, salt };
  const orders = short(
    [
      ['solution', 'part', 'mixture', 'salt'],
      ['mixture', 'part', 'solution', 'salt'],
      ['salt', 'solution', 'part', 'mixture'],
      ['solution', 'mixture', 'salt', 'part'],
      ['salt', 'mixture', 'part', 'solution'],
      ['part', 'salt', 'mixture', 'solution'],
    ],
    1,
  );

  inLongRun(it).each(orders)(
    'is its ingredients when they come in the order %s, %s, %s, %s',
    async (...order) => {
      const site = await world.site();
      site.ehr.load([patient('p'), prescription('rx', 'p', 'mix')]);
      await site.sync();
      expect(await drugs(site)).toEqual(['0 nothing']);
      for (const name of order) {
        const part = parts[name];
        if (part) site.ehr.put(part);
        await site.sync();
      }
      expect(await drugs(site)).toEqual([`${LISINOPRIL} 314076`, `${other.id} ${other.code}`]);
      await expectAsFresh(site);
    },
  );

  inLongRun(it)('gives the same at every step on the way', async () => {
    const site = await world.site();
    site.ehr.load([patient('p'), mixture, solution, prescription('rx', 'p', 'mix')]);
    await site.sync();
    await expectAsFresh(site);
    site.ehr.put(salt);
    await site.sync();
    // The first ingredient is still awaited.
    expect(await drugs(site)).toEqual(['0 MIX']);
    await expectAsFresh(site);
    site.ehr.put(medication('part'));
    await site.sync();
    expect(await drugs(site)).toEqual([`${LISINOPRIL} 314076`, `${other.id} ${other.code}`]);
    await expectAsFresh(site);
  });

  inLongRun(it)('follows an ingredient that changes, goes and comes back', async () => {
    const site = await world.site();
    site.ehr.load([patient('p'), ...Object.values(parts), prescription('rx', 'p', 'mix')]);
    await site.sync();
    site.ehr.put({ ...salt, code: rxnorm('314076') });
    expect(await site.sync()).toMatchObject({ records_redriven: 1 });
    expect(await drugs(site)).toEqual([`${LISINOPRIL} 314076`, `${LISINOPRIL} 314076`]);
    await expectAsFresh(site);
    site.ehr.remove('Substance', 'solution');
    await site.sync();
    expect(await drugs(site)).toEqual([`${LISINOPRIL} 314076`]);
    await expectAsFresh(site);
    site.ehr.put(solution);
    await site.sync();
    expect(await drugs(site)).toHaveLength(2);
    await expectAsFresh(site);
  });
});

describe('an Organization that pays', () => {
  const cover: Resource = {
    ...{ resourceType: 'Coverage', id: 'cover', status: 'active', beneficiary: to('Patient', 'p') },
    ...{ payor: [to('Organization', 'payer')], period: { start: '2026-01-01', end: '2026-12-31' } },
  };
  const payer = (name?: string): Resource => ({ resourceType: 'Organization', id: 'payer', name });
  const payers = async (site: Site) => {
    const rows = await sql<{ name: string | null }[]>`
      select payer_source_value as name from payer_plan_period c
      join resource r on r.resource_key = c.payer_plan_period_id / 1000 where r.connection_id = ${site.id}`;
    return rows.map((row) => row.name);
  };

  it('is the payer, also when it comes later, changes its name, loses it, goes and comes back', async () => {
    const site = await world.site();
    site.ehr.load([patient('p'), cover]);
    await site.sync();
    expect(await payers(site)).toEqual([null]);
    const steps: [change: () => void, payer: string | null][] = [
      [() => site.ehr.put(payer('Example Mutual')), 'Example Mutual'],
      [() => site.ehr.put(payer('Example Union')), 'Example Union'],
      [() => site.ehr.put(payer()), null],
      [() => site.ehr.remove('Organization', 'payer'), null],
      [() => site.ehr.put(payer('Example Mutual')), 'Example Mutual'],
    ];
    for (const [change, name] of steps) {
      change();
      await site.sync();
      expect(await payers(site)).toEqual([name]);
      if (LONG_RUN) await expectAsFresh(site);
    }
    await expectAsFresh(site);
  });
});
