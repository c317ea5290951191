/**
 * The checks as SQL. A statement answers as many checks as read the same rows: a table is read once for all that can be
 * said of its rows one by one, and once for each field whose values are looked up elsewhere, where equal values are
 * counted before they are looked up. Every check has its two figures: rows that violate it, and rows that it applies to.
 */
import { literal, quoted } from '../../../sql/quoted.ts';
import type { Check } from './checks.ts';

/** Two aggregates over the same rows. */
export interface Measure {
  readonly check: Check;
  readonly violated: string;
  readonly total: string;
}

export interface Statement {
  /** What stands after the select list. */
  readonly from: string;
  readonly measures: readonly Measure[];
}

/** What a check found. */
export interface Found {
  readonly check: Check;
  readonly violated: number;
  readonly total: number;
  readonly seconds: number;
  /** SQL that finds the same. */
  readonly query: string;
}

/** What is known of the database before any row is read. */
export interface Present {
  has(table: string, field?: string): boolean;
  /** Whether the database itself keeps the field's values apart, so that there is nothing to count. */
  isUnique(table: string, field: string): boolean;
  isWhole(table: string, field: string): boolean;
  /** Whether tables lie on several nodes, by person (Citus): they are joined by person only. */
  readonly isDistributed: boolean;
}

const countIf = (condition: string): string => `count(*) filter (where ${condition})`;
const sumIf = (condition: string): string => `coalesce(sum(n) filter (where ${condition}), 0)`;

/** The statement as a person would run it. */
export const sqlOf = ({ from, measures }: Statement): string =>
  `select ${measures.map(({ violated, total }, at) => `${violated} as v${at}, ${total} as t${at}`).join(',\n  ')}\n${from}`;

/** One check alone, for whoever wants to see the rows that it counts. */
export const sqlOfOne = ({ from }: Statement, { violated, total }: Measure): string =>
  `select ${violated} as violated, ${total} as total\n${from}`;

/** The statements for checks of tables and fields that are there. */
export function statementsFor(checks: readonly Check[], present: Present): Statement[] {
  const byTable = Map.groupBy(checks, (check) => check.table);
  return [...byTable].flatMap(([table, ofTable]) => [
    ...oneScan(table, ofTable, present),
    ...lookUps(table, ofTable),
    ...ofTable.flatMap((check) => alone(check, present)),
    ...units(table, ofTable),
  ]);
}

const BORN = `coalesce(p.birth_datetime::date, (make_date(greatest(p.year_of_birth, 1), 1, 1) + make_interval(
    months => coalesce(p.month_of_birth, 1) - 1, days => coalesce(p.day_of_birth, 1) - 1))::date)`;

/** All that can be said of a table's rows one by one. */
function oneScan(table: string, checks: readonly Check[], present: Present): Statement[] {
  const measures = checks.flatMap((check) => {
    const measure = ofRow(check, present);
    return measure ? [{ check, ...measure }] : [];
  });
  if (measures.length === 0) return [];
  const used = (name: Check['name']): boolean => measures.some(({ check }) => check.name === name);
  const joins = [
    used('plausibleAfterBirth') ? 'left join person p on p.person_id = t.person_id' : '',
    used('plausibleBeforeDeath')
      ? 'left join (select person_id, min(death_date) as died from death group by person_id) d on d.person_id = t.person_id'
      : '',
    used('withinVisitDates')
      ? `left join visit_occurrence v on v.visit_occurrence_id = t.visit_occurrence_id${present.isDistributed ? ' and v.person_id = t.person_id' : ''}`
      : '',
  ].filter((join) => join !== '');
  return [{ from: [`from ${quoted(table)} t`, ...joins].join('\n'), measures }];
}

function ofRow(check: Check, present: Present): Omit<Measure, 'check'> | undefined {
  const { table, field, value = '' } = check;
  if (field === undefined) return undefined;
  const at = `t.${quoted(field)}`;
  const known = countIf(`${at} is not null`);
  switch (check.name) {
    case 'isRequired':
    case 'measureValueCompleteness':
      return { violated: countIf(`${at} is null`), total: 'count(*)' };
    case 'cdmDatatype':
      return {
        violated: present.isWhole(table, field) ? '0' : countIf(`${at}::text !~ '^-?[0-9]+$'`),
        total: 'count(*)',
      };
    case 'standardConceptRecordCompleteness':
    case 'sourceConceptRecordCompleteness': {
      const sent = sourceValueOf(table, field, present);
      if (sent === undefined) return { violated: countIf(`${at} = 0`), total: known };
      return {
        violated: countIf(`${at} = 0 or (${at} is null and t.${quoted(sent)} is not null)`),
        total: countIf(`${at} is not null or t.${quoted(sent)} is not null`),
      };
    }
    case 'plausibleValueLow':
      return { violated: countIf(`${at} < ${bound(value)}`), total: known };
    case 'plausibleValueHigh':
      return { violated: countIf(`${at} > ${bound(value)}`), total: known };
    case 'plausibleAfterBirth':
      return { violated: countIf(`${at}::date < ${BORN}`), total: known };
    case 'plausibleBeforeDeath':
      return {
        violated: countIf(`${at}::date > d.died + 60`),
        total: countIf(`${at} is not null and d.died is not null`),
      };
    case 'plausibleStartBeforeEnd': {
      const end = `t.${quoted(value)}`;
      return {
        violated: countIf(`${at}::date > ${end}::date`),
        total: countIf(`${at} is not null and ${end} is not null`),
      };
    }
    case 'withinVisitDates':
      return {
        violated: countIf(`${at} < v.visit_start_date - 7 or ${at} > v.visit_end_date + 7`),
        total: countIf('v.visit_occurrence_id is not null'),
      };
    default:
      return undefined;
  }
}

function bound(value: string): string {
  if (value === 'tomorrow') return 'current_date + 1';
  if (value === 'next year') return 'extract(year from current_date) + 1';
  return /^\d{4}-/.test(value) ? `date ${literal(value)}` : value;
}

/** The field with what the EHR sent, where an optional concept has one: `unit_concept_id` has `unit_source_value`. */
function sourceValueOf(table: string, field: string, present: Present): string | undefined {
  const sent = field.replace(/(_source)?_concept_id$/, '_source_value');
  return sent !== field && OPTIONAL.test(field) && present.has(table, sent) ? sent : undefined;
}
/** Concepts that may be NULL when nothing was sent. */
const OPTIONAL = new RegExp(
  '^(unit|admitted_from|discharged_to|condition_status|route|modifier|qualifier|cause|anatomic_site|' +
    'disease_status|country|place_of_service|specialty|gender|payer|plan|sponsor|stop_reason)_',
);

/** Values that are looked up in another table: each different one once. */
function lookUps(table: string, checks: readonly Check[]): Statement[] {
  const LOOKED_UP = ['isForeignKey', 'fkDomain', 'fkClass', 'isStandardValidConcept'];
  const byField = Map.groupBy(
    checks.filter((check) => LOOKED_UP.includes(check.name)),
    (check) => check.field ?? '',
  );
  return [...byField].map(([field, ofField]) => {
    const to = ofField.find((check) => check.foreign)?.foreign ?? { table: 'concept', field: 'concept_id' };
    return {
      from: `from (select ${quoted(field)} as id, count(*) as n from ${quoted(table)} group by 1) used
left join ${quoted(to.table)} k on k.${quoted(to.field)} = used.id`,
      measures: ofField.map((check) => ({ check, ...looked(check, `k.${quoted(to.field)}`) })),
    };
  });
}

function looked(check: Check, key: string): Omit<Measure, 'check'> {
  const all = 'coalesce(sum(n), 0)';
  const value = literal(check.value ?? '');
  switch (check.name) {
    case 'isForeignKey':
      return { violated: sumIf(`${key} is null and id is not null`), total: all };
    case 'fkDomain':
      return { violated: sumIf(`${key} <> 0 and k.domain_id <> ${value}`), total: all };
    case 'fkClass':
      return { violated: sumIf(`${key} <> 0 and k.concept_class_id <> ${value}`), total: all };
    default:
      return {
        violated: sumIf(
          `${key} <> 0 and (k.standard_concept is distinct from 'S' or k.invalid_reason is not null)`,
        ),
        total: sumIf('id is not null'),
      };
  }
}

/** Checks that read rows as no other does. */
function alone(check: Check, present: Present): Statement[] {
  const { table, field = '', value = '' } = check;
  const [from, at] = [quoted(table), quoted(field)];
  const one = (violated: string, total: string, rows: string): Statement[] => [
    { from: rows, measures: [{ check, violated, total }] },
  ];
  switch (check.name) {
    case 'measurePersonCompleteness':
      return one(
        countIf(`not exists (select from ${from} t where t.person_id = p.person_id)`),
        'count(*)',
        'from person p',
      );
    case 'measureConditionEraCompleteness':
      return one(
        countIf('not exists (select from condition_era e where e.person_id = c.person_id)'),
        'count(*)',
        'from (select distinct person_id from condition_occurrence where condition_concept_id <> 0) c',
      );
    case 'measureObservationPeriodOverlap':
      return one(
        countIf('meets'),
        'count(*)',
        `from (select person_id, bool_or(begins <= reached + 1) as meets from (
  select person_id, observation_period_start_date as begins, max(observation_period_end_date) over (partition by person_id
    order by observation_period_start_date, observation_period_end_date
    rows between unbounded preceding and 1 preceding) as reached
  from observation_period) o group by person_id) p`,
      );
    case 'isPrimaryKey':
      if (present.isUnique(table, field)) return one('0', 'count(*)', `from ${from}`);
      return one(
        sumIf('n > 1'),
        'coalesce(sum(n), 0)',
        `from (select count(*) as n from ${from} group by ${at}) s`,
      );
    case 'sourceValueCompleteness':
      return one(
        countIf('unmapped'),
        'count(*)',
        `from (select bool_or(${quoted(value)} = 0) as unmapped from ${from} group by ${at}) s`,
      );
    case 'plausibleGender':
      return one(...bySex(check, `t.${at} in (${numbers(check.conceptId).join()})`));
    case 'plausibleGenderUseDescendants':
      return one(
        ...bySex(
          check,
          `t.${at} in (select descendant_concept_id from concept_ancestor where ancestor_concept_id in (${numbers(check.conceptId).join()}))`,
        ),
      );
    default:
      return [];
  }
}

const SEXES: Readonly<Record<string, number>> = { Male: 8507, Female: 8532 };

function bySex(check: Check, about: string): [violated: string, total: string, rows: string] {
  const sex = SEXES[check.value ?? ''] ?? 0;
  return [
    countIf(`p.gender_concept_id <> ${sex}`),
    'count(*)',
    `from ${quoted(check.table)} t left join person p on p.person_id = t.person_id\nwhere ${about}`,
  ];
}

/** Units of single concepts: all of a table in one pass. A missing unit violates nothing; 0 is counted elsewhere. */
function units(table: string, checks: readonly Check[]): Statement[] {
  const byField = Map.groupBy(
    checks.filter((check) => check.name === 'plausibleUnitConceptIds'),
    (check) => check.field ?? '',
  );
  return [...byField].map(([field, ofField]) => ({
    from: `from (select ${quoted(field)} as id, unit_concept_id as unit, count(*) as n from ${quoted(table)}
  where ${quoted(field)} in (${ofField.flatMap((check) => numbers(check.conceptId)).join()}) group by 1, 2) used`,
    measures: ofField.map((check) => {
      const ids = numbers(check.conceptId).join();
      return {
        check,
        violated: sumIf(`id in (${ids}) and unit not in (${[...numbers(check.value), 0].join()})`),
        total: sumIf(`id in (${ids}) and unit is distinct from 0`),
      };
    }),
  }));
}

/** Ids as numbers, whatever file they come from: nothing else gets into a statement. */
const numbers = (text = ''): number[] => text.split(',').map((part) => Number.parseInt(part, 10) || 0);
