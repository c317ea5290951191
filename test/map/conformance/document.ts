/**
 * The conformance manifest (jobs/map/conformance.json; f2o-003, f2o-010 and f2o-122 of HL7's FHIR-to-OMOP guide): which
 * resources and elements are read, which columns they fill, which tables stay empty. It is put together from the declared
 * elements, from what the golden cases show of them, and from the page that names what is derived.
 */
import { readFileSync } from 'node:fs';
import { CDM_TABLES } from '../../../jobs/load/write/cdm-tables.ts';
import type { TableName } from '../../../jobs/map/cdm/rows.ts';
import { EXPECTED } from '../../../jobs/map/read/expected-types.ts';
import { MAPPING_CODE_VERSION } from '../../../jobs/map/version.ts';
import { FIELDS, FIELDS_ADDED } from '../../../jobs/quality/dashboard/cdm-fields.ts';
import { CDM_VERSIONS } from '../../../sql/cdm-version.ts';
import { VOCABULARY_TABLES } from '../../../sql/vocabulary-tables.ts';
import { readCases } from '../cases/read.ts';
import {
  DOMAIN,
  type Effect,
  type Found,
  findEffects,
  inEachDomain,
  newEffect,
  RELATED_COLUMNS,
} from './effects.ts';
import { BEFORE_R4, type Element, elementsOf, isShared, isWithin } from './elements.ts';

export type ByTable = Readonly<Record<string, readonly string[]>>;

export interface ElementEntry {
  readonly type: string;
  readonly columns?: ByTable;
  /** Columns that it fills in the tables of other domains, where the vocabulary has the code there. */
  readonly byDomain?: ByTable;
  /** Columns that it fills only where a setting of the connection says so. */
  readonly bySetting?: Readonly<Record<string, ByTable>>;
  readonly relations?: readonly string[];
  readonly decides?: true;
  readonly release?: string;
}

export interface ResourceEntry {
  readonly profile: string;
  readonly elements: Readonly<Record<string, ElementEntry>>;
  readonly setByMapping?: ByTable;
  readonly noColumn?: readonly string[];
}

export interface TableEntry {
  readonly populated: 'fully' | 'partially' | 'not';
  readonly from?: readonly string[];
  readonly columns?: readonly string[];
  readonly derived?: readonly string[];
  readonly empty?: readonly string[];
}

export interface Manifest {
  readonly about: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<string, ResourceEntry>>;
  readonly tables: Readonly<Record<string, TableEntry>>;
}

const ABOUT = {
  generated: 'npm run conformance, from the mappers and their golden cases. Do not edit.',
  statements: 'f2o-002, f2o-003, f2o-010 and f2o-122 of HL7 FHIR to OMOP 2.0.0-ballot',
  fhirVersions: ['4.0', '4.3'],
  profiles:
    'Every profile of the resource types named, such as those of US Core, IPA and IPS: nothing optional is relied on.',
  everyResource:
    'A modifierExtension at its root sets a resource aside. Types that are not named here are counted as no-omop-target.',
  elements: {
    columns:
      'Columns that changed in at least one golden case when the element was taken out or had another value.',
    byDomain:
      'Columns that did so where the concept was given each other domain of events: the vocabulary decides the table.',
    bySetting: 'Columns that did so only with these settings of the mapping.',
    relations: 'What the resource says of others, which the loader applies when it knows them.',
    decides: 'Whether a row is written, or into which table, can depend on it.',
    release: 'An element that R4 has not, of an earlier release or of R5, which is read where it comes.',
    setByMapping: 'Columns with constants, or with the id of the resource itself.',
    noColumn: 'Elements that are read and checked, and change only how the resource is counted, if anything.',
  },
};

/** Of R5's shapes the cases show only that they fail. */
export const shown = (): Found =>
  findEffects(inEachDomain(readCases().flatMap((file) => (file.name === 'r5-shapes' ? [] : file.cases))));

export function manifest(found: Found): Manifest {
  const resources = [...EXPECTED].map(([type, declared]): [string, ResourceEntry] => [
    type,
    resourceEntry(type, elementsOf(type, declared), found),
  ]);
  return {
    about: {
      ...ABOUT,
      cdmVersions: CDM_VERSIONS,
      mappingVersion: MAPPING_CODE_VERSION,
      relations: RELATED_COLUMNS,
    },
    resources: sortedRecord(resources),
    tables: tableEntries(found),
  };
}

function resourceEntry(type: string, declared: readonly Element[], found: Found): ResourceEntry {
  const elements: [string, ElementEntry][] = [];
  const noColumn: string[] = [];
  const caused = new Set<string>();
  for (const element of declared) {
    const name = element.path.slice(type.length + 1);
    if (name === 'modifierExtension' || isShared(element.path)) continue;
    const effect = effectOf(element, found);
    const { columns, relations, decides } = effect;
    for (const column of columns.keys()) caused.add(column);
    if (columns.size === 0 && relations.size === 0 && !decides) noColumn.push(name);
    else elements.push([name, elementEntry(element, effect)]);
  }
  const own = [...(found.filled.get(type) ?? [])].filter((column) => !caused.has(column));
  return {
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    elements: sortedRecord(elements),
    ...(own.length > 0 ? { setByMapping: byTable(own) } : {}),
    ...(noColumn.length > 0 ? { noColumn: noColumn.sort() } : {}),
  };
}

/** What is known of the parts of an element is known of it. */
function effectOf(element: Element, { effects }: Found): Effect {
  const all = newEffect();
  for (const [path, effect] of effects) {
    if (!isWithin(path, element.path)) continue;
    all.decides ||= effect.decides;
    for (const relation of effect.relations) all.relations.add(relation);
    for (const [column, settings] of effect.columns) {
      all.columns.set(column, new Set([...(all.columns.get(column) ?? []), ...settings]));
    }
  }
  return all;
}

function elementEntry({ path, type }: Element, { columns, relations, decides }: Effect): ElementEntry {
  const usual: string[] = [];
  const byDomain: string[] = [];
  const bySetting = new Map<string, string[]>();
  for (const [column, settings] of columns) {
    // The fewest settings with which it was seen; none, mostly.
    const fewest = [...settings].sort(byWords)[0] ?? '';
    const named = fewest.split(' ').filter((name) => name !== DOMAIN);
    if (fewest === '') usual.push(column);
    else if (named.length === 0) byDomain.push(column);
    else bySetting.set(named.join(' '), [...(bySetting.get(named.join(' ')) ?? []), column]);
  }
  const settings = [...bySetting].map(([name, names]): [string, ByTable] => [name, byTable(names)]);
  return {
    type,
    ...(BEFORE_R4.has(path) ? { release: 'not R4' } : {}),
    ...(usual.length > 0 ? { columns: byTable(usual) } : {}),
    ...(byDomain.length > 0 ? { byDomain: byTable(byDomain) } : {}),
    ...(settings.length > 0 ? { bySetting: sortedRecord(settings) } : {}),
    ...(relations.size > 0 ? { relations: [...relations].sort() } : {}),
    ...(decides ? { decides } : {}),
  };
}

const words = (text: string): number => text.split(' ').filter(Boolean).length;
const byWords = (one: string, other: string): number =>
  words(one) - words(other) || (one < other ? -1 : Number(one > other));

function tableEntries({ filled }: Found): Manifest['tables'] {
  const fields = new Map<string, string[]>();
  for (const { table, field } of [...FIELDS, ...FIELDS_ADDED]) {
    fields.set(table, [...(fields.get(table) ?? []), field]);
  }
  const derived = derivedColumns(fields);
  const entries = [...fields].map(([table, all]): [string, TableEntry] => {
    const mapped = mappedColumns(table, all, filled);
    const computed = (derived.get(table) ?? []).filter((column) => !mapped.has(column));
    const from = [...filled].filter(([, columns]) => [...columns].some((one) => one.startsWith(`${table}.`)));
    const empty = all.filter((column) => !mapped.has(column) && !computed.includes(column));
    const populated = empty.length === 0 ? 'fully' : empty.length === all.length ? 'not' : 'partially';
    return [
      table,
      {
        populated,
        ...(from.length > 0 ? { from: from.map(([type]) => type).sort() } : {}),
        ...(mapped.size > 0 ? { columns: all.filter((column) => mapped.has(column)) } : {}),
        ...(computed.length > 0 ? { derived: computed } : {}),
        ...(populated === 'partially' ? { empty } : {}),
      },
    ];
  });
  return sortedRecord(entries);
}

/** The rows' columns, and what the loader adds: the id, and the part of the visit beside the visit. */
function mappedColumns(table: string, all: readonly string[], filled: Found['filled']): ReadonlySet<string> {
  const columns = new Set(
    all.filter((column) => [...filled.values()].some((one) => one.has(`${table}.${column}`))),
  );
  if (isLoaded(table)) columns.add(CDM_TABLES[table].idColumn);
  if (columns.has('visit_occurrence_id') && all.includes('visit_detail_id')) columns.add('visit_detail_id');
  return columns;
}

const isLoaded = (table: string): table is TableName => Object.hasOwn(CDM_TABLES, table);

const ROOT = new URL('../../../', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

/** Columns that are computed of others, by the page from columns to code, which columns.test.ts holds to the code. */
function derivedColumns(
  fields: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const derived = new Map<string, readonly string[]>();
  for (const line of textOf('jobs/map/COLUMNS.md').split('\n')) {
    const [, table = '', columns = '', where = ''] = line.split('|').map((cell) => cell.trim());
    const all = fields.get(table);
    if (!all || !where.includes('sql/derive/')) continue;
    const named = columns === 'all' ? all : all.filter((column) => columns.includes(`\`${column}\``));
    derived.set(table, [...(derived.get(table) ?? []), ...named]);
  }
  const close = textOf('jobs/6-close/close.ts');
  derived.set(
    'cdm_source',
    (fields.get('cdm_source') ?? []).filter((column) => close.includes(column)),
  );
  for (const table of VOCABULARY_TABLES) derived.set(table, fields.get(table) ?? []);
  return derived;
}

function byTable(columns: readonly string[]): ByTable {
  const tables = new Map<string, string[]>();
  for (const name of [...columns].sort()) {
    const [table = '', column = ''] = name.split('.');
    tables.set(table, [...(tables.get(table) ?? []), column]);
  }
  return sortedRecord([...tables]);
}

function sortedRecord<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));
}
