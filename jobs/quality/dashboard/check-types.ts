/**
 * The types of checks of OHDSI's Data Quality Dashboard, under its names and in its categories (Kahn et al. 2016), so that
 * its viewer and Ares show them in their places. The rules are re-stated here; README.md of this folder compares.
 */
export type Level = 'TABLE' | 'FIELD' | 'CONCEPT';

/** What a type of check is applied to. */
export interface Subject {
  readonly table: string;
  readonly field?: string;
  readonly conceptId?: string;
  readonly conceptName?: string;
  /** What it compares with: a number, a date, a domain, a class, another field, a sex, units. */
  readonly value?: string;
  readonly foreign?: { readonly table: string; readonly field: string };
}

export interface CheckType {
  readonly level: Level;
  readonly context: 'Verification' | 'Validation';
  readonly category: 'Completeness' | 'Conformance' | 'Plausibility';
  readonly subcategory?: 'Relational' | 'Value' | 'Computational' | 'Temporal' | 'Atemporal';
  /** What a row that violates it is, for this table and field. */
  readonly says: (subject: Subject) => string;
}

const at = (subject: Subject): string =>
  subject.field ? `${subject.table}.${subject.field}` : subject.table;
const concept = (subject: Subject): string => `${subject.conceptName ?? 'concept'} (${subject.conceptId})`;
/** The Data Quality Dashboard writes -1 for no unit. */
const unitsIn = (value = ''): string =>
  value
    .split(',')
    .map((unit) => (unit.trim() === '-1' ? 'none' : unit.trim()))
    .join(', ');

const type = (
  level: Level,
  [context, category, subcategory]: [CheckType['context'], CheckType['category'], CheckType['subcategory']?],
  says: CheckType['says'],
): CheckType => ({ level, context, category, ...(subcategory ? { subcategory } : {}), says });

export const CHECK_TYPES = {
  cdmTable: type(
    'TABLE',
    ['Verification', 'Conformance', 'Relational'],
    (of) => `Whether the table ${of.table} is missing`,
  ),
  measurePersonCompleteness: type(
    'TABLE',
    ['Validation', 'Completeness'],
    (of) => `Persons without a row in ${of.table}`,
  ),
  measureConditionEraCompleteness: type(
    'TABLE',
    ['Validation', 'Completeness'],
    () => 'Persons with a mapped condition_occurrence and without any condition_era',
  ),
  measureObservationPeriodOverlap: type(
    'TABLE',
    ['Verification', 'Plausibility', 'Temporal'],
    () => 'Persons with observation periods that overlap, or of which one begins the day after another ends',
  ),
  cdmField: type(
    'FIELD',
    ['Verification', 'Conformance', 'Relational'],
    (of) => `Whether the field ${at(of)} is missing`,
  ),
  isRequired: type(
    'FIELD',
    ['Validation', 'Conformance', 'Relational'],
    (of) => `Rows without ${at(of)}, which every row must have`,
  ),
  cdmDatatype: type(
    'FIELD',
    ['Verification', 'Conformance', 'Value'],
    (of) => `Rows whose ${at(of)} is not a whole number`,
  ),
  isPrimaryKey: type(
    'FIELD',
    ['Verification', 'Conformance', 'Relational'],
    (of) => `Rows that share their ${at(of)} with another row`,
  ),
  isForeignKey: type(
    'FIELD',
    ['Verification', 'Conformance', 'Relational'],
    (of) => `Rows whose ${at(of)} is not in ${of.foreign?.table}.${of.foreign?.field}`,
  ),
  fkDomain: type(
    'FIELD',
    ['Verification', 'Conformance', 'Value'],
    (of) => `Rows whose ${at(of)} is not of the domain ${of.value}`,
  ),
  fkClass: type(
    'FIELD',
    ['Verification', 'Conformance', 'Computational'],
    (of) => `Rows whose ${at(of)} is not of the class ${of.value}`,
  ),
  isStandardValidConcept: type(
    'FIELD',
    ['Verification', 'Conformance', 'Value'],
    (of) => `Rows whose ${at(of)} is not 0 and not a valid Standard concept`,
  ),
  measureValueCompleteness: type('FIELD', ['Verification', 'Completeness'], (of) => `Rows without ${at(of)}`),
  standardConceptRecordCompleteness: type(
    'FIELD',
    ['Verification', 'Completeness'],
    (of) => `Rows whose ${at(of)} is 0, or missing though its source value is there`,
  ),
  sourceConceptRecordCompleteness: type(
    'FIELD',
    ['Verification', 'Completeness'],
    (of) => `Rows whose ${at(of)} is 0, or missing though its source value is there`,
  ),
  sourceValueCompleteness: type(
    'FIELD',
    ['Verification', 'Completeness'],
    (of) => `Different values of ${at(of)} that some row has with ${of.value} 0`,
  ),
  plausibleValueLow: type(
    'FIELD',
    ['Verification', 'Plausibility', 'Atemporal'],
    (of) => `Rows whose ${at(of)} is below ${of.value}`,
  ),
  plausibleValueHigh: type(
    'FIELD',
    ['Verification', 'Plausibility', 'Atemporal'],
    (of) => `Rows whose ${at(of)} is above ${of.value}`,
  ),
  withinVisitDates: type(
    'FIELD',
    ['Verification', 'Plausibility'],
    (of) => `Rows whose ${at(of)} is more than a week before or after their visit`,
  ),
  plausibleAfterBirth: type(
    'FIELD',
    ['Verification', 'Plausibility', 'Temporal'],
    (of) => `Rows whose ${at(of)} is before the person's birth`,
  ),
  plausibleBeforeDeath: type(
    'FIELD',
    ['Verification', 'Plausibility', 'Temporal'],
    (of) => `Rows whose ${at(of)} is more than 60 days after the person's death`,
  ),
  plausibleStartBeforeEnd: type(
    'FIELD',
    ['Verification', 'Plausibility', 'Temporal'],
    (of) => `Rows whose ${at(of)} is after their ${of.value}`,
  ),
  plausibleGender: type(
    'CONCEPT',
    ['Validation', 'Plausibility', 'Atemporal'],
    (of) => `Rows of ${at(of)} with ${concept(of)} whose person is not ${of.value}`,
  ),
  plausibleGenderUseDescendants: type(
    'CONCEPT',
    ['Validation', 'Plausibility', 'Atemporal'],
    (of) => `Rows of ${at(of)} with ${concept(of)}, or what is below it, whose person is not ${of.value}`,
  ),
  plausibleUnitConceptIds: type(
    'CONCEPT',
    ['Verification', 'Plausibility', 'Atemporal'],
    (of) => `Rows of ${at(of)} with ${concept(of)} in another unit than ${unitsIn(of.value)}`,
  ),
} satisfies Record<string, CheckType>;

export type CheckName = keyof typeof CHECK_TYPES;
