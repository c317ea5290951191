/** How far the checks of eras go: eras on both sides of their limits. */
import { afterAll, describe, expect, test } from 'vitest';
import { insert, newPerson, touch } from '../derive/chart.ts';
import { type Chart, openCharts, type Values, violationsOf, type Work } from './chart.ts';

const DIABETES = 201826;
const ASTHMA = 317009;
const ICD9_CODE = 44836914;
const METFORMIN = 1503297;
const LOCAL_INGREDIENT = 1503299;
const NOBODY_KNOWS = 7_777_777;
const MILLIGRAM = 8576;

const charts = await openCharts([
  [ASTHMA, 'Condition', 'SNOMED', 'S'],
  [LOCAL_INGREDIENT, 'Drug', 'RxNorm', null, 'Ingredient'],
]);
afterAll(() => charts.db.drop());
const violationsAfter = (work: Work, afterDeriving?: Work) => violationsOf(charts, work, afterDeriving);
const nothing: Work = async () => {};

describe('a condition_era', () => {
  const era = (values: Values): Values => ({
    ...{ condition_era_start_date: '2020-01-01', condition_era_end_date: '2020-01-01' },
    ...{ condition_occurrence_count: 0, ...values },
  });
  const missing = 'era-missing at condition_era.condition_concept_id';

  test('is of a Standard concept', async () => {
    const found = await violationsAfter(nothing, async ({ add }) => {
      for (const id of [DIABETES, ICD9_CODE, NOBODY_KNOWS]) {
        await add('condition_era', era({ condition_concept_id: id }));
      }
    });
    expect(found).toEqual({ 'era-concept-invalid at condition_era.condition_concept_id': [2, 4] });
  });

  test('may last a day, and does not end before it starts', async () => {
    const found = await violationsAfter(nothing, async ({ add }) => {
      for (const end of ['2020-01-01', '2019-12-31']) {
        await add('condition_era', era({ condition_concept_id: DIABETES, condition_era_end_date: end }));
      }
    });
    expect(found).toEqual({ 'end-before-start at condition_era.condition_era_end_date': [1, 3] });
  });

  const withoutEras: Work = async ({ tx, person }) => {
    await tx`delete from condition_era where person_id = ${person}`;
  };

  test('is asked for by every occurrence of a condition that has a concept', async () => {
    const found = await violationsAfter(async ({ add }) => {
      await add('condition_occurrence', { condition_start_date: '2023-05-01' });
      await add('condition_occurrence', { condition_concept_id: ASTHMA });
      await add('condition_occurrence', { condition_concept_id: 0 });
    }, withoutEras);
    expect(found).toEqual({
      'concept-unmapped at condition_occurrence.condition_concept_id': [1, 4],
      [missing]: [3, 3],
    });
  });

  test('that is stale makes up for none that is missing', async () => {
    const found = await violationsAfter(
      ({ add }) => add('condition_occurrence', { condition_concept_id: ASTHMA }),
      async ({ tx, person }) => {
        await tx`delete from condition_era where person_id = ${person} and condition_concept_id = ${ASTHMA}`;
        await tx`
          delete from condition_occurrence where person_id = ${person} and condition_concept_id = ${DIABETES}`;
      },
    );
    expect(found).toEqual({ [missing]: [1, 1] });
  });

  test('is not asked for by conditions of nobody, nor where there are none', async () => {
    const ofNobody = await violationsAfter(async ({ tx, site, person, add }) => {
      const nobody = await newPerson(tx, site);
      await tx`delete from person where person_id = ${nobody}`;
      await touch(tx, site, nobody);
      await tx`update condition_occurrence set person_id = ${nobody} where person_id = ${person}`;
      await add('condition_occurrence', { condition_concept_id: ASTHMA });
    });
    expect(ofNobody).toEqual({ 'person-missing at condition_occurrence.person_id': [1, 2] });
    const none = await charts.resultsAfter(async ({ tx, person }) => {
      await tx`delete from condition_occurrence where person_id = ${person}`;
    });
    expect(none.find((one) => one.check === 'era-missing')).toMatchObject({ violated: 0, total: 0 });
  });
});

describe('a drug_era', () => {
  const add = (chart: Chart, values: Values) =>
    insert(chart.tx, 'drug_era', {
      ...{ person_id: chart.person, drug_concept_id: METFORMIN, drug_exposure_count: 1, gap_days: 0 },
      ...{ drug_era_start_date: '2020-01-01', drug_era_end_date: '2020-01-10', ...values },
    });

  test('is of a Standard ingredient', async () => {
    const found = await violationsAfter(nothing, async (chart) => {
      for (const id of [METFORMIN, LOCAL_INGREDIENT, 19019073, NOBODY_KNOWS]) {
        await add(chart, { drug_concept_id: id });
      }
    });
    expect(found).toEqual({ 'era-concept-invalid at drug_era.drug_concept_id': [3, 5] });
  });

  test('may last a day, and does not end before it starts', async () => {
    const found = await violationsAfter(nothing, async (chart) => {
      await add(chart, { drug_era_end_date: '2020-01-01' });
      await add(chart, { drug_era_end_date: '2019-12-30', gap_days: -1 });
    });
    expect(found).toEqual({
      'end-before-start at drug_era.drug_era_end_date': [1, 3],
      'gap-days-impossible at drug_era.gap_days': [1, 3],
    });
  });

  test('has fewer days of gap than days', async () => {
    const found = await violationsAfter(nothing, async (chart) => {
      for (const gap of [9, 10]) await add(chart, { gap_days: gap });
    });
    expect(found).toEqual({ 'gap-days-impossible at drug_era.gap_days': [1, 3] });
  });
});

test('a dose_era has a dose above 0, in a unit', async () => {
  const doses = [
    [0.5, MILLIGRAM],
    [0, MILLIGRAM],
    [-1, MILLIGRAM],
    [1, DIABETES],
    [1, NOBODY_KNOWS],
  ] as const;
  const found = await violationsAfter(nothing, async ({ tx, person }) => {
    for (const [dose_value, unit_concept_id] of doses) {
      await insert(tx, 'dose_era', {
        ...{ person_id: person, drug_concept_id: METFORMIN, unit_concept_id, dose_value },
        ...{ dose_era_start_date: '2023-01-10', dose_era_end_date: '2023-01-11' },
      });
    }
  });
  expect(found).toEqual({ 'dose-invalid at dose_era.dose_value': [4, 5] });
});
