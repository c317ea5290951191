import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CheckName } from '../../jobs/quality/dashboard/check-types.ts';
import { CHECK_TYPES } from '../../jobs/quality/dashboard/check-types.ts';
import { checkId, listChecks } from '../../jobs/quality/dashboard/checks.ts';
import { readConceptLevelFile } from '../../jobs/quality/dashboard/concept-level-file.ts';
import { notApplicable } from '../../jobs/quality/dashboard/not-applicable.ts';
import { readResultsFile } from '../../jobs/quality/dashboard/results-file.ts';
import { findInTx, runDashboardChecks } from '../../jobs/quality/dashboard/run.ts';
import { insert } from '../derive/chart.ts';
import { folderOfTest } from '../folder-of-test.ts';
import { LONG_RUN } from '../long-run.ts';
import { openCharts, type Work } from './chart.ts';

const { db, seenAfter } = await openCharts([
  [4158481, 'Condition', 'SNOMED', 'S'],
  [4299535, 'Condition', 'SNOMED', 'S'],
]);
afterAll(() => db.drop());

const CHECKS = listChecks();
/** The vocabulary of these tests is too small to be whole. */
const OF_CHARTS = CHECKS.filter(
  ({ table }) =>
    !/^(vocabulary|domain|concept.*|relationship|drug_strength|cdm_source|source_to.*)$/.test(table),
);
const PREGNANT = '4095793,443343,4024004,4172857,444094,197810,4158481';

/** By these is told what another check has nothing to check of. */
const TELL_WHAT_IS_THERE: readonly CheckName[] = ['cdmTable', 'cdmField', 'measureValueCompleteness'];

/** The checks that something violates, as `check id`: [violated, total]. */
const violations = (work: Work, afterwards: Work = async () => {}, checks = OF_CHARTS) =>
  seenAfter(work, async (chart) => {
    await afterwards(chart);
    const found = await findInTx(chart.tx, checks);
    const reason = notApplicable(found);
    const failing = found.filter(
      (one) => reason(one) === null && 100 * one.violated > one.check.threshold * one.total,
    );
    return Object.fromEntries(failing.map((one) => [checkId(one.check), [one.violated, one.total] as const]));
  });

/** How many checks of a type the Data Quality Dashboard 2.8 makes of a CDM 5.4. */
const THEIRS: Readonly<Record<CheckName, number>> = {
  cdmTable: 39,
  measurePersonCompleteness: 16,
  measureConditionEraCompleteness: 1,
  measureObservationPeriodOverlap: 1,
  cdmField: 432,
  isRequired: 180,
  cdmDatatype: 210,
  isPrimaryKey: 28,
  isForeignKey: 177,
  fkDomain: 43,
  fkClass: 3,
  isStandardValidConcept: 64,
  measureValueCompleteness: 432,
  standardConceptRecordCompleteness: 48,
  sourceConceptRecordCompleteness: 13,
  sourceValueCompleteness: 32,
  plausibleValueLow: 68,
  plausibleValueHigh: 60,
  withinVisitDates: 9,
  plausibleAfterBirth: 49,
  plausibleBeforeDeath: 47,
  plausibleStartBeforeEnd: 24,
  plausibleGender: 287,
  plausibleGenderUseDescendants: 4,
  plausibleUnitConceptIds: 181,
};
/** Where we make another number; README.md beside the checks has the reasons. */
const OURS: Partial<Record<CheckName, number>> = {
  cdmDatatype: 222,
  isForeignKey: 176,
  plausibleGender: 0,
  plausibleUnitConceptIds: 49,
};

describe('the checks', () => {
  test.each(Object.keys(CHECK_TYPES) as CheckName[])('are as many of %s as documented', (name) => {
    expect(CHECKS.filter((check) => check.name === name)).toHaveLength(OURS[name] ?? THEIRS[name]);
  });

  test('have an id each', () => {
    expect(new Set(CHECKS.map(checkId)).size).toBe(CHECKS.length);
  });
});

type Violations = Readonly<Record<string, readonly [violated: number, total: number]>>;

/** What is done to the chart (or to what was derived of it), and all checks that must fail. */
const FAULTS: readonly [type: CheckName, Violations, Work, afterDeriving?: Work][] = [
  [
    'cdmTable',
    { table_cdmtable_note_nlp: [1, 1] },
    async ({ tx }) => {
      await tx`drop table note_nlp cascade`;
    },
  ],
  [
    'cdmField',
    { field_cdmfield_specimen_quantity: [1, 1] },
    async ({ tx }) => {
      await tx`alter table specimen drop column quantity cascade`;
    },
  ],
  [
    'isRequired',
    {
      field_isrequired_condition_occurrence_condition_type_concept_id: [1, 2],
      field_measurevaluecompleteness_condition_occurrence_condition_type_concept_id: [1, 2],
    },
    async ({ tx, add }) => {
      await tx`alter table condition_occurrence alter column condition_type_concept_id drop not null`;
      await add('condition_occurrence', { condition_type_concept_id: null });
    },
  ],
  [
    'cdmDatatype',
    { field_cdmdatatype_drug_exposure_refills: [1, 1] },
    async () => {},
    async ({ tx }) => {
      await tx`alter table drug_exposure alter column refills type numeric`;
      await tx`update drug_exposure set refills = refills + 0.5`;
    },
  ],
  [
    'isPrimaryKey',
    { field_isprimarykey_condition_occurrence_condition_occurrence_id: [2, 2] },
    async ({ tx }) => {
      await tx`alter table condition_occurrence drop constraint xpk_condition_occurrence cascade`;
      await tx`insert into condition_occurrence select * from condition_occurrence`;
    },
  ],
  [
    'isForeignKey',
    { field_isforeignkey_condition_occurrence_provider_id: [1, 2] },
    ({ add }) => add('condition_occurrence', { provider_id: 77 }),
  ],
  [
    'fkDomain',
    { field_fkdomain_procedure_occurrence_procedure_concept_id: [1, 2] },
    ({ add }) => add('procedure_occurrence', { procedure_concept_id: 201826 }),
  ],
  [
    'fkClass',
    { field_fkclass_drug_era_drug_concept_id: [1, 2] },
    async () => {},
    async ({ tx }) => {
      await tx`
        insert into drug_era (drug_era_id, person_id, drug_concept_id, drug_era_start_date, drug_era_end_date,
          drug_exposure_count, gap_days)
        select drug_era_id + 1, person_id, 19019073, drug_era_start_date, drug_era_end_date, 1, 0 from drug_era`;
    },
  ],
  [
    'isStandardValidConcept',
    {
      field_isstandardvalidconcept_condition_occurrence_condition_concept_id: [1, 2],
      field_isstandardvalidconcept_condition_era_condition_concept_id: [1, 2],
    },
    ({ add }) => add('condition_occurrence', { condition_concept_id: 44836914 }),
  ],
  [
    'measureValueCompleteness',
    { field_measurevaluecompleteness_person_race_concept_id: [1, 1] },
    async () => {},
    async ({ tx }) => {
      await tx`alter table person alter column race_concept_id drop not null`;
      await tx`update person set race_concept_id = null`;
    },
  ],
  [
    'standardConceptRecordCompleteness',
    { field_standardconceptrecordcompleteness_measurement_unit_concept_id: [1, 2] },
    ({ add }) => add('measurement', { unit_concept_id: null, unit_source_value: 'drops' }),
  ],
  [
    'sourceConceptRecordCompleteness',
    { field_sourceconceptrecordcompleteness_condition_occurrence_condition_source_concept_id: [1, 1] },
    ({ add }) => add('condition_occurrence', { condition_source_concept_id: 0 }),
  ],
  [
    'sourceValueCompleteness',
    {
      field_sourcevaluecompleteness_condition_occurrence_condition_source_value: [1, 2],
      field_standardconceptrecordcompleteness_condition_occurrence_condition_concept_id: [1, 2],
    },
    ({ add }) => add('condition_occurrence', { condition_concept_id: 0, condition_source_value: 'X1' }),
  ],
  [
    'plausibleValueLow',
    { field_plausiblevaluelow_drug_exposure_days_supply: [1, 2] },
    ({ add }) => add('drug_exposure', { days_supply: 0 }),
  ],
  [
    'plausibleValueHigh',
    { field_plausiblevaluehigh_drug_exposure_refills: [1, 2] },
    ({ add }) => add('drug_exposure', { refills: 25 }),
  ],
  [
    'withinVisitDates',
    { field_withinvisitdates_measurement_measurement_date: [1, 2] },
    ({ add }) => add('measurement', { measurement_date: '2023-01-20' }),
  ],
  [
    'plausibleAfterBirth',
    { field_plausibleafterbirth_procedure_occurrence_procedure_date: [1, 2] },
    ({ add }) => add('procedure_occurrence', { procedure_date: '1960-05-03' }),
  ],
  [
    'plausibleBeforeDeath',
    { field_plausiblebeforedeath_procedure_occurrence_procedure_date: [1, 2] },
    async ({ add }) => {
      await add('death', { death_date: '2023-02-20' });
      await add('procedure_occurrence', { procedure_date: '2023-04-22' });
    },
  ],
  [
    'plausibleStartBeforeEnd',
    { field_plausiblestartbeforeend_drug_exposure_drug_exposure_start_date: [1, 2] },
    ({ add }) => add('drug_exposure', { drug_exposure_end_date: '2023-01-09' }),
  ],
  [
    'measurePersonCompleteness',
    { table_measurepersoncompleteness_observation_period: [1, 1] },
    async () => {},
    async ({ tx }) => {
      await tx`delete from observation_period`;
    },
  ],
  [
    'measureConditionEraCompleteness',
    {
      table_measureconditioneracompleteness_condition_era: [1, 1],
      table_measurepersoncompleteness_condition_era: [1, 1],
    },
    async () => {},
    async ({ tx }) => {
      await tx`delete from condition_era`;
    },
  ],
  [
    'measureObservationPeriodOverlap',
    { table_measureobservationperiodoverlap_observation_period: [1, 1] },
    async () => {},
    async ({ tx }) => {
      await tx`
        insert into observation_period
        select observation_period_id + 1, person_id, observation_period_end_date + 1, observation_period_end_date + 9,
          period_type_concept_id
        from observation_period`;
    },
  ],
  [
    'plausibleGenderUseDescendants',
    {
      [`concept_plausiblegenderusedescendants_condition_occurrence_condition_concept_id_${PREGNANT}`]: [1, 1],
    },
    async ({ tx, add }) => {
      await insert(tx, 'concept_ancestor', { ancestor_concept_id: 4158481, descendant_concept_id: 4299535 });
      await add('condition_occurrence', { condition_concept_id: 4299535 });
    },
  ],
  [
    'plausibleUnitConceptIds',
    { concept_plausibleunitconceptids_measurement_measurement_concept_id_3004249: [1, 2] },
    ({ add }) => add('measurement', { unit_concept_id: 8576 }),
  ],
];

test('a chart without a fault violates nothing', async () => {
  expect(await violations(async () => {})).toEqual({});
});

describe('a fault is found', () => {
  test.each(FAULTS)('of %s', async (type, expected, work, afterDeriving) => {
    const ofType = OF_CHARTS.filter(
      (one) => one.name === type || TELL_WHAT_IS_THERE.includes(one.name) || checkId(one) in expected,
    );
    // By all checks, a pass takes a third of a second; what else finds the fault is seen in the long run.
    expect(await violations(work, afterDeriving, LONG_RUN ? OF_CHARTS : ofType)).toEqual(expected);
  });

  test('of every type but the one that only a file of concepts brings', () => {
    const types = Object.keys(CHECK_TYPES).filter((name) => name !== 'plausibleGender');
    expect(FAULTS.map(([type]) => type).toSorted()).toEqual(types.toSorted());
  });
});

/** A pass over what the database holds by now. */
const pass = async (at: string, conceptRules?: Awaited<ReturnType<typeof readConceptLevelFile>>) =>
  await runDashboardChecks(
    { sql: db.sql, clock: () => new Date(at) },
    { program: 'fhir-omop-sync 9.9.9', ...(conceptRules ? { conceptRules } : {}) },
  );

describe('a pass', () => {
  test('is written as the Data Quality Dashboard writes its results', async () => {
    await pass('2026-01-02T03:04:05Z');
    const file = await readResultsFile(db.sql);
    expect(file && { ...file, CheckResults: file.CheckResults.length }).toEqual({
      startTimestamp: ['2026-01-02 03:04:05'],
      endTimestamp: ['2026-01-02 03:04:05'],
      executionTime: ['0 secs'],
      executionTimeSeconds: [0],
      CheckResults: CHECKS.length,
      Metadata: [
        {
          cdmSourceName: 'north',
          cdmSourceAbbreviation: 'north',
          cdmHolder: 'north',
          sourceReleaseDate: '2024-06-01',
          cdmReleaseDate: '2024-06-01',
          cdmVersionConceptId: 756265,
          vocabularyVersion: 'v5.0 27-FEB-26',
          dqdVersion: 'fhir-omop-sync 9.9.9',
        },
      ],
      Overview: expect.objectContaining({ countTotal: [CHECKS.length], countErrorFailed: [0] }),
    });
    expect(file?.CheckResults.find((one) => one['checkId'] === 'field_cdmfield_person_person_id')).toEqual({
      numViolatedRows: 0,
      pctViolatedRows: 0,
      numDenominatorRows: 1,
      executionTime: '0.000 secs',
      queryText: 'select table_name, column_name, data_type from information_schema.columns',
      checkName: 'cdmField',
      checkLevel: 'FIELD',
      checkDescription: 'Whether the field person.person_id is missing',
      cdmTableName: 'PERSON',
      cdmFieldName: 'PERSON_ID',
      sqlFile: 'statements.ts',
      category: 'Conformance',
      subcategory: 'Relational',
      context: 'Verification',
      checkId: 'field_cdmfield_person_person_id',
      failed: 0,
      passed: 1,
      isError: 0,
      notApplicable: 0,
      thresholdValue: 0,
    });
    const empty = file?.CheckResults.find((one) => one['checkId'] === 'field_isprimarykey_note_note_id');
    expect(empty).toMatchObject({
      ...{ failed: 0, passed: 0, notApplicable: 1 },
      notApplicableReason: 'The table note is empty.',
    });
  });

  test('has figures that add up, and queries that find the same by themselves', async () => {
    const results = await db.sql<{ status: string; violated: number; total: number; query: string }[]>`
      select status, violated, total, query from dqd_results where is_latest and total > 0
        and query not like '%information_schema%'`;
    const file = await readResultsFile(db.sql);
    const overview = file?.Overview ?? {};
    expect(overview['countPassed']?.[0]).toBe(CHECKS.length - (overview['countOverallFailed']?.[0] ?? 0));
    expect(results.length).toBeGreaterThan(50);
    for (const one of results.slice(0, 40)) {
      const [again] = await db.sql.unsafe<{ violated: number; total: number }[]>(one.query);
      expect([Number(again?.violated), Number(again?.total)]).toEqual([one.violated, one.total]);
    }
  });

  test('is judged by the threshold that the site has set, without another pass', async () => {
    const id = 'field_isstandardvalidconcept_condition_occurrence_condition_concept_id';
    const status = async () => {
      const [row] = await db.sql<{ status: string; threshold: number; threshold_note: string | null }[]>`
        select status, threshold, threshold_note from dqd_results where is_latest and check_id = ${id}`;
      return row;
    };
    await insert(db.sql, 'condition_occurrence', {
      ...{ person_id: 1, condition_concept_id: 44836914, condition_start_date: '2023-01-10' },
    });
    await pass('2026-01-03T03:04:05Z');
    expect(await status()).toEqual({ status: 'fail', threshold: 0, threshold_note: null });
    await db.sql`
      insert into dqd_threshold values (${id}, 100, 'a cohort of 2009', 'os/kim', '2026-01-04')`;
    expect(await status()).toEqual({ status: 'pass', threshold: 100, threshold_note: 'a cohort of 2009' });
    await db.sql`delete from dqd_threshold`;
  });

  test('is compared with the one before', async () => {
    await db.sql`delete from condition_occurrence`;
    await pass('2026-01-05T03:04:05Z');
    const trend = await db.sql<{ began_to_fail: string[]; mended: string[] }[]>`
      select began_to_fail, mended from dqd_trend`;
    const id = 'field_isstandardvalidconcept_condition_occurrence_condition_concept_id';
    expect(trend.map((one) => one.began_to_fail.includes(id))).toEqual([false, true, false]);
  });
});

describe('a file of checks of concepts', () => {
  const HEADER =
    'cdmTableName,cdmFieldName,conceptId,conceptName,plausibleGender,plausibleGenderThreshold,' +
    'plausibleGenderUseDescendants,plausibleGenderUseDescendantsThreshold,plausibleUnitConceptIds,' +
    'plausibleUnitConceptIdsThreshold';
  const read = async (...lines: string[]) => {
    const path = join(await folderOfTest(), 'Concept_Level.csv');
    await writeFile(path, [HEADER, ...lines].join('\n'));
    return await readConceptLevelFile(path);
  };

  test('takes the place of our own selection', async () => {
    const rules = await read(
      'CONDITION_OCCURRENCE,CONDITION_CONCEPT_ID,201826,Diabetes,Female,5,,,,',
      'MEASUREMENT,MEASUREMENT_CONCEPT_ID,3004249,Pressure,,,,,"8876, -1",5',
      'VISIT_OCCURRENCE,VISIT_CONCEPT_ID,9201,Inpatient visit,,,,,,',
      // The same once more is no other check.
      'MEASUREMENT,MEASUREMENT_CONCEPT_ID,3004249,Pressure,,,,,"8876, -1",5',
    );
    const found = await seenAfter(
      async () => {},
      async ({ tx }) => await findInTx(tx, listChecks(rules)),
    );
    expect(
      found
        .filter((one) => one.check.conceptId !== undefined)
        .map((one) => [checkId(one.check), one.violated, one.total]),
    ).toEqual([
      ['concept_plausiblegender_condition_occurrence_condition_concept_id_201826', 1, 1],
      ['concept_plausibleunitconceptids_measurement_measurement_concept_id_3004249', 0, 1],
    ]);
  });

  /** What the checks of these lines find, as [violated, total], after `work`. */
  const foundOf = async (lines: readonly string[], work: Work) => {
    const checks = (await read(...lines)).map((rule) => ({ ...rule }));
    return await seenAfter(work, async ({ tx }) =>
      (await findInTx(tx, checks)).map((one) => [one.violated, one.total]),
    );
  };

  test('may name several concepts in one check, of sex as well as of units', async () => {
    const lines = [
      'CONDITION_OCCURRENCE,CONDITION_CONCEPT_ID,"201826, 4299535",Two,Female,5,,,,',
      'MEASUREMENT,MEASUREMENT_CONCEPT_ID,"3004249, 3027018",Two,,,,,8876,5',
    ];
    const found = await foundOf(lines, async ({ add }) => {
      await add('condition_occurrence', { condition_concept_id: 4299535 });
      await add('measurement', { measurement_concept_id: 3027018, unit_concept_id: 8483 });
    });
    expect(found).toEqual([
      [2, 2],
      [1, 2],
    ]);
  });

  test('counts, as the Data Quality Dashboard does, rows whose person is not there among those of a check of sex', async () => {
    const line = 'CONDITION_OCCURRENCE,CONDITION_CONCEPT_ID,201826,Diabetes,Female,5,,,,';
    const found = await foundOf([line], ({ add }) => add('condition_occurrence', { person_id: 987654 }));
    expect(found).toEqual([[1, 2]]);
  });

  // Three measurements: in mmHg, in kg, and without a unit; and one whose unit could not be mapped.
  test.each([
    ['-1', [2, 3], 'none'],
    ['"8876, -1"', [1, 3], '8876, none'],
    ['8876', [1, 3], '8876'],
  ])('with the units %s finds what the Data Quality Dashboard finds', async (units, expected, words) => {
    const line = `MEASUREMENT,MEASUREMENT_CONCEPT_ID,3004249,Pressure,,,,,${units},5`;
    const found = await foundOf([line], async ({ add }) => {
      for (const unit_concept_id of [9529, null, 0]) await add('measurement', { unit_concept_id });
    });
    expect(found).toEqual([expected]);
    const [rule] = await read(line);
    expect(rule && CHECK_TYPES[rule.name].says(rule)).toContain(`in another unit than ${words}`);
  });

  test.each([
    ['PERSONS,X,1,,Male,5,,,,', 'Line 2', 'persons.x'],
    ['CONDITION_OCCURRENCE,CONDITION_CONCEPT_ID,1); drop table person --,,Male,5,,,,', 'Line 2', 'drop'],
    ['CONDITION_OCCURRENCE,CONDITION_CONCEPT_ID,1,,Other,5,,,,', 'Male or Female', 'Other'],
    ['CONDITION_OCCURRENCE,CONDITION_CONCEPT_ID,1,,Male,500,,,,', '0 to 100', '500'],
    ['VISIT_OCCURRENCE,VISIT_CONCEPT_ID,9201,Inpatient visit,,,,,,', 'a column', 'none'],
    ['VISIT_OCCURRENCE,VISIT_CONCEPT_ID,9201,,,,,,8876,5', 'Line 2', 'a table with unit_concept_id'],
    ['PROVIDER,SPECIALTY_CONCEPT_ID,1,,Male,5,,,,', 'Line 2', 'a table with person_id'],
    ['MEASUREMENT,VALUE_SOURCE_VALUE,1,,Male,5,,,,', 'Line 2', 'a field of concepts'],
    [
      'MEASUREMENT,MEASUREMENT_CONCEPT_ID,1,,Male,5,,,,\nMEASUREMENT,MEASUREMENT_CONCEPT_ID,1,,Female,5,,,,',
      'Line 3',
      'each check once',
    ],
  ])('%s is refused with its line', async (line, ...words) => {
    const refusal = await read(line).catch((error: unknown) => (error as Error).message);
    for (const word of words) expect(refusal).toContain(word);
  });
});
