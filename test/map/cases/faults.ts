/** What is wrong with an outcome, whatever the resource was: columns that the database would refuse, tables of another domain. */
import { tableOfDomain } from '../../../jobs/map/cdm/project.ts';
import { WIDTHS } from '../../../jobs/map/cdm/widths.ts';
import { RULES } from '../../../jobs/map/rules.ts';
import type { MappingSettings } from '../../../jobs/map/settings.ts';
import { DAY, type Outcome, type Row } from '../../../jobs/map/types.ts';
import { conceptOf } from './context.ts';

/** Columns that CDM 5.4 requires, besides the ids that the loader gives. */
const REQUIRED: { readonly [T in Row['table']]: readonly string[] } = {
  person: ['gender_concept_id', 'year_of_birth', 'race_concept_id', 'ethnicity_concept_id'],
  death: ['death_date'],
  visit_occurrence: [
    'person_id',
    'visit_concept_id',
    'visit_start_date',
    'visit_end_date',
    'visit_type_concept_id',
  ],
  visit_detail: ['person_id', 'visit_detail_concept_id', 'visit_occurrence_id'],
  condition_occurrence: [
    'person_id',
    'condition_concept_id',
    'condition_start_date',
    'condition_type_concept_id',
  ],
  drug_exposure: [
    'person_id',
    'drug_concept_id',
    'drug_exposure_start_date',
    'drug_exposure_end_date',
    'drug_type_concept_id',
  ],
  procedure_occurrence: ['person_id', 'procedure_concept_id', 'procedure_date', 'procedure_type_concept_id'],
  device_exposure: ['person_id', 'device_concept_id', 'device_exposure_start_date', 'device_type_concept_id'],
  measurement: ['person_id', 'measurement_concept_id', 'measurement_date', 'measurement_type_concept_id'],
  observation: ['person_id', 'observation_concept_id', 'observation_date', 'observation_type_concept_id'],
  note: [
    'person_id',
    'note_date',
    'note_type_concept_id',
    'note_class_concept_id',
    'note_text',
    'encoding_concept_id',
    'language_concept_id',
  ],
  specimen: ['person_id', 'specimen_concept_id', 'specimen_type_concept_id', 'specimen_date'],
  location: [],
  care_site: [],
  provider: [],
  payer_plan_period: ['person_id', 'payer_plan_period_start_date', 'payer_plan_period_end_date'],
  cost: ['cost_event_id', 'cost_domain_id', 'cost_type_concept_id'],
};

/** The column that decides the table, of the tables that events are routed to. */
const MAIN_CONCEPT = new Map<string, string>([
  ['condition_occurrence', 'condition_concept_id'],
  ['drug_exposure', 'drug_concept_id'],
  ['procedure_occurrence', 'procedure_concept_id'],
  ['device_exposure', 'device_concept_id'],
  ['measurement', 'measurement_concept_id'],
  ['specimen', 'specimen_concept_id'],
]);

export function faultsOf(outcome: Outcome, settings: MappingSettings): string[] {
  if (outcome.kind === 'excluded') return RULES[outcome.rule].of === 'resource' ? [] : [outcome.rule];
  if (outcome.kind === 'failed') {
    return /^[A-Z][A-Za-z]+(\._?[A-Za-z]+)*$/.test(outcome.field) ? [] : [`field ${outcome.field}`];
  }
  if (outcome.kind === 'waits')
    return ['Encounter', DAY].some((type) => outcome.awaits.types.includes(type))
      ? []
      : ['waits for nothing'];
  const { rows, omitted = [], unmapped } = outcome;
  return [
    ...(rows.length > 1000 ? [`${rows.length} rows`] : []),
    ...omitted.filter((rule) => RULES[rule].of !== 'part'),
    ...(unmapped.some((one) => one.code === '') ? ['an unmapped code that is empty'] : []),
    ...rows.flatMap((row) => [...columnFaults(row, rows.length), ...domainFaults(row, settings)]),
  ];
}

function columnFaults(row: Row, rows: number): string[] {
  const values = new Map<string, unknown>(Object.entries(row.values));
  const faults = REQUIRED[row.table].filter((column) => values.get(column) === undefined);
  for (const [column, value] of values) {
    if (typeof value === 'number' && !Number.isFinite(value)) faults.push(column);
    if (typeof value === 'string' && !isText(column, value, WIDTHS[row.table][column])) faults.push(column);
    if (column.endsWith('_concept_id') && value !== undefined) {
      if (!Number.isInteger(value) || Number(value) < 0) faults.push(column);
    }
    if (typeof value === 'object' && value !== null && 'row' in value && !(Number(value.row) < rows)) {
      faults.push(column);
    }
  }
  const start = [...values].find(([column]) => column.endsWith('_start_date'))?.[1];
  const end = [...values].find(
    ([column]) => column.endsWith('_end_date') && column !== 'verbatim_end_date',
  )?.[1];
  if (typeof start === 'string' && typeof end === 'string' && end < start) faults.push('end before start');
  return faults.map((fault) => `${row.table}: ${fault}`);
}

function isText(column: string, value: string, width: number | undefined): boolean {
  if (!value.isWellFormed() || value.includes('\0') || value === '') return false;
  if (width !== undefined && [...value].length > width) return false;
  if (column.endsWith('_date')) return /^\d{4}-\d\d-\d\d$/.test(value);
  return !column.endsWith('_datetime') || /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/.test(value);
}

/** A concept of another table's domain stands only in observation, and only by a decision. */
function domainFaults(row: Row, settings: MappingSettings): string[] {
  const column = MAIN_CONCEPT.get(row.table) ?? 'observation_concept_id';
  const conceptId = Number(new Map<string, unknown>(Object.entries(row.values)).get(column) ?? 0);
  if (conceptId === 0) return [];
  const expected = tableOfDomain(conceptOf(conceptId).domain);
  const fault = `${row.table}: concept ${conceptId} belongs to ${expected}`;
  if (row.table !== 'observation') {
    return MAIN_CONCEPT.has(row.table) && row.table !== expected ? [fault] : [];
  }
  // By an answer in concepts or in words, or by the lack of one where that is loaded.
  const { value_as_concept_id: answer, value_as_string: words } = row.values;
  const denied = answer !== undefined || words !== undefined || settings.valuelessObservations;
  const provisional =
    settings.provisionalConditions === 'observation' && row.values.qualifier_concept_id !== 0;
  return expected === 'observation' || denied || provisional ? [] : [fault];
}
