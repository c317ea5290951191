/**
 * The data quality checks, in the three kinds of OHDSI's Data Quality Dashboard (Kahn et al. 2016): completeness,
 * conformance, plausibility. How each counts is in sql/quality/*.sql, one file for each set of tables so that a table is
 * read once for all its checks; a check may give a result for several tables and fields.
 *
 * `threshold` is the greatest percentage of violating rows with which the check passes. 0 where one row is a defect of
 * ours; more where the source's own habits show.
 */

export interface Check {
  readonly id: string;
  readonly kind: 'completeness' | 'conformance' | 'plausibility';
  readonly name: string;
  readonly description: string;
  readonly threshold: number;
}

const check = (
  id: string,
  kind: Check['kind'],
  threshold: number,
  name: string,
  description: string,
): Check => ({ id, kind, threshold, name, description });

export const CHECKS: readonly Check[] = [
  check(
    'person-without-observation-period',
    'completeness',
    0,
    'Person without observation period',
    'OHDSI tools see a person only within an observation period; a person without any event has none.',
  ),
  check(
    'concept-unmapped',
    'completeness',
    5,
    'Concept 0',
    'Rows whose required concept is 0: the code has no Standard concept (see unmapped_codes), or none was sent.',
  ),
  check(
    'unmapped-without-source',
    'completeness',
    0,
    'Concept 0 and no source value',
    'An unmapped row keeps its code as sent; without it nobody can ever map it.',
  ),
  check(
    'source-without-concept',
    'completeness',
    0,
    'Source value without concept',
    'Where an optional source value was sent, its concept must be filled: 0 when unmapped, never NULL.',
  ),
  check(
    'measurement-without-value',
    'completeness',
    5,
    'Measurement without value',
    'Neither number nor concept nor text.',
  ),
  check(
    'number-without-unit',
    'completeness',
    10,
    'Number without unit',
    'Numeric values without a unit. Ratios, scores and pH have none.',
  ),
  check(
    'unit-unmapped',
    'completeness',
    5,
    'Unit not mapped',
    'Units that were sent and have no Standard concept.',
  ),
  check(
    'drug-without-ingredient',
    'completeness',
    10,
    'Drug without ingredient',
    'Mapped drugs, vaccines of CVX apart, from which concept_ancestor leads to no Standard ingredient: they are in no drug_era.',
  ),
  check(
    'era-missing',
    'completeness',
    0,
    'Condition in no era',
    'Every occurrence of a mapped condition lies in a condition_era.',
  ),
  check(
    'cdm-source-missing',
    'completeness',
    0,
    'No cdm_source row',
    'OHDSI tools read it before anything else.',
  ),
  check(
    'vocabulary-version-missing',
    'completeness',
    0,
    'Vocabulary version unknown',
    'The row None of the table vocabulary carries the release.',
  ),
  check(
    'concept-not-standard',
    'conformance',
    0,
    'Concept not Standard',
    'Concepts other than 0 must exist, be Standard and be valid in the loaded release.',
  ),
  check(
    'concept-wrong-domain',
    'conformance',
    0,
    'Concept of another domain',
    'The domain of the Standard concept decides the table; observation takes what has no table of its own.',
  ),
  check(
    'type-concept-invalid',
    'conformance',
    0,
    'Type concept invalid',
    'Type concepts must be Standard and of the domain Type Concept.',
  ),
  check(
    'demographic-concept-invalid',
    'conformance',
    0,
    'Gender, race or ethnicity invalid',
    'Must be a Standard concept of its domain, or 0; gender also 8521 (other) and 8551 (unknown).',
  ),
  check(
    'unit-invalid',
    'conformance',
    0,
    'Unit invalid',
    'Units other than 0 must be Standard concepts of the domain Unit.',
  ),
  check(
    'era-concept-invalid',
    'conformance',
    0,
    'Era of an invalid concept',
    'A drug_era is of a Standard ingredient, a condition_era of a Standard concept.',
  ),
  check('dose-invalid', 'conformance', 0, 'Dose invalid', 'Doses are positive and have a unit.'),
  check('person-missing', 'conformance', 0, 'Row of nobody', 'Every row belongs to a row of person.'),
  check(
    'visit-of-another-person',
    'conformance',
    0,
    'Visit missing or of another person',
    'An event and its visit belong to the same person.',
  ),
  check('id-negative', 'conformance', 0, 'Negative id', 'OHDSI tools accept digits only.'),
  check(
    'observation-period-overlap',
    'conformance',
    0,
    'Observation periods overlap or touch',
    'Periods of a person are apart; OHDSI counts neighbours (end + 1 day = next start) as overlap.',
  ),
  check(
    'vocabulary-version-differs',
    'conformance',
    0,
    'cdm_source names another vocabulary',
    'cdm_source.vocabulary_version of the latest release of the data is the loaded vocabulary.',
  ),
  check('died-more-than-once', 'conformance', 0, 'Several deaths', 'One row a person.'),
  check('end-before-start', 'plausibility', 0, 'End before start', 'Nothing ends before it begins.'),
  check('event-before-birth', 'plausibility', 1, 'Event before birth', 'Starts before the person was born.'),
  check(
    'event-after-death',
    'plausibility',
    1,
    'Event after death',
    'Starts more than 60 days after death; of the rows of persons who died.',
  ),
  check(
    'event-in-future',
    'plausibility',
    1,
    'Event in the future',
    'Starts after the day of the data pull.',
  ),
  check(
    'observation-period-outside-life',
    'plausibility',
    0,
    'Observation period outside life',
    'Lies between birth and the earliest of data pull and death + 60 days.',
  ),
  check(
    'observation-period-split',
    'plausibility',
    0,
    'Observation period split without a gap',
    'A new period begins only after 548 days without an event.',
  ),
  check(
    'birth-year-implausible',
    'plausibility',
    0,
    'Birth year implausible',
    'Between 1850 and the year of the data pull.',
  ),
  check(
    'birth-date-torn',
    'plausibility',
    0,
    'Birth date contradicts itself',
    'Year, month, day and birth_datetime say the same.',
  ),
  check(
    'death-date-implausible',
    'plausibility',
    0,
    'Death before birth or in the future',
    'Between birth and the data pull.',
  ),
  check(
    'visit-over-a-year',
    'plausibility',
    1,
    'Visit over a year',
    'A stay of more than 365 days is rare, a missing end is not.',
  ),
  check(
    'duplicate-row',
    'plausibility',
    1,
    'Duplicate row',
    'Same person, concept, code, time and value as another row.',
  ),
  check(
    'value-negative',
    'plausibility',
    0,
    'Negative value',
    'Below zero in a unit that knows no negative values.',
  ),
  check('range-reversed', 'plausibility', 1, 'Reference range reversed', 'range_low above range_high.'),
  check(
    'value-far-outside-range',
    'plausibility',
    1,
    'Value far outside its range',
    'More than ten times range_high, or less than a tenth of range_low: usually the wrong unit.',
  ),
  check(
    'vital-sign-implausible',
    'plausibility',
    1,
    'Vital sign implausible',
    'Outside what a living person can have in that unit.',
  ),
  check(
    'days-supply-implausible',
    'plausibility',
    1,
    'Days of supply implausible',
    'Not positive, or more than 365.',
  ),
  check(
    'quantity-implausible',
    'plausibility',
    1,
    'Quantity implausible',
    'Not positive, or more than 1095 (three a day for a year).',
  ),
  check('refills-implausible', 'plausibility', 1, 'Refills implausible', 'Negative, or more than 24.'),
  check(
    'gap-days-impossible',
    'plausibility',
    0,
    'Gap days impossible',
    'A drug_era has between 0 days without exposure and fewer than it has days.',
  ),
];
