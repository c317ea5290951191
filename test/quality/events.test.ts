/** How far the checks of sql/quality/events.sql go, in each clinical table: rows on both sides of their limits. */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { insert, newPerson, touch } from '../derive/chart.ts';
import { type Chart, openCharts, type Values, violationsOf, type Work } from './chart.ts';

const NOBODY_KNOWS = 7_777_777;

interface Table {
  readonly name: string;
  readonly prefix: string;
  readonly domain: string;
  readonly start: string;
  readonly end?: string;
}

const TABLES: readonly Table[] = [
  {
    ...{ name: 'visit_occurrence', prefix: 'visit', domain: 'Visit' },
    ...{ start: 'visit_start_date', end: 'visit_end_date' },
  },
  {
    ...{ name: 'visit_detail', prefix: 'visit_detail', domain: 'Visit' },
    ...{ start: 'visit_detail_start_date', end: 'visit_detail_end_date' },
  },
  {
    ...{ name: 'condition_occurrence', prefix: 'condition', domain: 'Condition' },
    ...{ start: 'condition_start_date', end: 'condition_end_date' },
  },
  {
    ...{ name: 'drug_exposure', prefix: 'drug', domain: 'Drug' },
    ...{ start: 'drug_exposure_start_date', end: 'drug_exposure_end_date' },
  },
  {
    ...{ name: 'procedure_occurrence', prefix: 'procedure', domain: 'Procedure' },
    ...{ start: 'procedure_date', end: 'procedure_end_date' },
  },
  {
    ...{ name: 'device_exposure', prefix: 'device', domain: 'Device' },
    ...{ start: 'device_exposure_start_date', end: 'device_exposure_end_date' },
  },
  { name: 'measurement', prefix: 'measurement', domain: 'Measurement', start: 'measurement_date' },
  { name: 'observation', prefix: 'observation', domain: 'Observation', start: 'observation_date' },
  { name: 'specimen', prefix: 'specimen', domain: 'Specimen', start: 'specimen_date' },
];

const charts = await openCharts();
afterAll(() => charts.db.drop());
const violationsAfter = (work: Work) => violationsOf(charts, work);

let lastVisit = 1000;

/** A row of the table from one day to another, where it has an end. */
function lasting(table: Table, start: string, end = start): Values {
  return {
    ...(table.name === 'visit_occurrence' ? { visit_occurrence_id: ++lastVisit } : {}),
    ...{ [table.start]: start, ...(table.end === undefined ? {} : { [table.end]: end }) },
  };
}

/** Of each table, what its rows must come to. */
const ofEach = (tables: readonly Table[], expected: (table: Table) => Record<string, [number, number]>) =>
  Object.assign({}, ...tables.map(expected));

async function inEach(tables: readonly Table[], add: Chart['add'], rows: (table: Table) => Values[]) {
  for (const table of tables) for (const row of rows(table)) await add(table.name, row);
}

test('in a chart without a fault each check looks at every row that it is about', async () => {
  const fine = JSON.parse(readFileSync(new URL('fine-chart.json', import.meta.url), 'utf8'));
  const counted: Record<string, Record<string, number>> = {};
  for (const { check, table, field, violated, total } of await charts.resultsAfter(async () => {})) {
    expect(violated).toBe(0);
    counted[check] = { ...counted[check], [`${table}.${field}`]: total };
  }
  expect(counted).toEqual(fine);
});

describe('a row of a clinical table', () => {
  test('begins between birth and data pull, both days included', async () => {
    const days = ['1960-05-03', '1960-05-04', '2024-06-01', '2024-06-02'];
    const found = await violationsAfter(({ add }) =>
      inEach(TABLES, add, (table) => days.map((day) => lasting(table, day))),
    );
    expect(found).toEqual(
      ofEach(TABLES, ({ name, start }) => ({
        [`event-before-birth at ${name}.${start}`]: [1, 5],
        [`event-in-future at ${name}.${start}`]: [1, 5],
      })),
    );
  });

  test('begins at most 60 days after death', async () => {
    const found = await violationsAfter(async ({ add }) => {
      await add('death', { death_date: '2023-02-01' });
      await inEach(TABLES, add, (table) => ['2023-04-02', '2023-04-03'].map((day) => lasting(table, day)));
    });
    expect(found).toEqual(
      ofEach(TABLES, ({ name, start }) => ({ [`event-after-death at ${name}.${start}`]: [1, 3] })),
    );
  });

  test('ends on the day of its start or later', async () => {
    const ending = TABLES.filter((table) => table.end !== undefined);
    const alwaysEnding = ['visit_occurrence', 'visit_detail', 'drug_exposure'];
    const found = await violationsAfter(({ add }) =>
      inEach(ending, add, (table) => [
        lasting(table, '2023-01-11'),
        lasting(table, '2023-01-12', '2023-01-11'),
      ]),
    );
    expect(found).toEqual(
      ofEach(ending, ({ name, end }) => ({
        [`end-before-start at ${name}.${end}`]: [1, alwaysEnding.includes(name) ? 3 : 2],
      })),
    );
  });

  test('has its code as sent where it has no concept', async () => {
    const found = await violationsAfter(({ add }) =>
      inEach(TABLES, add, (table) =>
        ['A', '', null].map((code) => ({
          ...{ ...lasting(table, '2023-01-11'), [`${table.prefix}_concept_id`]: 0 },
          [`${table.prefix}_source_value`]: code,
        })),
      ),
    );
    expect(found).toEqual(
      ofEach(TABLES, ({ name, prefix }) => ({
        [`concept-unmapped at ${name}.${prefix}_concept_id`]: [3, 4],
        [`unmapped-without-source at ${name}.${prefix}_concept_id`]: [2, 3],
      })),
    );
  });

  test('has a concept that is Standard and valid, of the domain of its table', async () => {
    const found = await violationsAfter(async ({ tx, add }) => {
      for (const [n, table] of TABLES.entries()) {
        const [fine, notStandard, aClass, withdrawn, misplaced] = [1, 2, 3, 4, 5].map(
          (m) => 5000000 + n * 10 + m,
        );
        const { domain: domain_id } = table;
        const concepts: Values[] = [
          { concept_id: fine ?? 0, domain_id },
          { concept_id: notStandard ?? 0, domain_id, standard_concept: null },
          { concept_id: aClass ?? 0, domain_id, standard_concept: 'C' },
          { concept_id: withdrawn ?? 0, domain_id, invalid_reason: 'D' },
          { concept_id: misplaced ?? 0, domain_id: domain_id === 'Device' ? 'Drug' : 'Device' },
        ];
        for (const one of concepts)
          await insert(tx, 'concept', { concept_name: 'c', concept_code: 'c', ...one });
        for (const id of [0, fine, notStandard, aClass, withdrawn, misplaced, NOBODY_KNOWS]) {
          await add(table.name, {
            ...{ ...lasting(table, '2023-01-11'), [`${table.prefix}_concept_id`]: id ?? 0 },
            [`${table.prefix}_source_value`]: `code ${id}`,
          });
        }
      }
    });
    expect(found).toEqual({
      ...ofEach(TABLES, ({ name, prefix }) => ({
        [`concept-unmapped at ${name}.${prefix}_concept_id`]: [1, 8],
        [`concept-not-standard at ${name}.${prefix}_concept_id`]: [4, 7],
        [`concept-wrong-domain at ${name}.${prefix}_concept_id`]: [1, 6],
      })),
      'drug-without-ingredient at drug_exposure.drug_concept_id': [5, 6],
      'era-concept-invalid at condition_era.condition_concept_id': [3, 7],
    });
  });

  test('of observation has a concept of a domain without a table of its own', async () => {
    const found = await violationsAfter(async ({ tx, add }) => {
      const domains = [
        'Condition',
        'Drug',
        'Procedure',
        'Device',
        'Measurement',
        'Visit',
        'Specimen',
        'Race',
      ];
      for (const [n, domain_id] of domains.entries()) {
        const id = 5000001 + n;
        await insert(tx, 'concept', { concept_id: id, domain_id, concept_name: 'c', concept_code: 'c' });
        await add('observation', { observation_concept_id: id });
      }
    });
    expect(found).toEqual({ 'concept-wrong-domain at observation.observation_concept_id': [6, 9] });
  });

  test('has a type that is a Standard type concept', async () => {
    const found = await violationsAfter(({ add }) =>
      inEach(TABLES, add, (table) =>
        [32817, 38000280, 8507, NOBODY_KNOWS].map((id, n) => ({
          ...{ ...lasting(table, `2023-01-2${n}`), [`${table.prefix}_type_concept_id`]: id },
        })),
      ),
    );
    expect(found).toEqual(
      ofEach(TABLES, ({ name, prefix }) => ({
        [`type-concept-invalid at ${name}.${prefix}_type_concept_id`]: [3, 5],
      })),
    );
  });

  test('lies in a visit of its person', async () => {
    const within = TABLES.filter(({ name }) => !['visit_occurrence', 'specimen'].includes(name));
    const alwaysWithin = ['measurement', 'visit_detail'];
    const found = await violationsAfter(async ({ tx, site, add }) => {
      await add('visit_occurrence', { visit_occurrence_id: 502, person_id: await newPerson(tx, site) });
      await inEach(within, add, (table) =>
        [501, 502, 503].map((visit) => ({ ...lasting(table, '2023-01-20'), visit_occurrence_id: visit })),
      );
    });
    expect(found).toEqual(
      ofEach(within, ({ name }) => ({
        [`visit-of-another-person at ${name}.visit_occurrence_id`]: [2, alwaysWithin.includes(name) ? 4 : 3],
      })),
    );
  });

  test('has an id that is not negative', async () => {
    const found = await violationsAfter(({ add }) =>
      inEach(TABLES, add, (table) =>
        [0, -1].map((id) => ({ ...lasting(table, `2023-01-2${-id}`), [`${table.name}_id`]: id })),
      ),
    );
    expect(found).toEqual(ofEach(TABLES, ({ name }) => ({ [`id-negative at ${name}.${name}_id`]: [1, 3] })));
  });

  test('is of a person', async () => {
    const found = await violationsAfter(async ({ tx, site, add }) => {
      const nobody = await newPerson(tx, site);
      await inEach(TABLES, add, (table) => [
        {
          ...{ ...lasting(table, '2023-01-11'), person_id: nobody },
          ...(table.name === 'visit_detail' || table.name === 'measurement'
            ? { visit_occurrence_id: lastVisit }
            : {}),
        },
      ]);
      await tx`delete from person where person_id = ${nobody}`;
      await touch(tx, site, nobody);
    });
    expect(found).toEqual(
      ofEach(TABLES, ({ name }) => ({ [`person-missing at ${name}.person_id`]: [1, 2] })),
    );
  });
});

test('a stay is over a year from its 366th day after the first', async () => {
  const found = await violationsAfter(async ({ add }) => {
    await add('visit_occurrence', { visit_occurrence_id: 601, visit_end_date: '2024-01-10' });
    await add('visit_occurrence', { visit_occurrence_id: 602, visit_end_date: '2024-01-11' });
  });
  expect(found).toEqual({ 'visit-over-a-year at visit_occurrence.visit_end_date': [1, 3] });
});

test('a source value has a concept beside it, be it 0', async () => {
  const places = [
    ['measurement', 'unit'],
    ['observation', 'unit'],
    ['observation', 'qualifier'],
    ['drug_exposure', 'route'],
    ['condition_occurrence', 'condition_status'],
    ['procedure_occurrence', 'modifier'],
    ['visit_occurrence', 'admitted_from'],
    ['visit_occurrence', 'discharged_to'],
  ] as const;
  const found = await violationsAfter(async ({ add }) => {
    let day = Date.UTC(2023, 0, 20);
    for (const [name, field] of places) {
      const table = TABLES.find((one) => one.name === name);
      if (!table) throw new Error(name);
      for (const [concept, source] of [
        [null, 'x'],
        [0, 'y'],
        [0, 'z'],
        [null, null],
        [null, null],
      ] as const) {
        day += 86_400_000;
        await add(name, {
          ...lasting(table, new Date(day).toISOString().slice(0, 10)),
          ...{ [`${field}_concept_id`]: concept, [`${field}_source_value`]: source },
          ...(name === 'measurement' ? { value_as_number: null, value_source_value: 'text' } : {}),
        });
      }
    }
  });
  expect(found).toEqual({
    ...Object.fromEntries(
      places.map(([table, field]) => [
        `source-without-concept at ${table}.${field}_concept_id`,
        [1, table === 'measurement' ? 4 : 3],
      ]),
    ),
    'unit-unmapped at measurement.unit_concept_id': [2, 4],
  });
});
