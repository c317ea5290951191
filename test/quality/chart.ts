/**
 * The chart of one person that is fine in every respect, a row in each clinical table, for tests of the quality checks
 * to spoil.
 */
import { expect } from 'vitest';
import { deriveInTx } from '../../jobs/derive/derive.ts';
import { checkTouchedInTx } from '../../jobs/quality/check.ts';
import type { Tx } from '../../sql/connect.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { insert, newPerson, newSite, type Site, touch } from '../derive/chart.ts';

export const NOW = new Date('2024-06-01T12:00:00Z');
export const PULLED = '2024-06-01';

export type Values = Record<string, string | number | null>;

export interface Chart {
  readonly tx: Tx;
  readonly site: Site;
  readonly person: number;
  /** A row of the person like the one that is there, but for `values`. */
  add(table: string, values?: Values): Promise<void>;
}
export type Work = (chart: Chart) => Promise<void>;

export interface Result {
  readonly check: string;
  readonly table: string;
  readonly field: string;
  readonly violated: number;
  readonly total: number;
}

export interface Charts {
  readonly db: TestDatabase;
  /** What the checks say of a chart that is fine but for what `work` does; nothing stays. */
  resultsAfter(work: Work, afterDeriving?: Work): Promise<Result[]>;
  /** What `look` sees of such a chart; nothing stays. */
  seenAfter<T>(work: Work, look: (chart: Chart) => Promise<T>): Promise<T>;
}

export type ConceptRow = readonly [
  id: number,
  domain: string,
  vocabulary: string,
  standard: string | null,
  className?: string,
];

const CONCEPTS: readonly ConceptRow[] = [
  [0, 'Metadata', 'None', null],
  [8507, 'Gender', 'Gender', 'S'],
  [8527, 'Race', 'Race', 'S'],
  [38003564, 'Ethnicity', 'Ethnicity', 'S'],
  [9202, 'Visit', 'Visit', 'S'],
  [9201, 'Visit', 'Visit', 'S'],
  [32827, 'Type Concept', 'Type Concept', 'S'],
  [32817, 'Type Concept', 'Type Concept', 'S'],
  [32838, 'Type Concept', 'Type Concept', 'S'],
  [32856, 'Type Concept', 'Type Concept', 'S'],
  [32882, 'Type Concept', 'Type Concept', 'S'],
  [38000280, 'Type Concept', 'Obs Type', null],
  [201826, 'Condition', 'SNOMED', 'S'],
  [44836914, 'Condition', 'ICD9CM', null],
  [19019073, 'Drug', 'RxNorm', 'S', 'Clinical Drug'],
  [19019074, 'Drug', 'RxNorm', 'S', 'Clinical Drug'],
  [1503297, 'Drug', 'RxNorm', 'S', 'Ingredient'],
  [4000001, 'Procedure', 'SNOMED', 'S'],
  [4000002, 'Device', 'SNOMED', 'S'],
  [4000003, 'Specimen', 'SNOMED', 'S'],
  [3004249, 'Measurement', 'LOINC', 'S'],
  [4013886, 'Observation', 'SNOMED', 'S'],
  [8876, 'Unit', 'UCUM', 'S'],
  [8576, 'Unit', 'UCUM', 'S'],
];

export const DATES: Record<string, Values> = {
  visit_occurrence: {
    visit_occurrence_id: 501,
    visit_start_date: '2023-01-10',
    visit_end_date: '2023-01-12',
  },
  visit_detail: {
    ...{ visit_detail_start_date: '2023-01-10', visit_detail_end_date: '2023-01-12' },
    visit_occurrence_id: 501,
  },
  condition_occurrence: { condition_start_date: '2023-01-10', condition_source_value: 'E11.9' },
  drug_exposure: {
    ...{ drug_exposure_start_date: '2023-01-10', drug_exposure_end_date: '2023-02-08' },
    ...{ days_supply: 30, quantity: 60, refills: 3 },
  },
  procedure_occurrence: { procedure_date: '2023-01-11' },
  device_exposure: { device_exposure_start_date: '2023-01-11' },
  measurement: {
    ...{
      measurement_date: '2023-01-11',
      value_as_number: 120,
      unit_concept_id: 8876,
      unit_source_value: 'mm[Hg]',
    },
    ...{ range_low: 90, range_high: 140, visit_occurrence_id: 501 },
  },
  observation: { observation_date: '2023-01-11', value_as_string: 'yes' },
  specimen: { specimen_date: '2023-01-11' },
};

class RollBack extends Error {}

/** With these concepts besides those of the fine chart. */
export async function openCharts(more: readonly ConceptRow[] = []): Promise<Charts> {
  const db = await newDatabase();
  const site = await newSite(db.sql, 'north');
  await describeVocabulary(db, [...CONCEPTS, ...more]);
  const seenAfter = async <T>(
    work: Work,
    look: (chart: Chart, persons: number) => Promise<T>,
  ): Promise<T> => {
    let seen: T[] = [];
    const rolledBack = db.sql.begin(async (tx) => {
      const person = await newPerson(tx, site, {
        ...{ month_of_birth: 5, day_of_birth: 4, birth_datetime: '1960-05-04 00:00:00' },
        ...{ race_concept_id: 8527, ethnicity_concept_id: 38003564 },
      });
      const add = (table: string, values: Values = {}) =>
        insert(tx, table, { person_id: person, ...DATES[table], ...values });
      for (const table of Object.keys(DATES)) await add(table);
      const chart = { tx, site, person, add };
      await work(chart);
      await touch(tx, site, person);
      const { persons } = await deriveInTx(tx, { connectionId: site.connectionId, pulledOn: PULLED });
      seen = [await look(chart, persons)];
      throw new RollBack();
    });
    await expect(rolledBack).rejects.toBeInstanceOf(RollBack);
    return seen[0] as T;
  };
  return {
    db,
    seenAfter,
    resultsAfter: (work, afterDeriving = async () => {}) =>
      seenAfter(work, async (chart, persons) => {
        await afterDeriving(chart);
        const run = { run_id: site.runId, connection_id: site.connectionId };
        const id = await checkTouchedInTx(chart.tx, { run, persons, now: NOW });
        return await chart.tx<Result[]>`
          select check_id as check, table_name as table, field_name as field, violated, total from quality_results
          where assessment_id = ${id}`;
      }),
  };
}

async function describeVocabulary({ sql }: TestDatabase, concepts: readonly ConceptRow[]): Promise<void> {
  for (const [id, domain_id, vocabulary_id, standard_concept, concept_class_id = 'Class'] of concepts) {
    await insert(sql, 'concept', {
      ...{ concept_id: id, domain_id, vocabulary_id, standard_concept, concept_class_id },
      ...{ concept_name: `concept ${id}`, concept_code: String(id) },
    });
  }
  await insert(sql, 'concept_ancestor', { ancestor_concept_id: 1503297, descendant_concept_id: 19019073 });
  await sql`
    insert into vocabulary (vocabulary_id, vocabulary_name, vocabulary_version, vocabulary_concept_id)
    values ('None', 'OMOP Standardized Vocabularies', 'v5.0 27-FEB-26', 44819096)`;
  await sql`
    insert into cdm_source (cdm_source_name, cdm_source_abbreviation, cdm_holder, source_release_date, cdm_release_date,
      cdm_version_concept_id, vocabulary_version)
    values ('north', 'north', 'north', ${PULLED}, ${PULLED}, 756265, 'v5.0 27-FEB-26')`;
}

/** All that the checks find of such a chart, as `check at table.field`: [violated, total]. */
export async function violationsOf(charts: Charts, work: Work, afterDeriving?: Work) {
  const results = await charts.resultsAfter(work, afterDeriving);
  return Object.fromEntries(
    results
      .filter((one) => one.violated > 0)
      .map((one) => [`${one.check} at ${one.table}.${one.field}`, [one.violated, one.total]]),
  );
}
