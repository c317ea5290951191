/** How far the checks of drugs and measurements go: values on both sides of their limits. */
import { afterAll, describe, expect, test } from 'vitest';
import { insert } from '../derive/chart.ts';
import { type ConceptRow, openCharts, type Values, violationsOf, type Work } from './chart.ts';

const CLASS_DRUG = 1503301;
const OTHER_INGREDIENT = 1503302;
const COMBINATION = 19019080;
const VACCINE = 40213154;
const CLASSIFICATION = 4000010;
const SERUM = 4000011;
const LOCAL_UNIT = 9000001;
const NOBODY_KNOWS = 7_777_777;
/** In which nothing is negative. */
const UNITS = [9529, 8582, 8876, 8541, 8483, 8840, 8713, 8636, 8848, 8815, 8647, 8645, 9531];
const MMOL_PER_L = 8753;
/** [measurement, unit, low, high] */
const VITAL_SIGNS = [
  [3025315, 9529, 0.2, 700],
  [3036277, 8582, 20, 280],
  [3004249, 8876, 20, 350],
  [3012888, 8876, 5, 250],
  [3027018, 8541, 10, 350],
  [3027018, 8483, 10, 350],
  [3024171, 8541, 2, 150],
  [3020891, 586323, 20, 46],
  [3038553, 9531, 5, 150],
] as const;

/** Drugs and the one thing above each of them. */
const LINEAGES: readonly [drug: number, above: ConceptRow][] = [
  [19019075, [1503298, 'Drug', 'RxNorm Extension', 'S', 'Ingredient']],
  [19019076, [1503299, 'Drug', 'RxNorm', null, 'Ingredient']],
  [19019077, [1503300, 'Drug', 'RxNorm', 'S', 'Clinical Drug Form']],
  [19019078, [CLASS_DRUG, 'Drug', 'HemOnc', 'S', 'Ingredient']],
];

const charts = await openCharts([
  ...LINEAGES.flatMap(([drug, above]): ConceptRow[] => [above, [drug, 'Drug', 'RxNorm', 'S']]),
  [OTHER_INGREDIENT, 'Drug', 'RxNorm', 'S', 'Ingredient'],
  [COMBINATION, 'Drug', 'RxNorm', 'S'],
  [VACCINE, 'Drug', 'CVX', 'S'],
  [CLASSIFICATION, 'Condition', 'SNOMED', 'C'],
  [SERUM, 'Measurement', 'LOINC', 'S'],
  [LOCAL_UNIT, 'Unit', 'UCUM', null],
  ...[...UNITS, 586323, MMOL_PER_L]
    .filter((id) => id !== 8876)
    .map((id): ConceptRow => [id, 'Unit', 'UCUM', 'S']),
  ...[3025315, 3036277, 3012888, 3027018, 3024171, 3020891, 3038553].map(
    (id): ConceptRow => [id, 'Measurement', 'LOINC', 'S'],
  ),
]);
await insert(
  charts.db.sql,
  'concept_ancestor',
  ...[
    ...LINEAGES.map(([drug, [above]]) => [above, drug]),
    ...[1503297, OTHER_INGREDIENT].map((ingredient) => [ingredient, COMBINATION]),
  ].map(([ancestor_concept_id = 0, descendant_concept_id = 0]) => ({
    ancestor_concept_id,
    descendant_concept_id,
  })),
);
afterAll(() => charts.db.drop());

/** Adds a row for each of these, told apart by their hour. */
const addEach =
  (table: string, rows: readonly Values[]): Work =>
  async ({ add }) => {
    const at = { measurement: 'measurement_datetime', drug_exposure: 'drug_exposure_start_datetime' }[table];
    for (const [hour, row] of rows.entries()) {
      await add(table, {
        ...(at ? { [at]: new Date(Date.UTC(2023, 0, 11, hour)).toISOString() } : {}),
        ...row,
      });
    }
  };

describe('a drug', () => {
  test.each([
    ['days-supply-implausible', 'days_supply', [-1, 0, 1, 365, 366, null], [3, 6]],
    ['quantity-implausible', 'quantity', [-1, 0, 0.5, 1095, 1095.5, null], [3, 6]],
    ['refills-implausible', 'refills', [-1, 0, 24, 25, null], [2, 5]],
  ] as const)('%s', async (check, field, values, counts) => {
    const found = await violationsOf(
      charts,
      addEach(
        'drug_exposure',
        values.map((value) => ({ [field]: value })),
      ),
    );
    expect(found).toEqual({ [`${check} at drug_exposure.${field}`]: counts });
  });

  test('leads to a Standard ingredient of RxNorm or its extension, unless it is a vaccine of CVX', async () => {
    const drugs = [...LINEAGES.map(([drug]) => drug), VACCINE, COMBINATION, 0, NOBODY_KNOWS];
    const found = await violationsOf(
      charts,
      addEach(
        'drug_exposure',
        drugs.map((drug_concept_id) => ({
          ...{ drug_concept_id, drug_source_value: 'x' },
          days_supply: drug_concept_id === NOBODY_KNOWS ? 366 : 30,
        })),
      ),
    );
    expect(found).toEqual({
      'concept-unmapped at drug_exposure.drug_concept_id': [1, 9],
      'concept-not-standard at drug_exposure.drug_concept_id': [1, 8],
      'drug-without-ingredient at drug_exposure.drug_concept_id': [3, 6],
      'days-supply-implausible at drug_exposure.days_supply': [1, 9],
    });
  });
});

describe('a measurement', () => {
  const valueless: Values = {
    ...{ measurement_concept_id: SERUM, value_as_number: null, range_low: null, range_high: null },
    ...{ unit_concept_id: null, unit_source_value: null },
  };

  test('has a number, a concept or a text', async () => {
    const found = await violationsOf(
      charts,
      addEach(
        'measurement',
        [
          {},
          { value_as_concept_id: 0, value_source_value: '' },
          { value_as_concept_id: 4181412 },
          { value_as_concept_id: 1 },
          { value_as_concept_id: 2 },
          { value_as_concept_id: 0, value_source_value: 'positive' },
          { value_as_number: 0, unit_concept_id: MMOL_PER_L },
        ].map((row) => ({ ...valueless, ...row })),
      ),
    );
    expect(found).toEqual({ 'measurement-without-value at measurement.value_as_number': [2, 8] });
  });

  test('has a unit for its number, known and Standard', async () => {
    const number = { ...valueless, value_as_number: 1 };
    const found = await violationsOf(
      charts,
      addEach('measurement', [
        { ...valueless, value_source_value: 'text' },
        number,
        { ...number, unit_concept_id: 0 },
        { ...number, unit_concept_id: 0, unit_source_value: 'furlong' },
        { ...number, unit_concept_id: MMOL_PER_L, unit_source_value: 'mmol/L' },
        { ...number, unit_concept_id: LOCAL_UNIT },
        { ...number, unit_concept_id: 1 },
        { ...number, unit_concept_id: 8507 },
      ]),
    );
    expect(found).toEqual({
      'number-without-unit at measurement.unit_concept_id': [1, 8],
      'unit-unmapped at measurement.unit_concept_id': [1, 3],
      'unit-invalid at measurement.unit_concept_id': [3, 5],
      // Without one, and with 0 twice, where others of the code have one.
      'unit-lost at measurement.unit_concept_id': [3, 8],
    });
  });

  test('is negative only in units that know it', async () => {
    const found = await violationsOf(
      charts,
      addEach('measurement', [
        ...UNITS.map((unit_concept_id) => ({ ...valueless, value_as_number: -1, unit_concept_id })),
        { ...valueless, value_as_number: -1, unit_concept_id: MMOL_PER_L },
        { ...valueless, value_as_number: 0, unit_concept_id: 9529 },
        { ...valueless, value_as_number: 0.5, unit_concept_id: 9529 },
        { ...valueless, value_source_value: '-', unit_concept_id: 9529 },
      ]),
    );
    expect(found).toEqual({ 'value-negative at measurement.value_as_number': [13, 16] });
  });

  test('lies within ten times its range, which is not reversed', async () => {
    const number = { ...valueless, unit_concept_id: MMOL_PER_L };
    const rows: [value: number | null, low: number | null, high: number | null][] = [
      [120, null, 12],
      [120.5, null, 12],
      [6, 0, 0.5],
      [5, 0.5, null],
      [0.04, 0.5, null],
      [0.5, 5, 5],
      [0.46, 5, 4],
      [-1, 0, 100],
      [100, 0, 0],
      [-100, -3, 2],
      [null, 5, 12],
      [1, null, null],
    ];
    const found = await violationsOf(
      charts,
      addEach(
        'measurement',
        rows.map(([value_as_number, range_low, range_high]) => ({
          ...{ ...number, value_as_number, range_low, range_high },
          value_source_value: value_as_number === null ? 'text' : null,
        })),
      ),
    );
    expect(found).toEqual({
      'range-reversed at measurement.range_low': [1, 8],
      'value-far-outside-range at measurement.value_as_number': [4, 10],
    });
  });

  test('of a vital sign is within what a living person can have, in the unit that says so', async () => {
    const number = { ...valueless, range_low: null };
    const found = await violationsOf(
      charts,
      addEach('measurement', [
        ...VITAL_SIGNS.flatMap(([measurement_concept_id, unit_concept_id, low, high]) =>
          [low, high, low - 0.05, high + 0.05].map((value_as_number) => ({
            ...{ ...number, measurement_concept_id, unit_concept_id, value_as_number },
          })),
        ),
        { ...number, measurement_concept_id: 3025315, unit_concept_id: MMOL_PER_L, value_as_number: 701 },
        { ...number, measurement_concept_id: 3025315, unit_concept_id: 9529, value_source_value: 'heavy' },
      ]),
    );
    expect(found).toEqual({ 'vital-sign-implausible at measurement.value_as_number': [18, 37] });
  });
});
