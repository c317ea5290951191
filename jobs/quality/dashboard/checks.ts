/** All checks that are made: each type of check at each table, field or concept that it applies to. */

import type { CdmVersion } from '../../../sql/cdm-version.ts';
import {
  CLASSES,
  DOMAINS,
  IN_VISIT,
  NUMBERS,
  PERSONS_WITHOUT,
  PRESENT,
  SOURCE_CONCEPTS,
  SOURCE_VALUES,
  STANDARD,
} from './applies.ts';
import { CDM_FIELDS, FIELDS, FIELDS_ADDED, type Field } from './cdm-fields.ts';
import { CHECK_TYPES, type CheckName, type Subject } from './check-types.ts';
import { CONCEPT_RULES, type ConceptRule } from './concepts.ts';

export interface Check extends Subject {
  readonly name: CheckName;
  /** The greatest percentage of violating rows with which it passes. */
  readonly threshold: number;
}

/** As the Data Quality Dashboard makes it: field_isrequired_person_person_id. */
export function checkId(check: Check): string {
  const { level } = CHECK_TYPES[check.name];
  return [level, check.name, check.table, check.field, check.conceptId]
    .filter((part) => part !== undefined)
    .join('_')
    .replaceAll(' ', '')
    .toLowerCase();
}

export function listChecks(
  rules: readonly ConceptRule[] = CONCEPT_RULES,
  version: CdmVersion = '5.4',
): Check[] {
  const since = version === '5.4' ? [] : FIELDS_ADDED;
  const tables = new Set([...Object.keys(CDM_FIELDS), ...since.map((field) => field.table)]);
  return [...[...tables].flatMap(ofTable), ...[...FIELDS, ...since].flatMap(ofField), ...rules];
}

function ofTable(table: string): Check[] {
  const persons = PERSONS_WITHOUT[table];
  return [
    { name: 'cdmTable', table, threshold: 0 },
    ...(persons === undefined
      ? []
      : [{ name: 'measurePersonCompleteness' as const, table, threshold: persons }]),
    ...(table === 'condition_era'
      ? [{ name: 'measureConditionEraCompleteness' as const, table, threshold: 0 }]
      : []),
    ...(table === 'observation_period'
      ? [{ name: 'measureObservationPeriodOverlap' as const, table, threshold: 0 }]
      : []),
  ];
}

function ofField(spec: Field): Check[] {
  const { table, field, type, required, primary, foreign } = spec;
  const checks: Check[] = [];
  const add = (name: CheckName, threshold: number, value?: string): void => {
    checks.push({
      ...{ name, table, field, threshold },
      ...(value === undefined ? {} : { value }),
      ...(name === 'isForeignKey' && foreign ? { foreign } : {}),
    });
  };

  add('cdmField', 0);
  if (required) add('isRequired', 0);
  if (type === 'integer') add('cdmDatatype', 0);
  if (primary) add('isPrimaryKey', 0);
  if (foreign) add('isForeignKey', 0);
  add('measureValueCompleteness', required ? 0 : 100);

  const domain = domainOf(spec);
  if (domain !== undefined) add('fkDomain', 0, domain);
  const conceptClass = CLASSES[table]?.[field];
  if (conceptClass !== undefined) add('fkClass', 0, conceptClass);
  const standard = STANDARD[table];
  if (standard && field in standard) add('isStandardValidConcept', 0);
  const unmapped = standard?.[field] ?? PRESENT[table]?.[field];
  if (unmapped !== undefined) add('standardConceptRecordCompleteness', unmapped);
  const source = SOURCE_CONCEPTS[table]?.[field];
  if (source !== undefined) add('sourceConceptRecordCompleteness', source);
  const values = SOURCE_VALUES[table]?.[field];
  if (values !== undefined) add('sourceValueCompleteness', values, conceptOf(table, field));

  const [low, high] = boundsOf(spec);
  if (low !== undefined) add('plausibleValueLow', 1, low);
  if (high !== undefined) add('plausibleValueHigh', 1, high);
  const inVisit = IN_VISIT[table]?.[field];
  if (inVisit !== undefined) add('withinVisitDates', inVisit);
  if (isInLife(spec)) add('plausibleAfterBirth', 1);
  if (isInLife(spec) && table !== 'death') add('plausibleBeforeDeath', 1);
  const end = endOf(spec);
  if (end !== undefined) add('plausibleStartBeforeEnd', strictlyOrdered(table) ? 0 : 1, end);
  return checks;
}

const isDate = ({ type }: Field): boolean => type === 'date' || type === 'datetime';
const has = (table: string, field: string): boolean =>
  FIELDS.some((one) => one.table === table && one.field === field);

/** The dates of what happened to a person. `value_as_date` is an answer, and may lie anywhere. */
const isInLife = (spec: Field): boolean =>
  isDate(spec) && spec.table !== 'person' && spec.field !== 'value_as_date' && has(spec.table, 'person_id');

function domainOf({ table, field }: Field): string | undefined {
  if (/_type_concept_id$/.test(field) && has(table, 'person_id')) return 'Type Concept';
  return DOMAINS[table]?.[field];
}

/** The concept that a source value was mapped to. */
function conceptOf(table: string, field: string): string {
  const concept = field.replace('_source_value', '_concept_id');
  if (!has(table, concept)) throw new Error(`${table} has no ${concept} for ${field}`);
  return concept;
}

/** Dates from 1950 (births from 1850) to tomorrow, and the numbers in applies.ts. */
function boundsOf(spec: Field): [low: string | undefined, high: string | undefined] {
  const { table, field } = spec;
  if (table === 'person' && field === 'birth_datetime') return ['1850-01-01', 'tomorrow'];
  if (table === 'person' && field === 'year_of_birth') return ['1850', 'next year'];
  if (table === 'cdm_source' && isDate(spec)) return ['2000-01-01', 'tomorrow'];
  const dated = table === 'cohort' || (table === 'note_nlp' && field === 'nlp_datetime') || isInLife(spec);
  if (isDate(spec) && dated) return ['1950-01-01', 'tomorrow'];
  const [low, high] = NUMBERS[table]?.[field] ?? [];
  return [low === undefined ? undefined : String(low), high === undefined ? undefined : String(high)];
}

/** The field with the end of what a field begins. */
function endOf(spec: Field): string | undefined {
  const { table, field } = spec;
  if (!isDate(spec) || table === 'cohort') return undefined;
  if (table === 'cdm_source') return field === 'source_release_date' ? 'cdm_release_date' : undefined;
  const end = field.includes('_start_')
    ? field.replace('_start_', '_end_')
    : field.replace(/^procedure_(date|datetime)$/, 'procedure_end_$1');
  return end !== field && has(table, end) ? end : undefined;
}

/** Tables in which no single row may end before it begins. */
const strictlyOrdered = (table: string): boolean =>
  table === 'observation_period' || !has(table, 'person_id');
