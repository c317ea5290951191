import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkEveryone } from '../../jobs/quality/check.ts';
import { CHECKS } from '../../jobs/quality/checks.ts';
import type { Tx } from '../../sql/connect.ts';
import { insert, newChunk, newPerson, newResource, newSite, type Site, touch } from '../derive/chart.ts';
import { DATES, NOW, openCharts, type Result, type Work } from './chart.ts';

const { db, resultsAfter } = await openCharts();
afterAll(() => db.drop());

const violationsAfter = async (work: Work, afterDeriving?: Work): Promise<Result[]> =>
  (await resultsAfter(work, afterDeriving)).filter((one) => one.violated > 0);

test('a chart without a fault passes every check', async () => {
  expect(await violationsAfter(async () => {})).toEqual([]);
});

/** Resources that the run was sent, of which some were excluded, for one reason. */
async function excludedWhole(
  tx: Tx,
  site: Site,
  resource_type: string,
  extracted: number,
  excluded: number,
  reason: string,
): Promise<void> {
  const chunk_id = await newChunk(tx, site.runId, { lines: extracted });
  const of = { chunk_id, run_id: site.runId, resource_type };
  await tx`insert into chunk_count ${tx({ ...of, extracted, excluded, loaded: extracted - excluded })}`;
  await tx`insert into chunk_reason ${tx({ ...of, outcome: 'excluded', reason, resources: excluded })}`;
}

/** What is done to the chart, and the one finding that it must give. */
const DEFECTS: readonly [
  check: string,
  at: string,
  violated: number,
  total: number,
  work: Work,
  afterDeriving?: Work,
][] = [
  [
    ...(['concept-unmapped', 'condition_occurrence.condition_concept_id', 1, 2] as const),
    ({ add }) => add('condition_occurrence', { condition_concept_id: 0, condition_source_value: 'X1' }),
  ],
  [
    ...(['unmapped-without-source', 'procedure_occurrence.procedure_concept_id', 1, 1] as const),
    ({ add }) => add('procedure_occurrence', { procedure_concept_id: 0 }),
  ],
  [
    ...(['concept-not-standard', 'condition_occurrence.condition_concept_id', 1, 2] as const),
    ({ add }) => add('condition_occurrence', { condition_concept_id: 44836914 }),
  ],
  [
    ...(['concept-not-standard', 'device_exposure.device_concept_id', 1, 2] as const),
    ({ add }) => add('device_exposure', { device_concept_id: 7_777_777 }),
  ],
  [
    ...(['concept-wrong-domain', 'procedure_occurrence.procedure_concept_id', 1, 2] as const),
    ({ add }) => add('procedure_occurrence', { procedure_concept_id: 201826 }),
  ],
  [
    ...(['concept-wrong-domain', 'observation.observation_concept_id', 1, 2] as const),
    ({ add }) => add('observation', { observation_concept_id: 3004249 }),
  ],
  [
    ...(['type-concept-invalid', 'observation.observation_type_concept_id', 1, 2] as const),
    ({ add }) => add('observation', { observation_type_concept_id: 38000280, value_as_string: 'no' }),
  ],
  [
    ...(['end-before-start', 'drug_exposure.drug_exposure_end_date', 1, 2] as const),
    ({ add }) => add('drug_exposure', { drug_exposure_end_date: '2023-01-01' }),
  ],
  [
    ...(['event-before-birth', 'procedure_occurrence.procedure_date', 1, 2] as const),
    ({ add }) => add('procedure_occurrence', { procedure_date: '1960-05-03' }),
  ],
  [
    ...(['event-in-future', 'procedure_occurrence.procedure_date', 1, 2] as const),
    ({ add }) => add('procedure_occurrence', { procedure_date: '2024-06-02' }),
  ],
  [
    ...(['event-after-death', 'procedure_occurrence.procedure_date', 1, 2] as const),
    async ({ add }) => {
      await add('death', { death_date: '2023-02-01' });
      await add('procedure_occurrence', { procedure_date: '2023-04-03' });
    },
  ],
  [
    ...(['visit-of-another-person', 'measurement.visit_occurrence_id', 1, 2] as const),
    async ({ tx, site, add }) => {
      const other = await newPerson(tx, site);
      await add('visit_occurrence', { visit_occurrence_id: 502, person_id: other });
      await add('measurement', { visit_occurrence_id: 502 });
    },
  ],
  [
    ...(['visit-of-another-person', 'measurement.visit_occurrence_id', 1, 2] as const),
    ({ add }) => add('measurement', { visit_occurrence_id: 503 }),
  ],
  [
    ...(['id-negative', 'specimen.specimen_id', 1, 2] as const),
    ({ add }) => add('specimen', { specimen_id: -1 }),
  ],
  [
    ...(['duplicate-row', 'measurement.measurement_concept_id', 1, 2] as const),
    ({ add }) => add('measurement'),
  ],
  [
    ...(['source-without-concept', 'drug_exposure.route_concept_id', 1, 1] as const),
    ({ add }) => add('drug_exposure', { route_source_value: 'PO', days_supply: 20 }),
  ],
  [
    ...(['measurement-without-value', 'measurement.value_as_number', 1, 2] as const),
    ({ add }) => add('measurement', { value_as_number: null }),
  ],
  [
    ...(['number-without-unit', 'measurement.unit_concept_id', 1, 2] as const),
    ({ add }) => add('measurement', { unit_concept_id: null, unit_source_value: null }),
  ],
  [
    ...(['unit-unmapped', 'measurement.unit_concept_id', 1, 2] as const),
    ({ add }) => add('measurement', { unit_concept_id: 0, unit_source_value: 'furlong' }),
  ],
  [
    ...(['unit-lost', 'measurement.unit_concept_id', 2, 3] as const),
    async ({ add }) => {
      await add('measurement', { unit_concept_id: null, unit_source_value: null });
      await add('measurement', { unit_concept_id: 0, unit_source_value: 'mm Hg', value_as_number: 121 });
      // Of a code that never has a unit nothing is lost.
      await add('measurement', {
        unit_concept_id: null,
        unit_source_value: null,
        measurement_source_value: 'score',
      });
    },
  ],
  [
    ...(['denied-but-asserted', 'condition_occurrence.condition_concept_id', 3, 5] as const),
    async ({ tx, site, add }) => {
      for (const [concept_id, concept_name] of [
        [4132135, 'Absent'],
        [4188539, 'Yes'],
      ] as const) {
        await insert(tx, 'concept', { concept_id, concept_name, concept_code: String(concept_id) });
      }
      const answers: [concept: number | null, asSent: string][] = [
        [4132135, '2667000'],
        [0, 'Denies pain'],
        [null, 'No'],
        [4188539, 'Y'],
        [null, 'Notably worse'],
      ];
      for (const [value_concept_id, value_as_sent] of answers) {
        const resource_key = await newResource(tx, site, 'Observation');
        const table_name = 'condition_occurrence';
        await tx`insert into unkept_answer ${tx({ resource_key, table_name, value_concept_id, value_as_sent })}`;
        await add('condition_occurrence', {
          ...{ condition_occurrence_id: resource_key * 1000, condition_source_value: value_as_sent },
        });
      }
    },
  ],
  [
    ...(['type-excluded-whole', 'resource.resource_type', 12, 22] as const),
    async ({ tx, site }) => {
      await excludedWhole(tx, site, 'Condition', 12, 12, 'no-date');
      await excludedWhole(tx, site, 'Observation', 10, 9, 'no-value');
      await excludedWhole(tx, site, 'Procedure', 9, 9, 'no-date');
    },
  ],
  [
    ...(['unit-invalid', 'measurement.unit_concept_id', 1, 2] as const),
    ({ add }) => add('measurement', { unit_concept_id: 201826 }),
  ],
  [
    ...(['value-negative', 'measurement.value_as_number', 1, 2] as const),
    ({ add }) => add('measurement', { value_as_number: -1, range_low: null, range_high: null }),
  ],
  [
    ...(['range-reversed', 'measurement.range_low', 1, 2] as const),
    ({ add }) => add('measurement', { range_low: 140, range_high: 90 }),
  ],
  [
    ...(['value-far-outside-range', 'measurement.value_as_number', 1, 2] as const),
    ({ add }) => add('measurement', { value_as_number: 121, range_low: 5, range_high: 12 }),
  ],
  [
    ...(['vital-sign-implausible', 'measurement.value_as_number', 1, 2] as const),
    ({ add }) => add('measurement', { value_as_number: 351 }),
  ],
  [
    ...(['days-supply-implausible', 'drug_exposure.days_supply', 2, 3] as const),
    async ({ add }) => {
      await add('drug_exposure', { days_supply: 366 });
      await add('drug_exposure', { days_supply: 0 });
    },
  ],
  [
    ...(['quantity-implausible', 'drug_exposure.quantity', 1, 2] as const),
    ({ add }) => add('drug_exposure', { quantity: -2 }),
  ],
  [
    ...(['refills-implausible', 'drug_exposure.refills', 1, 2] as const),
    ({ add }) => add('drug_exposure', { refills: 99 }),
  ],
  [
    ...(['drug-without-ingredient', 'drug_exposure.drug_concept_id', 1, 2] as const),
    ({ add }) => add('drug_exposure', { drug_concept_id: 19019074 }),
  ],
  [
    ...(['visit-over-a-year', 'visit_occurrence.visit_end_date', 1, 2] as const),
    ({ add }) => add('visit_occurrence', { visit_occurrence_id: 504, visit_end_date: '2024-01-11' }),
  ],
  [
    ...(['died-more-than-once', 'death.person_id', 1, 2] as const),
    async ({ add }) => {
      await add('death', { death_date: '2023-02-01' });
      await add('death', { death_date: '2023-02-02' });
    },
  ],
  [
    ...(['death-date-implausible', 'death.death_date', 1, 1] as const),
    ({ add }) => add('death', { death_date: '2030-01-01' }),
  ],
  [
    ...(['person-without-observation-period', 'person.person_id', 1, 2] as const),
    async ({ tx, site }) => touch(tx, site, await newPerson(tx, site, { race_concept_id: 8527 })),
  ],
  [
    ...(['birth-date-torn', 'person.birth_datetime', 1, 1] as const),
    async ({ tx, person }) => {
      await tx`update person set birth_datetime = '1960-05-05' where person_id = ${person}`;
    },
  ],
  [
    ...(['concept-unmapped', 'person.race_concept_id', 1, 1] as const),
    async ({ tx, person }) => {
      await tx`update person set race_concept_id = 0 where person_id = ${person}`;
    },
  ],
  [
    ...(['demographic-concept-invalid', 'person.ethnicity_concept_id', 1, 1] as const),
    async ({ tx, person }) => {
      await tx`update person set ethnicity_concept_id = 8527 where person_id = ${person}`;
    },
  ],
  [
    ...(['cdm-source-missing', 'cdm_source.cdm_source_name', 1, 1] as const),
    async ({ tx }) => {
      await tx`delete from cdm_source`;
    },
  ],
  [
    ...(['vocabulary-version-missing', 'vocabulary.vocabulary_version', 1, 1] as const),
    async ({ tx }) => {
      await tx`delete from vocabulary`;
    },
  ],
  [
    ...(['vocabulary-version-differs', 'cdm_source.vocabulary_version', 1, 1] as const),
    async ({ tx }) => {
      await tx`update cdm_source set vocabulary_version = 'v5.0 31-AUG-25'`;
    },
  ],
  [
    ...(['observation-period-overlap', 'observation_period.observation_period_start_date', 1, 1] as const),
    async () => {},
    async ({ tx, person }) => {
      const [period] = await tx<{ end: string }[]>`
          select observation_period_end_date + 1 as end from observation_period where person_id = ${person}`;
      await insert(tx, 'observation_period', {
        ...{ person_id: person, observation_period_start_date: period?.end ?? '' },
        ...{ observation_period_end_date: period?.end ?? '', period_type_concept_id: 32882 },
      });
    },
  ],
  [
    ...(['observation-period-split', 'observation_period.observation_period_start_date', 1, 1] as const),
    async () => {},
    ({ tx, person }) =>
      insert(tx, 'observation_period', {
        ...{ person_id: person, observation_period_start_date: '2023-09-01' },
        ...{ observation_period_end_date: '2023-09-02', period_type_concept_id: 32882 },
      }),
  ],
  [
    ...(['observation-period-outside-life', 'observation_period.observation_period_end_date', 1, 1] as const),
    async () => {},
    async ({ tx, person }) => {
      await tx`update observation_period set observation_period_end_date = '2024-06-02' where person_id = ${person}`;
    },
  ],
  [
    ...(['era-missing', 'condition_era.condition_concept_id', 1, 1] as const),
    async () => {},
    async ({ tx, person }) => {
      await tx`delete from condition_era where person_id = ${person}`;
    },
  ],
  [
    ...(['era-concept-invalid', 'drug_era.drug_concept_id', 1, 1] as const),
    async () => {},
    async ({ tx, person }) => {
      await tx`update drug_era set drug_concept_id = 19019073 where person_id = ${person}`;
    },
  ],
  [
    ...(['gap-days-impossible', 'drug_era.gap_days', 1, 1] as const),
    async () => {},
    async ({ tx, person }) => {
      await tx`update drug_era set gap_days = -1 where person_id = ${person}`;
    },
  ],
  [
    ...(['dose-invalid', 'dose_era.dose_value', 1, 1] as const),
    async () => {},
    ({ tx, person }) =>
      insert(tx, 'dose_era', {
        ...{ person_id: person, drug_concept_id: 1503297, unit_concept_id: 8576, dose_value: 0 },
        ...{ dose_era_start_date: '2023-01-10', dose_era_end_date: '2023-01-11' },
      }),
  ],
  [
    ...(['birth-year-implausible', 'person.year_of_birth', 1, 1] as const),
    async ({ tx, person }) => {
      await tx`update person set year_of_birth = 1849, birth_datetime = null where person_id = ${person}`;
    },
  ],
];

describe('a defect is found, counted, and found by its own check', () => {
  test.each(DEFECTS)('%s at %s', async (check, at, violated, total, work, afterDeriving) => {
    const found = await violationsAfter(work, afterDeriving);
    const here = found.find((one) => one.check === check && `${one.table}.${one.field}` === at);
    expect(here).toMatchObject({ violated, total });
  });

  test('every check of the catalogue but person-missing, which needs a row of nobody, is among them', () => {
    const shown = new Set(DEFECTS.map(([check]) => check));
    expect(CHECKS.filter((check) => !shown.has(check.id)).map((check) => check.id)).toEqual([
      'person-missing',
    ]);
  });
});

test('every check that the SQL counts is in the catalogue, and the other way round', async () => {
  const folder = join(import.meta.dirname, '../../sql/quality');
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  const counted = texts.flatMap((text) =>
    [...text.matchAll(/(?:\(|select )'([a-z]+(?:-[a-z]+)+)'/g)].map(([, id]) => id),
  );
  expect([...new Set(counted)].sort()).toEqual(CHECKS.map((check) => check.id).sort());
});

test('on demand everyone is checked, also rows of persons that are not there; failing ones come first', async () => {
  await insert(db.sql, 'observation', { person_id: 987_654_321, ...DATES['observation'] });
  const site = await newSite(db.sql, 'loaded');
  await newPerson(db.sql, site, { race_concept_id: 8527 });
  const id = await checkEveryone({ sql: db.sql, clock: () => NOW });
  const [assessment] = await db.sql`select persons from quality_assessment where assessment_id = ${id}`;
  expect(assessment).toEqual({ persons: 2 });
  const rows = await db.sql<{ check_id: string; passed: boolean; scope: string; run_id: number | null }[]>`
    select check_id, passed, scope, run_id from quality_results where assessment_id = ${id}`;
  expect(rows[0]).toEqual({ check_id: 'person-missing', passed: false, scope: 'all', run_id: null });
  expect(rows.filter((row) => row.passed).length).toBeGreaterThan(30);
  const firstPassed = rows.findIndex((row) => row.passed);
  expect(rows.slice(firstPassed).every((row) => row.passed)).toBe(true);
});

test('a check passes up to its threshold and not above it', async () => {
  const [row] = await db.sql<{ assessment_id: number }[]>`
    insert into quality_assessment (scope, persons, assessed_at) values ('all', 1, ${NOW}) returning assessment_id`;
  const results = [5, 6].map((violated) => ({
    ...{ assessment_id: row?.assessment_id ?? 0, check_id: 'concept-unmapped', table_name: `t${violated}` },
    ...{ field_name: 'f', violated, total: 100, threshold: 5 },
  }));
  await db.sql`insert into quality_result ${db.sql(results)}`;
  const passed = await db.sql<{ table_name: string; passed: boolean; is_latest: boolean }[]>`
    select table_name, passed, is_latest from quality_results where assessment_id = ${row?.assessment_id ?? 0}`;
  expect([...passed]).toEqual([
    { table_name: 't6', passed: false, is_latest: true },
    { table_name: 't5', passed: true, is_latest: true },
  ]);
});
