import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deriveInTx } from '../../jobs/derive/derive.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { insert, newPerson, newSite, type Site, touch } from './chart.ts';

const DIABETES = 201826;
const ASTHMA = 317009;
const METFORMIN = 1503297;
const GLIPIZIDE = 1560171;
const METFORMIN_500_TABLET = 19019073;
const METFORMIN_GLIPIZIDE = 40164885;
const METFORMIN_SOLUTION = 40164886;
const METFORMIN_BOTTLE = 40164887;
const NICOTINE = 718583;
const NICOTINE_PATCH = 40164888;
const MILLIGRAM = 8576;
const MILLILITRE = 8587;
const HOUR = 8505;

let db: TestDatabase;
let site: Site;
beforeAll(async () => {
  db = await newDatabase();
  const { sql } = db;
  site = await newSite(sql, 'north');
  const drug = { domain_id: 'Drug', vocabulary_id: 'RxNorm' };
  const ingredients = { [METFORMIN]: 'metformin', [GLIPIZIDE]: 'glipizide', [NICOTINE]: 'nicotine' };
  for (const [id, name] of Object.entries(ingredients)) {
    const concept = { concept_id: Number(id), concept_name: name, concept_code: id };
    await insert(sql, 'concept', { ...drug, ...concept, concept_class_id: 'Ingredient' });
  }
  // A drug class above the ingredients, which must make no era.
  const above = { concept_id: 21600712, concept_name: 'antidiabetics', concept_code: 'A10' };
  await insert(sql, 'concept', { ...drug, ...above, concept_class_id: 'ATC 2nd', standard_concept: 'C' });
  await insert(
    sql,
    'concept_ancestor',
    ...[
      [METFORMIN, METFORMIN_500_TABLET],
      [METFORMIN, METFORMIN_GLIPIZIDE],
      [GLIPIZIDE, METFORMIN_GLIPIZIDE],
      [METFORMIN, METFORMIN_SOLUTION],
      [METFORMIN, METFORMIN_BOTTLE],
      [NICOTINE, NICOTINE_PATCH],
      [21600712, METFORMIN_500_TABLET],
    ].map(([ancestor_concept_id = 0, descendant_concept_id = 0]) => ({
      ancestor_concept_id,
      descendant_concept_id,
    })),
  );
  const perMl = { numerator_unit_concept_id: MILLIGRAM, denominator_unit_concept_id: MILLILITRE };
  await insert(
    sql,
    'drug_strength',
    {
      ...{ drug_concept_id: METFORMIN_500_TABLET, ingredient_concept_id: METFORMIN },
      ...{ amount_value: 500, amount_unit_concept_id: MILLIGRAM },
    },
    {
      ...{ drug_concept_id: METFORMIN_SOLUTION, ingredient_concept_id: METFORMIN },
      ...{ ...perMl, numerator_value: 100 },
    },
    {
      ...{ drug_concept_id: METFORMIN_BOTTLE, ingredient_concept_id: METFORMIN },
      ...{ ...perMl, numerator_value: 10_000, denominator_value: 100 },
    },
    {
      ...{ drug_concept_id: NICOTINE_PATCH, ingredient_concept_id: NICOTINE },
      ...{ numerator_value: 21, numerator_unit_concept_id: MILLIGRAM },
      ...{ denominator_value: 24, denominator_unit_concept_id: HOUR },
    },
  );
});
afterAll(() => db.drop());

async function derived(...persons: number[]): Promise<void> {
  await touch(db.sql, site, ...persons);
  await db.sql.begin((tx) => deriveInTx(tx, { connectionId: site.connectionId, pulledOn: '2024-06-01' }));
}

describe('condition_era', () => {
  async function erasOf(...occurrences: [concept: number, start: string, end?: string][]) {
    const person = await newPerson(db.sql, site);
    const rows = occurrences.map(([concept, start, end]) => ({
      ...{ person_id: person, condition_concept_id: concept, condition_start_date: start },
      condition_end_date: end ?? null,
    }));
    await insert(db.sql, 'condition_occurrence', ...rows);
    await derived(person);
    const eras = await db.sql<{ id: number; concept: number; start: string; end: string; count: number }[]>`
      select condition_era_id as id, condition_concept_id as concept, condition_era_start_date as start,
        condition_era_end_date as end, condition_occurrence_count as count
      from condition_era where person_id = ${person} order by 1`;
    expect(eras.map((era) => era.id)).toEqual(eras.map((_, index) => person * 100000 + index + 1));
    return eras.map((era) => [era.concept, era.start, era.end, era.count]);
  }

  test('joins occurrences of one condition at most 30 days apart', async () => {
    expect(
      await erasOf(
        [DIABETES, '2020-01-01', '2020-01-10'],
        [DIABETES, '2020-02-09', '2020-02-10'],
        [DIABETES, '2020-03-12', '2020-03-15'],
      ),
    ).toEqual([
      [DIABETES, '2020-01-01', '2020-02-10', 2],
      [DIABETES, '2020-03-12', '2020-03-15', 1],
    ]);
  });

  test('takes an occurrence without an end to last to the next day', async () => {
    expect(await erasOf([DIABETES, '2020-01-01'])).toEqual([[DIABETES, '2020-01-01', '2020-01-02', 1]]);
  });

  test('counts an end before the start as the start', async () => {
    expect(await erasOf([DIABETES, '2020-01-10', '2020-01-01'])).toEqual([
      [DIABETES, '2020-01-10', '2020-01-10', 1],
    ]);
  });

  test('reaches over a long occurrence that holds shorter ones', async () => {
    expect(
      await erasOf(
        [DIABETES, '2020-01-01', '2020-12-31'],
        [DIABETES, '2020-02-01', '2020-02-02'],
        [DIABETES, '2021-01-15', '2021-01-16'],
      ),
    ).toEqual([[DIABETES, '2020-01-01', '2021-01-16', 3]]);
  });

  test('keeps conditions apart, and makes no era of concept 0', async () => {
    expect(
      await erasOf(
        [DIABETES, '2020-01-01', '2020-01-05'],
        [ASTHMA, '2020-01-03', '2020-01-04'],
        [0, '2020-01-01'],
      ),
    ).toEqual([
      [DIABETES, '2020-01-01', '2020-01-05', 1],
      [ASTHMA, '2020-01-03', '2020-01-04', 1],
    ]);
  });
});

interface Exposure {
  drug?: number;
  start: string;
  end: string;
  quantity?: number;
  days?: number;
}

async function exposed(...exposures: Exposure[]): Promise<number> {
  const person = await newPerson(db.sql, site);
  const rows = exposures.map((one) => ({
    ...{ person_id: person, drug_concept_id: one.drug ?? METFORMIN_500_TABLET },
    ...{ drug_exposure_start_date: one.start, drug_exposure_end_date: one.end },
    ...{ quantity: one.quantity ?? null, days_supply: one.days ?? null },
  }));
  await insert(db.sql, 'drug_exposure', ...rows);
  await derived(person);
  return person;
}

describe('drug_era', () => {
  async function erasOf(...exposures: Exposure[]) {
    const person = await exposed(...exposures);
    const eras = await db.sql<
      { id: number; concept: number; start: string; end: string; count: number; gap: number }[]
    >`
      select drug_era_id as id, drug_concept_id as concept, drug_era_start_date as start, drug_era_end_date as end,
        drug_exposure_count as count, gap_days as gap
      from drug_era where person_id = ${person} order by 1`;
    expect(eras.map((era) => era.id)).toEqual(eras.map((_, index) => person * 100000 + index + 1));
    return eras.map((era) => [era.concept, era.start, era.end, era.count, era.gap]);
  }

  test('is of the ingredient, not of the product or the class above it', async () => {
    expect(await erasOf({ start: '2020-01-01', end: '2020-01-30' })).toEqual([
      [METFORMIN, '2020-01-01', '2020-01-30', 1, 0],
    ]);
  });

  test('an exposure to an ingredient itself counts without an ancestor', async () => {
    expect(await erasOf({ drug: GLIPIZIDE, start: '2020-01-01', end: '2020-01-30' })).toEqual([
      [GLIPIZIDE, '2020-01-01', '2020-01-30', 1, 0],
    ]);
  });

  test('a combination counts for each of its ingredients', async () => {
    expect(
      await erasOf(
        { start: '2020-01-01', end: '2020-01-30' },
        { drug: METFORMIN_GLIPIZIDE, start: '2020-02-01', end: '2020-02-10' },
      ),
    ).toEqual([
      [METFORMIN, '2020-01-01', '2020-02-10', 2, 1],
      [GLIPIZIDE, '2020-02-01', '2020-02-10', 1, 0],
    ]);
  });

  test('lasts while no more than 30 days lie between two exposures, and counts the days between', async () => {
    expect(
      await erasOf(
        { start: '2020-01-01', end: '2020-01-10' },
        { start: '2020-02-09', end: '2020-02-10' },
        { start: '2020-03-13', end: '2020-03-14' },
      ),
    ).toEqual([
      [METFORMIN, '2020-01-01', '2020-02-10', 2, 29],
      [METFORMIN, '2020-03-13', '2020-03-14', 1, 0],
    ]);
  });

  test('has no gap between a refill and the day after the last pill, nor where exposures overlap', async () => {
    expect(
      await erasOf(
        { start: '2020-01-01', end: '2020-01-30' },
        { start: '2020-01-31', end: '2020-02-29' },
        { start: '2020-02-01', end: '2020-02-05' },
        { start: '2020-02-20', end: '2020-03-10' },
      ),
    ).toEqual([[METFORMIN, '2020-01-01', '2020-03-10', 4, 0]]);
  });

  test('makes no era of a drug without ingredient or without concept', async () => {
    expect(
      await erasOf(
        { drug: 0, start: '2020-01-01', end: '2020-01-30' },
        { drug: 12345, start: '2020-01-01', end: '2020-01-30' },
      ),
    ).toEqual([]);
  });
});

describe('dose_era', () => {
  async function erasOf(...exposures: Exposure[]) {
    const person = await exposed(...exposures);
    const eras = await db.sql<{ concept: number; dose: number; unit: number; start: string; end: string }[]>`
      select drug_concept_id as concept, dose_value as dose, unit_concept_id as unit, dose_era_start_date as start,
        dose_era_end_date as end
      from dose_era where person_id = ${person} order by dose_era_id`;
    return eras.map((era) => [era.concept, era.dose, era.unit, era.start, era.end]);
  }

  test('of tablets: quantity times strength a day; another dose is another era', async () => {
    expect(
      await erasOf(
        { start: '2020-01-01', end: '2020-01-30', quantity: 60, days: 30 },
        { start: '2020-02-05', end: '2020-03-05', quantity: 60, days: 30 },
        { start: '2020-03-06', end: '2020-04-04', quantity: 120, days: 30 },
      ),
    ).toEqual([
      [METFORMIN, 1000, MILLIGRAM, '2020-01-01', '2020-03-05'],
      [METFORMIN, 2000, MILLIGRAM, '2020-03-06', '2020-04-04'],
    ]);
  });

  test('of a solution: quantity in millilitres times concentration', async () => {
    expect(
      await erasOf({
        drug: METFORMIN_SOLUTION,
        start: '2020-01-01',
        end: '2020-01-10',
        quantity: 100,
        days: 10,
      }),
    ).toEqual([[METFORMIN, 1000, MILLIGRAM, '2020-01-01', '2020-01-10']]);
  });

  test('of a patch: what it releases in 24 hours', async () => {
    expect(await erasOf({ drug: NICOTINE_PATCH, start: '2020-01-01', end: '2020-01-10' })).toEqual([
      [NICOTINE, 21, MILLIGRAM, '2020-01-01', '2020-01-10'],
    ]);
  });

  test('is not guessed: no days, no quantity, or packs of a volume make none', async () => {
    expect(
      await erasOf(
        { start: '2020-01-01', end: '2020-01-30', quantity: 60 },
        { start: '2020-01-01', end: '2020-01-30', days: 30 },
        { start: '2020-01-01', end: '2020-01-30', quantity: 60, days: 0 },
        { drug: METFORMIN_BOTTLE, start: '2020-01-01', end: '2020-01-10', quantity: 1, days: 10 },
      ),
    ).toEqual([]);
  });
});

test('built again, the same rows get the same ids', async () => {
  const person = await exposed({ start: '2020-01-01', end: '2020-01-30', quantity: 60, days: 30 });
  const all = () => db.sql`
    select to_jsonb(e) as row from drug_era e where person_id = ${person}
    union all select to_jsonb(e) from dose_era e where person_id = ${person}
    union all select to_jsonb(e) from observation_period e where person_id = ${person}`;
  const before = [...(await all())];
  await derived(person);
  expect(before).toHaveLength(3);
  expect([...(await all())]).toEqual(before);
});
