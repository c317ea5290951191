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
const METFORMIN_UNITS = 40164889;
const GLIPIZIDE_TABLET = 40164890;
const NICOTINE_UNTIMED_PATCH = 40164891;
const NICOTINE_HOURLY_PATCH = 40164892;
const EXTENSION_INGREDIENT = 35604680;
const EXTENSION_TABLET = 40164897;
const UNSURE_TABLETS = { withdrawn: 40164893, weightless: 40164894, unitless: 40164895, massless: 40164896 };
const NICOTINE = 718583;
const NICOTINE_PATCH = 40164888;
const MILLIGRAM = 8576;
const MILLILITRE = 8587;
const UNIT = 8510;
const HOUR = 8505;

/** Of two things, 0 and 1, in turns: each is one era and, more than 30 days after it, another one. */
const IN_TURNS = [
  [0, '2020-01-01', '2020-01-05'],
  [1, '2020-01-10', '2020-01-12'],
  [0, '2020-01-15', '2020-01-20'],
  [1, '2020-02-15', '2020-02-20'],
  [0, '2020-03-10', '2020-03-12'],
] as const;

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
  await insert(sql, 'concept', {
    ...{ ...drug, vocabulary_id: 'RxNorm Extension', concept_class_id: 'Ingredient' },
    ...{ concept_id: EXTENSION_INGREDIENT, concept_name: 'ingredient', concept_code: 'OMOP1' },
  });
  // What stands above a tablet too, and is no Standard ingredient.
  for (const [n, above] of [
    { vocabulary_id: 'HemOnc', concept_class_id: 'Ingredient' },
    { concept_class_id: 'Clinical Drug Form' },
    { concept_class_id: 'Ingredient', standard_concept: null },
  ].entries()) {
    const concept = { concept_id: 40164900 + n, concept_name: `above ${n}`, concept_code: `above ${n}` };
    await insert(sql, 'concept', { ...drug, ...concept, ...above });
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
      [NICOTINE, NICOTINE_UNTIMED_PATCH],
      [NICOTINE, NICOTINE_HOURLY_PATCH],
      [METFORMIN, METFORMIN_UNITS],
      [GLIPIZIDE, GLIPIZIDE_TABLET],
      ...Object.values(UNSURE_TABLETS).map((tablet) => [METFORMIN, tablet]),
      [21600712, METFORMIN_500_TABLET],
      [40164900, METFORMIN_500_TABLET],
      [40164901, METFORMIN_500_TABLET],
      [40164902, METFORMIN_500_TABLET],
      [EXTENSION_INGREDIENT, EXTENSION_TABLET],
      // As vocabularies list everything under itself.
      [METFORMIN, METFORMIN],
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
    ...[
      { drug_concept_id: NICOTINE_UNTIMED_PATCH, denominator_value: 0 },
      { drug_concept_id: NICOTINE_HOURLY_PATCH },
    ].map((patch) => ({
      ...{ ...patch, ingredient_concept_id: NICOTINE, denominator_unit_concept_id: HOUR },
      ...{ numerator_value: 0.5, numerator_unit_concept_id: MILLIGRAM },
    })),
    ...[
      { drug_concept_id: METFORMIN_UNITS, amount_unit_concept_id: UNIT },
      { drug_concept_id: GLIPIZIDE_TABLET, ingredient_concept_id: GLIPIZIDE },
      { drug_concept_id: UNSURE_TABLETS.withdrawn, invalid_reason: 'D' },
      { drug_concept_id: UNSURE_TABLETS.weightless, amount_value: 0 },
      { drug_concept_id: UNSURE_TABLETS.massless, amount_value: null },
      { drug_concept_id: UNSURE_TABLETS.unitless, amount_unit_concept_id: 0 },
    ].map((tablet) => ({
      ...{ ingredient_concept_id: METFORMIN, amount_value: 500, amount_unit_concept_id: MILLIGRAM },
      ...tablet,
    })),
  );
  // The CDM requires an end; an existing one may have been made without that constraint.
  await sql`alter table drug_exposure alter column drug_exposure_end_date drop not null`;
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

  test('neither joins nor splits eras of one condition because of another between them', async () => {
    const turns = IN_TURNS.map(([which, start, end]) => [which ? ASTHMA : DIABETES, start, end] as const);
    expect(await erasOf(...turns.map((turn): [number, string, string] => [...turn]))).toEqual([
      [DIABETES, '2020-01-01', '2020-01-20', 2],
      [ASTHMA, '2020-01-10', '2020-01-12', 1],
      [ASTHMA, '2020-02-15', '2020-02-20', 1],
      [DIABETES, '2020-03-10', '2020-03-12', 1],
    ]);
  });

  test('numbers eras by their first day, and those of one day by concept', async () => {
    expect(
      await erasOf(
        [ASTHMA, '2020-01-01', '2020-01-02'],
        [DIABETES, '2020-01-03', '2020-01-04'],
        [ASTHMA, '2020-01-20', '2020-01-21'],
        [ASTHMA, '2020-06-01', '2020-06-02'],
        [DIABETES, '2020-06-01', '2020-06-02'],
      ),
    ).toEqual([
      [ASTHMA, '2020-01-01', '2020-01-21', 2],
      [DIABETES, '2020-01-03', '2020-01-04', 1],
      [DIABETES, '2020-06-01', '2020-06-02', 1],
      [ASTHMA, '2020-06-01', '2020-06-02', 1],
    ]);
  });
});

interface Exposure {
  drug?: number;
  start: string;
  end?: string;
  quantity?: number;
  days?: number;
}

async function exposed(...exposures: Exposure[]): Promise<number> {
  const person = await newPerson(db.sql, site);
  const rows = exposures.map((one) => ({
    ...{ person_id: person, drug_concept_id: one.drug ?? METFORMIN_500_TABLET },
    ...{ drug_exposure_start_date: one.start, drug_exposure_end_date: one.end ?? null },
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

  test('an exposure to an ingredient that the vocabulary lists under itself counts once', async () => {
    expect(await erasOf({ drug: METFORMIN, start: '2020-01-01', end: '2020-01-30' })).toEqual([
      [METFORMIN, '2020-01-01', '2020-01-30', 1, 0],
    ]);
  });

  test('may be of an ingredient of RxNorm Extension', async () => {
    expect(await erasOf({ drug: EXTENSION_TABLET, start: '2020-01-01', end: '2020-01-30' })).toEqual([
      [EXTENSION_INGREDIENT, '2020-01-01', '2020-01-30', 1, 0],
    ]);
  });

  test('reaches over a long exposure that holds shorter ones', async () => {
    expect(
      await erasOf(
        { start: '2020-01-01', end: '2020-12-31' },
        { start: '2020-02-01', end: '2020-02-02' },
        { start: '2021-01-15', end: '2021-01-16' },
      ),
    ).toEqual([[METFORMIN, '2020-01-01', '2021-01-16', 3, 14]]);
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

  test('goes on 30 days after an exposure, and begins anew on the 31st', async () => {
    expect(
      await erasOf({ start: '2020-01-01', end: '2020-01-10' }, { start: '2020-02-10', end: '2020-02-10' }),
    ).toEqual([
      [METFORMIN, '2020-01-01', '2020-01-10', 1, 0],
      [METFORMIN, '2020-02-10', '2020-02-10', 1, 0],
    ]);
  });

  test('an exposure without an end lasts for its days of supply, or else to the next day', async () => {
    expect(
      await erasOf(
        { start: '2020-01-01', days: 30 },
        { drug: GLIPIZIDE, start: '2020-01-01' },
        { drug: NICOTINE, start: '2020-01-01', end: '2020-01-05', days: 30 },
      ),
    ).toEqual([
      [NICOTINE, '2020-01-01', '2020-01-05', 1, 0],
      [METFORMIN, '2020-01-01', '2020-01-31', 1, 0],
      [GLIPIZIDE, '2020-01-01', '2020-01-02', 1, 0],
    ]);
  });

  test('counts an end before the start as the start', async () => {
    expect(await erasOf({ start: '2020-01-10', end: '2020-01-01' })).toEqual([
      [METFORMIN, '2020-01-10', '2020-01-10', 1, 0],
    ]);
  });

  test('neither joins nor splits eras of one ingredient because of another between them', async () => {
    const drugs = [METFORMIN, GLIPIZIDE];
    expect(
      await erasOf(...IN_TURNS.map(([which, start, end]) => ({ drug: drugs[which] ?? 0, start, end }))),
    ).toEqual([
      [METFORMIN, '2020-01-01', '2020-01-20', 2, 9],
      [GLIPIZIDE, '2020-01-10', '2020-01-12', 1, 0],
      [GLIPIZIDE, '2020-02-15', '2020-02-20', 1, 0],
      [METFORMIN, '2020-03-10', '2020-03-12', 1, 0],
    ]);
  });

  test('numbers eras by their first day, and those of one day by ingredient', async () => {
    expect(
      await erasOf(
        { drug: GLIPIZIDE, start: '2020-01-01', end: '2020-01-02' },
        { drug: METFORMIN, start: '2020-01-03', end: '2020-01-04' },
        { drug: GLIPIZIDE, start: '2020-01-20', end: '2020-01-21' },
        { drug: GLIPIZIDE, start: '2020-06-01', end: '2020-06-02' },
        { drug: METFORMIN, start: '2020-06-01', end: '2020-06-02' },
      ),
    ).toEqual([
      [GLIPIZIDE, '2020-01-01', '2020-01-21', 2, 17],
      [METFORMIN, '2020-01-03', '2020-01-04', 1, 0],
      [METFORMIN, '2020-06-01', '2020-06-02', 1, 0],
      [GLIPIZIDE, '2020-06-01', '2020-06-02', 1, 0],
    ]);
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
    const eras = await db.sql<
      { id: number; concept: number; dose: number; unit: number; start: string; end: string }[]
    >`
      select dose_era_id as id, drug_concept_id as concept, dose_value as dose, unit_concept_id as unit, dose_era_start_date as start,
        dose_era_end_date as end
      from dose_era where person_id = ${person} order by 1`;
    expect(eras.map((era) => era.id)).toEqual(eras.map((_, index) => person * 100000 + index + 1));
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

  test('of a patch whose number of hours is not known: what it releases in an hour, 24 times', async () => {
    expect(
      await erasOf(
        { drug: NICOTINE_HOURLY_PATCH, start: '2020-01-01', end: '2020-01-10' },
        { drug: NICOTINE_UNTIMED_PATCH, start: '2020-06-01', end: '2020-06-10' },
      ),
    ).toEqual([
      [NICOTINE, 12, MILLIGRAM, '2020-01-01', '2020-01-10'],
      [NICOTINE, 12, MILLIGRAM, '2020-06-01', '2020-06-10'],
    ]);
  });

  test('may be less than one, and of a single day', async () => {
    expect(
      await erasOf(
        { start: '2020-01-01', end: '2020-01-01', quantity: 2, days: 1 },
        { start: '2020-06-01', end: '2020-06-10', quantity: 1, days: 1000 },
      ),
    ).toEqual([
      [METFORMIN, 1000, MILLIGRAM, '2020-01-01', '2020-01-01'],
      [METFORMIN, 0.5, MILLIGRAM, '2020-06-01', '2020-06-10'],
    ]);
  });

  test('is rounded to six decimals, and none where nothing is left', async () => {
    expect(
      await erasOf(
        { start: '2020-01-01', end: '2020-01-03', quantity: 1, days: 3 },
        { start: '2020-01-01', end: '2020-01-03', quantity: 0.000000001, days: 3 },
      ),
    ).toEqual([[METFORMIN, 166.666667, MILLIGRAM, '2020-01-01', '2020-01-03']]);
  });

  test('goes on 30 days after an exposure, and begins anew on the 31st', async () => {
    const dose = { quantity: 10, days: 10 };
    expect(
      await erasOf(
        { ...dose, start: '2020-01-01', end: '2020-01-10' },
        { ...dose, start: '2020-02-09', end: '2020-02-10' },
        { ...dose, start: '2020-03-12', end: '2020-03-14' },
      ),
    ).toEqual([
      [METFORMIN, 500, MILLIGRAM, '2020-01-01', '2020-02-10'],
      [METFORMIN, 500, MILLIGRAM, '2020-03-12', '2020-03-14'],
    ]);
  });

  test('reaches over a long exposure that holds shorter ones', async () => {
    const dose = { quantity: 10, days: 10 };
    expect(
      await erasOf(
        { ...dose, start: '2020-01-01', end: '2020-12-31' },
        { ...dose, start: '2020-02-01', end: '2020-02-02' },
        { ...dose, start: '2021-01-15', end: '2021-01-16' },
      ),
    ).toEqual([[METFORMIN, 500, MILLIGRAM, '2020-01-01', '2021-01-16']]);
  });

  test('an exposure without an end lasts for its days of supply, a patch without them for its day', async () => {
    expect(
      await erasOf(
        { start: '2020-01-01', quantity: 30, days: 30 },
        { drug: NICOTINE_PATCH, start: '2020-01-02' },
        { drug: GLIPIZIDE_TABLET, start: '2020-01-03', end: '2020-01-01', quantity: 30, days: 30 },
      ),
    ).toEqual([
      [METFORMIN, 500, MILLIGRAM, '2020-01-01', '2020-01-31'],
      [NICOTINE, 21, MILLIGRAM, '2020-01-02', '2020-01-02'],
      [GLIPIZIDE, 500, MILLIGRAM, '2020-01-03', '2020-01-03'],
    ]);
  });

  test.each([
    ['ingredient', { drug: GLIPIZIDE_TABLET }, [GLIPIZIDE, 500, MILLIGRAM]],
    ['unit', { drug: METFORMIN_UNITS }, [METFORMIN, 500, UNIT]],
    ['dose', { quantity: 20 }, [METFORMIN, 1000, MILLIGRAM]],
  ])('neither joins nor splits eras because of another %s between them', async (_, other, otherEra) => {
    const dose = { quantity: 10, days: 10 };
    expect(
      await erasOf(
        ...IN_TURNS.map(([which, start, end]) => ({ ...dose, start, end, ...(which ? other : {}) })),
      ),
    ).toEqual([
      [METFORMIN, 500, MILLIGRAM, '2020-01-01', '2020-01-20'],
      [...otherEra, '2020-01-10', '2020-01-12'],
      [...otherEra, '2020-02-15', '2020-02-20'],
      [METFORMIN, 500, MILLIGRAM, '2020-03-10', '2020-03-12'],
    ]);
  });

  test('numbers eras by their first day, and those of one day by ingredient, unit and dose', async () => {
    const dose = { end: '2020-01-30', quantity: 10, days: 10 };
    expect(
      await erasOf(
        { ...dose, drug: GLIPIZIDE_TABLET, start: '2020-01-03' },
        { ...dose, start: '2020-01-03', quantity: 20 },
        { ...dose, drug: METFORMIN_UNITS, start: '2020-01-03' },
        { ...dose, start: '2020-01-03' },
        { ...dose, drug: NICOTINE_PATCH, start: '2020-01-02' },
        { ...dose, drug: NICOTINE_PATCH, start: '2020-01-10' },
      ),
    ).toEqual([
      [NICOTINE, 21, MILLIGRAM, '2020-01-02', '2020-01-30'],
      [METFORMIN, 500, UNIT, '2020-01-03', '2020-01-30'],
      [METFORMIN, 500, MILLIGRAM, '2020-01-03', '2020-01-30'],
      [METFORMIN, 1000, MILLIGRAM, '2020-01-03', '2020-01-30'],
      [GLIPIZIDE, 500, MILLIGRAM, '2020-01-03', '2020-01-30'],
    ]);
  });

  test('is not guessed where drug_strength has withdrawn it, or knows no amount or no unit', async () => {
    const dose = { start: '2020-01-01', end: '2020-01-30', quantity: 60, days: 30 };
    expect(await erasOf(...Object.values(UNSURE_TABLETS).map((drug) => ({ ...dose, drug })))).toEqual([]);
  });

  test('is not guessed: no days, no quantity, or packs of a volume make none', async () => {
    expect(
      await erasOf(
        { start: '2020-01-01', end: '2020-01-30', quantity: 60 },
        { start: '2020-01-01', end: '2020-01-30', days: 30 },
        { start: '2020-01-01', end: '2020-01-30', quantity: 60, days: 0 },
        { start: '2020-01-01', end: '2020-01-30', quantity: -60, days: -30 },
        { start: '2020-01-01', end: '2020-01-30', quantity: 0, days: 30 },
        { drug: METFORMIN_BOTTLE, start: '2020-01-01', end: '2020-01-10', quantity: 1, days: 10 },
      ),
    ).toEqual([]);
  });
});

/** Every era of these persons, by table, as [table, person, concept, start, end]. */
async function allEras(...persons: number[]) {
  const rows = await db.sql<{ era: (string | number)[] }[]>`
    select array[name, person::text, concept::text, start_on::text, end_on::text] as era from (
      select 'condition' as name, person_id as person, condition_concept_id as concept,
        condition_era_start_date as start_on, condition_era_end_date as end_on
      from condition_era
      union all
      select 'drug', person_id, drug_concept_id, drug_era_start_date, drug_era_end_date from drug_era
      union all
      select 'dose', person_id, drug_concept_id, dose_era_start_date, dose_era_end_date from dose_era
    ) era
    where person = any(${persons}::bigint[])
    order by name, start_on, person`;
  return rows.map(({ era: [name, person, ...rest] }) => [name, persons.indexOf(Number(person)), ...rest]);
}

/** A condition, and a drug of a known dose, at these times. */
async function treated(person: number, ...times: (readonly [start: string, end: string])[]): Promise<void> {
  for (const [start, end] of times) {
    await insert(db.sql, 'condition_occurrence', {
      ...{ person_id: person, condition_concept_id: DIABETES },
      ...{ condition_start_date: start, condition_end_date: end },
    });
    await insert(db.sql, 'drug_exposure', {
      ...{ person_id: person, drug_concept_id: METFORMIN_500_TABLET, quantity: 10, days_supply: 10 },
      ...{ drug_exposure_start_date: start, drug_exposure_end_date: end },
    });
  }
}

test('eras of one person are neither joined nor split by those of another', async () => {
  const persons = [await newPerson(db.sql, site), await newPerson(db.sql, site)];
  for (const [which, start, end] of IN_TURNS) await treated(persons[which] ?? 0, [start, end]);
  await derived(...persons);
  const concepts = { condition: DIABETES, dose: METFORMIN, drug: METFORMIN };
  expect(await allEras(...persons)).toEqual(
    Object.entries(concepts).flatMap(([name, concept]) => [
      [name, 0, `${concept}`, '2020-01-01', '2020-01-20'],
      [name, 1, `${concept}`, '2020-01-10', '2020-01-12'],
      [name, 1, `${concept}`, '2020-02-15', '2020-02-20'],
      [name, 0, `${concept}`, '2020-03-10', '2020-03-12'],
    ]),
  );
});

test('eras of persons whom nobody touched stay', async () => {
  const [touched, other] = [await newPerson(db.sql, site), await newPerson(db.sql, site)];
  for (const person of [touched, other]) await treated(person, ['2020-01-01', '2020-01-05']);
  await derived(touched, other);
  for (const person of [touched, other]) await treated(person, ['2020-01-10', '2020-01-12']);
  await derived(touched);
  expect((await allEras(touched, other)).map(([name, who, , start, end]) => [name, who, start, end])).toEqual(
    ['condition', 'dose', 'drug'].flatMap((name) => [
      [name, 0, '2020-01-01', '2020-01-12'],
      [name, 1, '2020-01-01', '2020-01-05'],
    ]),
  );
});

test('events of nobody make no era', async () => {
  const person = await newPerson(db.sql, site);
  await treated(person, ['2020-01-01', '2020-01-05']);
  await db.sql`delete from person where person_id = ${person}`;
  await derived(person);
  expect(await allEras(person)).toEqual([]);
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
