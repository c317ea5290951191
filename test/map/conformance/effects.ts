/**
 * What each element of a resource does to the rows, found by experiment: in every golden case each declared element is
 * taken out, and each value replaced by another of its kind; the columns that differ then are what the element fills. So
 * nobody has to write it down, and nothing that is written can be out of date.
 */

import { map } from '../../../jobs/map/index.ts';
import { EXPECTED } from '../../../jobs/map/read/expected-types.ts';
import type { Expected } from '../../../jobs/map/read/wrong-type.ts';
import { DEFAULT_SETTINGS } from '../../../jobs/map/settings.ts';
import {
  type MapContext,
  NOTHING,
  type Outcome,
  type Relations,
  type Resolution,
  type Resource,
  type Target,
} from '../../../jobs/map/types.ts';
import { newContext } from '../cases/context.ts';
import type { Case } from '../cases/outcome.ts';
import { isList, ofItem } from '../note-reads.ts';

/** Stands among the settings where the concepts had another domain than theirs. */
export const DOMAIN = 'domain';

/** `table.column`, and under which settings of the mapping it was seen to change; '' is none. */
export type Columns = Map<string, Set<string>>;

export interface Effect {
  readonly columns: Columns;
  /** What the resource says of others, which the loader applies when it knows them. */
  readonly relations: Set<keyof Relations>;
  /** Whether a row is written, or into which table, can depend on it. */
  decides: boolean;
  /** Nothing but what is said beside the rows: the rule, the worklist, what was left out. */
  accounts: boolean;
}

export interface Found {
  /** Columns that each type was seen to fill, with the domains that concepts have. */
  readonly filled: ReadonlyMap<string, ReadonlySet<string>>;
  /** By the path of the element, `Observation.component.valueQuantity.value`. */
  readonly effects: ReadonlyMap<string, Effect>;
}

/** A golden case, or one in a vocabulary where every event has another domain. */
export interface Experiment extends Case {
  readonly domain?: string;
}

export function findEffects(cases: readonly Experiment[]): Found {
  const seen = seenIn(cases);
  const filled = new Map<string, Set<string>>();
  const effects = new Map<string, Effect>();
  for (const one of cases) {
    const before = outcomesOf(one, one.fhir);
    for (const [n, { resourceType }] of one.domain === undefined ? one.fhir.entries() : []) {
      const columns = filled.get(resourceType) ?? new Set();
      for (const column of filledBy(before[n])) columns.add(column);
      filled.set(resourceType, columns);
    }
    const settings = [settingsOf(one), one.domain === undefined ? '' : DOMAIN].join(' ').trim();
    for (const [n, resource] of one.fhir.entries()) {
      for (const { path, changed } of variantsOf(resource, seen)) {
        const effect = effects.get(path) ?? newEffect();
        effects.set(path, effect);
        const after = outcomesOf(one, one.fhir.with(n, changed));
        for (const [at, outcome] of after.entries()) compare(before[at], outcome, settings, effect);
      }
    }
  }
  return { filled, effects };
}

export const newEffect = (): Effect => ({
  columns: new Map(),
  relations: new Set(),
  decides: false,
  accounts: false,
});

/** All golden cases are mapped for the newest CDM, which has every column. */
function outcomesOf(
  { settings, withoutConcepts, domain }: Experiment,
  fhir: readonly Resource[],
): readonly Outcome[] {
  const context = newContext(settings, fhir, withoutConcepts, '5.5');
  const resolve: MapContext['resolve'] = (system, code) => {
    const found = context.resolve(system, code);
    const isOther = found === NOTHING && code.endsWith(OTHER);
    return inDomain(isOther ? others(context.resolve(system, code.slice(0, -OTHER.length))) : found, domain);
  };
  return fhir.map((resource) => map(resource, { ...context, resolve }));
}

/** What is put behind a text to make another of it. */
const OTHER = '-other';

/** Another code means another concept of the same domain, so that the row stays in its table and shows its columns. */
function others(found: Resolution): Resolution {
  const another = (target: Target): Target => ({ ...target, conceptId: target.conceptId + OTHER_CONCEPTS });
  return {
    ...found,
    sourceConceptId: found.sourceConceptId + OTHER_CONCEPTS,
    targets: found.targets.map(another),
    values: found.values.map(another),
  };
}

const OTHER_CONCEPTS = 2_000_000_000;

/** Units, routes and answers stay what they are. */
function inDomain(found: Resolution, domain: string | undefined): Resolution {
  if (domain === undefined || !found.targets.some((target) => EVENT_DOMAINS.includes(target.domain)))
    return found;
  return {
    ...found,
    targets: found.targets.map((target) =>
      EVENT_DOMAINS.includes(target.domain) ? { ...target, domain } : target,
    ),
  };
}

const EVENT_DOMAINS: readonly string[] = [
  ...['Condition', 'Procedure', 'Drug', 'Device', 'Measurement', 'Observation', 'Specimen'],
];

/**
 * The concept's domain decides the table of an event, so an element fills a column of each of these tables. Of the cases
 * that together hold every element there is one more in each domain.
 */
export function inEachDomain(cases: readonly Case[]): readonly Experiment[] {
  const seen = new Set<string>();
  const few = cases.filter(({ fhir }) => {
    const paths = fhir.flatMap((resource) => {
      const { resourceType } = resource;
      return placesIn(resource, EXPECTED.get(resourceType) ?? {}, [], resourceType).map(({ path }) => path);
    });
    const isNew = paths.some((path) => !seen.has(path));
    for (const path of paths) seen.add(path);
    return isNew;
  });
  const others = few.flatMap((one) => EVENT_DOMAINS.map((domain): Experiment => ({ ...one, domain })));
  return [...cases, ...others];
}

/** The settings that are in another position than the usual one. */
function settingsOf({ settings = {} }: Case): string {
  const usual: Readonly<Record<string, unknown>> = { ...DEFAULT_SETTINGS };
  const other = Object.entries(settings).filter(([name, value]) => usual[name] !== value);
  return other
    .map(([name]) => name)
    .sort()
    .join(' ');
}

function filledBy(outcome: Outcome | undefined): readonly string[] {
  return rowsOf(outcome).flatMap(({ table, values }) =>
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([column]) => `${table}.${column}`),
  );
}

function accountOf(outcome: Outcome | undefined): unknown {
  if (outcome?.kind !== 'rows') return outcome;
  const { unmapped, omitted, unkept, awaits } = outcome;
  return { unmapped, omitted, unkept, awaits };
}

const rowsOf = (outcome: Outcome | undefined) => (outcome?.kind === 'rows' ? outcome.rows : []);
const tablesOf = (outcome: Outcome | undefined) => rowsOf(outcome).map(({ table }) => table);

function compare(before: Outcome | undefined, after: Outcome, settings: string, effect: Effect): void {
  if (!same(accountOf(before), accountOf(after))) effect.accounts = true;
  if (!same(before?.kind, after.kind) || !same(tablesOf(before), tablesOf(after))) {
    effect.decides = true;
    return;
  }
  for (const [n, { table, values }] of rowsOf(after).entries()) {
    const former: Readonly<Record<string, unknown>> = { ...rowsOf(before)[n]?.values };
    const latter: Readonly<Record<string, unknown>> = { ...values };
    for (const column of Object.keys(latter)) {
      if (same(former[column], latter[column])) continue;
      const name = `${table}.${column}`;
      effect.columns.set(name, (effect.columns.get(name) ?? new Set()).add(settings));
    }
  }
  const [former, latter] = [before, after].map((one) => (one?.kind === 'rows' ? (one.relations ?? {}) : {}));
  for (const kind of RELATIONS) if (!same(former?.[kind], latter?.[kind])) effect.relations.add(kind);
}

/** Where each relation ends, once the loader applies it. */
export const RELATED_COLUMNS: Readonly<Record<keyof Relations, string>> = {
  diagnoses: 'condition_status_concept_id and condition_status_source_value of the Condition',
  links: 'fact_relationship',
  merges: 'person_id of the rows of both Patients',
  specimens: 'visit_occurrence_id and visit_detail_id of the Specimen (CDM 5.5)',
  role: 'specialty and care site of the Practitioner',
  identifiers: 'links of the rows that refer to it by identifier',
};
const RELATIONS = Object.keys(RELATED_COLUMNS) as readonly (keyof Relations)[];

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

interface Variant {
  readonly path: string;
  readonly changed: Resource;
}

/** What the cases have at each path: a value of a fixed set is best replaced by another of the set. */
type Seen = ReadonlyMap<string, readonly unknown[]>;

function seenIn(cases: readonly Case[]): Seen {
  const seen = new Map<string, unknown[]>();
  for (const resource of cases.flatMap((one) => one.fhir)) {
    const { resourceType } = resource;
    for (const { path, value } of placesIn(resource, EXPECTED.get(resourceType) ?? {}, [], resourceType)) {
      const values = seen.get(path) ?? [];
      if (typeof value === 'string' && values.length < 20 && !values.includes(value)) values.push(value);
      seen.set(path, values);
    }
  }
  return seen;
}

function variantsOf(resource: Resource, seen: Seen): readonly Variant[] {
  const { resourceType } = resource;
  return placesIn(resource, EXPECTED.get(resourceType) ?? {}, [], resourceType).flatMap(
    ({ keys, path, value }) =>
      [undefined, ...othersFor(value, seen.get(path) ?? [])].map((other) => ({
        path,
        changed: replaced(resource, keys, other),
      })),
  );
}

interface Place {
  readonly keys: readonly string[];
  readonly path: string;
  readonly value: unknown;
}

/** Everything below a value that is declared, and not what tells kinds apart. */
function placesIn(
  value: unknown,
  expected: Expected,
  keys: readonly string[],
  path: string,
): readonly Place[] {
  if (typeof expected === 'string' || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]): readonly Place[] => {
    const isItem = Array.isArray(value);
    const own = isItem ? ofItem(expected, inner) : isList(expected) ? undefined : expected[name];
    if (own === undefined || inner === null) return [];
    const at = isItem ? `${path}${kindOf(expected, inner)}` : `${path}.${name}`;
    return [{ keys: [...keys, name], path: at, value: inner }, ...placesIn(inner, own, [...keys, name], at)];
  });
}

/** `('http://…')` of an extension, `(Medication)` of something contained. */
export function kindOf(expected: Expected, item: unknown): string {
  if (typeof expected === 'string' || !isList(expected) || expected.length === 1) return '';
  const kind = String(Object(item)[expected[0]]);
  return kind in expected[1] ? `(${kind})` : '';
}

/** Other values of the same kind. */
function othersFor(value: unknown, seen: readonly unknown[]): readonly unknown[] {
  if (typeof value === 'number') return [value + 1];
  if (typeof value === 'boolean') return [!value];
  if (typeof value !== 'string') return [];
  const date = /^(\d{4})(-\d\d(?:-\d\d)?)?(T[\d:.]+)?(Z|[+-]\d\d:\d\d)?$/.exec(value);
  if (date) {
    const [, year, day = '', time = '', zone = ''] = date;
    return [
      `${Number(year) - 1}${value.slice(4)}`,
      ...(day === '' ? [] : [`${year}-12-23${time}${zone}`]),
      ...(time === '' ? [] : [`${year}${day}T01:02:03${zone}`]),
    ];
  }
  return [`${value}${OTHER}`, ...seen.filter((one) => one !== value)];
}

function replaced(resource: Resource, keys: readonly string[], value: unknown): Resource {
  const copy: Resource = structuredClone(resource);
  const holder = keys.slice(0, -1).reduce<unknown>((inner, key) => Object(inner)[key], copy);
  const last = keys.at(-1) ?? '';
  if (value === undefined && Array.isArray(holder)) holder.splice(Number(last), 1);
  else if (value === undefined) Reflect.deleteProperty(Object(holder), last);
  else Reflect.set(Object(holder), last, value);
  return copy;
}
