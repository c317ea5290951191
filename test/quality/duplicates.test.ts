/** Which rows say the same thing twice: those that agree in every one of these columns. */
import { afterAll, expect, test } from 'vitest';
import { newPerson, touch } from '../derive/chart.ts';
import { openCharts, type Values, type Work } from './chart.ts';

const charts = await openCharts();
afterAll(() => charts.db.drop());

/** Of each table, the columns that tell rows apart, with a value that the row in the chart does not have. */
const TELLING: Readonly<Record<string, Values>> = {
  condition_occurrence: {
    ...{ condition_concept_id: 317009, condition_source_value: 'J45', condition_type_concept_id: 32827 },
    ...{ condition_start_date: '2023-01-11', condition_start_datetime: '2023-01-10 10:00:00' },
    ...{ condition_end_date: '2023-01-12', visit_occurrence_id: 501 },
  },
  drug_exposure: {
    ...{ drug_concept_id: 19019074, drug_source_value: 'x', drug_type_concept_id: 32827 },
    ...{ drug_exposure_start_date: '2023-01-11', drug_exposure_start_datetime: '2023-01-10 10:00:00' },
    ...{ drug_exposure_end_date: '2023-02-09', quantity: 30, days_supply: 15, sig: 'one a day' },
    ...{ lot_number: 'L1', visit_occurrence_id: 501 },
  },
  procedure_occurrence: {
    ...{ procedure_concept_id: 4000009, procedure_source_value: 'x', modifier_concept_id: 0 },
    ...{ procedure_date: '2023-01-12', procedure_datetime: '2023-01-11 10:00:00' },
    ...{ procedure_end_date: '2023-01-13', visit_occurrence_id: 501 },
  },
  measurement: {
    ...{ measurement_concept_id: 3012888, measurement_source_value: 'x' },
    ...{ measurement_date: '2023-01-12', measurement_datetime: '2023-01-11 10:00:00' },
    ...{ value_as_number: 121, value_as_concept_id: 0, value_source_value: 'x', unit_concept_id: 8576 },
    visit_occurrence_id: 502,
  },
  observation: {
    ...{ observation_concept_id: 4013887, observation_source_value: 'x' },
    ...{ observation_date: '2023-01-12', observation_datetime: '2023-01-11 10:00:00' },
    ...{ value_as_number: 1, value_as_string: 'no', value_as_concept_id: 0, value_source_value: 'x' },
    ...{ qualifier_source_value: 'x', visit_occurrence_id: 501 },
  },
  visit_occurrence: {
    ...{ visit_concept_id: 9201, visit_source_value: 'x', provider_id: 1, care_site_id: 1 },
    ...{ visit_start_date: '2023-01-09', visit_start_datetime: '2023-01-10 10:00:00' },
    ...{ visit_end_date: '2023-01-13', visit_end_datetime: '2023-01-12 10:00:00' },
  },
};

let lastVisit = 600;
const own = (table: string) => (table === 'visit_occurrence' ? { visit_occurrence_id: ++lastVisit } : {});

async function duplicatesAfter(work: Work) {
  const results = (await charts.resultsAfter(work)).filter((one) => one.check === 'duplicate-row');
  return Object.fromEntries(
    results.map((one) => [`${one.table}.${one.field}`, [one.violated, one.total] as const]),
  );
}

const field = (table: string) => `${table}.${table.replace(/_(occurrence|exposure)$/, '')}_concept_id`;

const inEach = (counts: (columns: number) => readonly [number, number]) =>
  Object.fromEntries(
    Object.entries(TELLING).map(([table, columns]) => [field(table), counts(Object.keys(columns).length)]),
  );

test('rows that differ in a single column are no duplicates', async () => {
  const found = await duplicatesAfter(async ({ add }) => {
    for (const [table, columns] of Object.entries(TELLING)) {
      for (const [column, value] of Object.entries(columns)) {
        await add(table, { ...own(table), [column]: value });
      }
    }
  });
  expect(found).toEqual(inEach((columns) => [0, columns + 1]));
});

test('rows of different persons are no duplicates', async () => {
  const found = await duplicatesAfter(async ({ tx, site, add }) => {
    const other = await newPerson(tx, site);
    await touch(tx, site, other);
    for (const table of Object.keys(TELLING)) await add(table, { ...own(table), person_id: other });
  });
  expect(found).toEqual(inEach(() => [0, 2]));
});

test('of three rows that say the same two are too many', async () => {
  const found = await duplicatesAfter(async ({ add }) => {
    for (const table of Object.keys(TELLING)) {
      for (const _ of [1, 2]) await add(table, own(table));
    }
  });
  expect(found).toEqual(inEach(() => [2, 3]));
});
