/**
 * Turns mapped resources into finished rows: gives ids, fills references, parks what has no Patient, or no visit where
 * the CDM requires one. Other references that have not arrived become NULL and an open link.
 */

import { ByIdentity } from '../lines/by-identity.ts';
import type { Link, Ref } from '../map/cdm/link.ts';
import { IDS_PER_RESOURCE } from '../map/cdm/row-ids.ts';
import type { TableName } from '../map/cdm/rows.ts';
import { DAY, draft, type Outcome, type Row } from '../map/types.ts';
import { identifierHash, targetId } from './compare/known.ts';
import type { Mapped } from './map-entries.ts';
import { IN_FUTURE, TEXT_NOT_HERE, UNDATED } from './reasons.ts';
import type { Found } from './reference-memory.ts';
import type { References } from './references.ts';
import { bitOf, CDM_TABLES, idFactor, LINK_COLUMNS, POINTS_AT, REQUIRED_LINKS } from './write/cdm-tables.ts';

/** A row with its ids: the mapper's, its links replaced. */
export interface FinishedRow {
  readonly table: TableName;
  readonly values: Readonly<Record<string, string | number | undefined>>;
}

export interface OpenLink {
  readonly target_type: string;
  readonly target_id: string;
  readonly table_name: string;
  readonly column_name: string;
  readonly row_id: number;
  readonly resource_key: number;
}

export interface Finished {
  readonly item: Mapped;
  readonly key: number;
  readonly result: 'loaded' | 'excluded' | 'failed' | 'parked';
  readonly reason: string | null;
  readonly field: string | null;
  readonly rowTables: number;
  /** The n-th has the id idOf(table, key, n). */
  readonly rows: readonly FinishedRow[];
  readonly openLinks: readonly OpenLink[];
  readonly personKey: number | undefined;
  /** The Patient that is its subject, where the person of another Patient stands for it. */
  readonly mergedFrom: string | undefined;
  /** The reference that it waits for: its Patient or Encounter when parked, a Medication when loaded without. */
  readonly awaits: Ref | undefined;
}

/**
 * Which tables a resource's rows go to, told before they are finished so that others of the chunk may refer to them.
 * Only types that `refs` name are looked at.
 */
export function provisional(
  items: readonly Mapped[],
  keys: readonly number[],
  refs: readonly Ref[],
): ByIdentity<Found> {
  const own = new ByIdentity<Found>();
  const types = new Set(refs.flatMap((ref) => ref.types));
  items.forEach(({ entry, outcome }, index) => {
    if (outcome.kind !== 'rows' || !types.has(entry.type)) return;
    const found = {
      key: keys[index] ?? 0,
      row_tables: tablesOf(outcome.rows),
      partOf: partOf(outcome.rows[0]),
    };
    own.set(entry.type, entry.id, found);
    for (const one of outcome.relations?.identifiers ?? []) {
      own.set(entry.type, `?${identifierHash(one)}`, found);
    }
  });
  return own;
}

function tablesOf(rows: readonly Row[]): number {
  let bits = 0;
  for (const row of rows) bits |= bitOf(row.table);
  return bits;
}

/** The Encounter that an Encounter is part of; the first row of such a one is its own visit_detail. */
function partOf(first: Row | undefined): Ref | undefined {
  if (first?.table !== 'visit_detail') return undefined;
  const link = first.values.visit_occurrence_id;
  return 'ref' in link ? link.ref : undefined;
}

/** What will be parked has no rows that others of the chunk could refer to; nor have those that require it. */
export function dropParked(own: ByIdentity<Found>, items: readonly Mapped[], references: References): void {
  for (let left = items, again = true; again; left = left.filter(({ outcome }) => requiresLinks(outcome))) {
    again = false;
    for (const { entry, outcome } of left) {
      if (outcome.kind !== 'rows') continue;
      if (!requiresLinks(outcome) && !lacksPerson(outcome, references)) continue;
      const found = own.get(entry.type, entry.id);
      if (!found || found.parked || !missingTarget(outcome, found.key, references)) continue;
      found.parked = true;
      again = true;
    }
  }
}

/** Only these can lack a target that another one of the chunk was to be. */
const requiresLinks = (outcome: Outcome) =>
  outcome.kind === 'rows' && outcome.rows.some((row) => REQUIRED_LINKS[row.table] !== undefined);

const lacksPerson = ({ person }: { person?: Ref | undefined }, references: References) =>
  person !== undefined && references.find(person, 'person') === undefined;

/** The first target that the resource cannot be loaded without and that is not there. */
function missingTarget(
  outcome: Extract<Outcome, { kind: 'rows' }>,
  key: number | undefined,
  references: References,
): { readonly ref: Ref; readonly reason: string } | undefined {
  const { person } = outcome;
  if (person && lacksPerson(outcome, references)) return { ref: person, reason: 'patient-not-known' };
  for (const row of outcome.rows) {
    for (const column of REQUIRED_LINKS[row.table] ?? []) {
      const link: unknown = Reflect.get(row.values, column);
      if (!isLink(link) || !('ref' in link)) continue;
      const visit = references.visit(link.ref)?.visit;
      // Two Encounters that are part of each other are no visit, and wait for one.
      if (visit === undefined || visit === key) return { ref: link.ref, reason: 'target-not-known' };
    }
  }
  return undefined;
}

export function referencesOf(items: readonly Mapped[]): Ref[] {
  const refs: Ref[] = [];
  for (const { outcome } of items) {
    if (outcome.kind !== 'rows') continue;
    if (outcome.person) refs.push(outcome.person);
    for (const row of outcome.rows) {
      const { values: cells } = draft(row);
      for (const column in LINK_COLUMNS[row.table]) {
        const value = cells[column];
        if (isLink(value) && 'ref' in value && value.ref !== outcome.person) refs.push(value.ref);
      }
    }
  }
  return refs;
}

export function assemble(item: Mapped, key: number, references: References): Finished {
  const { outcome } = item;
  if (outcome.kind === 'excluded') return without(item, key, 'excluded', outcome.rule);
  if (outcome.kind === 'failed') return without(item, key, 'failed', outcome.reason, outcome.field);
  if (outcome.kind === 'waits')
    return without(item, key, 'parked', reasonToWait(outcome.awaits), null, outcome.awaits);
  const missing = missingTarget(outcome, key, references);
  if (missing) return without(item, key, 'parked', missing.reason, null, missing.ref);
  if (outcome.awaits && outcome.rows.length === 0)
    return without(item, key, 'parked', TEXT_NOT_HERE, null, outcome.awaits);
  const personKey = outcome.person && references.find(outcome.person, 'person');
  let openLinks = NONE;
  const { rows } = outcome;
  for (let index = 0; index < rows.length; index++) {
    const open = finish(rows, index, key, references);
    if (open) openLinks = [...openLinks, ...open];
  }
  return {
    item,
    key,
    result: 'loaded',
    reason: null,
    field: null,
    rowTables: tablesOf(rows),
    rows: rows as unknown as readonly FinishedRow[],
    openLinks,
    personKey: personKey ?? (item.entry.type === 'Patient' ? key : undefined),
    mergedFrom: outcome.person && references.mergedFrom(outcome.person),
    awaits: outcome.awaits,
  };
}

const NONE: readonly OpenLink[] = [];

const reasonToWait = ({ types }: Ref): string => (types.includes(DAY) ? IN_FUTURE : UNDATED.notKnown);

/** Finishes a resource that has no rows. */
function without(
  item: Mapped,
  key: number,
  result: Finished['result'],
  reason: string,
  field: string | null = null,
  awaits?: Ref,
): Finished {
  return {
    item,
    key,
    result,
    reason,
    field,
    rowTables: 0,
    rows: [],
    openLinks: NONE,
    personKey: undefined,
    mergedFrom: undefined,
    awaits,
  };
}

/** Gives its links that stay open, if there are any. */
function finish(
  rows: readonly Row[],
  index: number,
  key: number,
  references: References,
): OpenLink[] | undefined {
  const row = rows[index];
  if (!row) return undefined;
  let openLinks: OpenLink[] | undefined;
  const { values: cells } = draft(row);
  const part = detailColumn(row.table);
  const namesPart = part === undefined || cells[part] !== undefined;
  let detail: number | undefined;
  for (const column in LINK_COLUMNS[row.table]) {
    const value = cells[column];
    if (!isLink(value)) continue;
    if ('own' in value) {
      cells[column] = key;
    } else if ('row' in value) {
      const target = rows[value.row];
      cells[column] = target && idOf(target.table, key, value.row);
    } else {
      const target = POINTS_AT[column];
      const inVisit = target === 'visit_occurrence' ? references.visit(value.ref) : undefined;
      const found = target === 'visit_occurrence' ? inVisit?.visit : references.find(value.ref, target);
      cells[column] = found === undefined ? undefined : found * (target ? idFactor(target) : 1);
      detail ??= inVisit?.detail;
      if (found !== undefined) continue;
      const { table } = row;
      openLinks ??= [];
      for (const type of value.ref.types) {
        openLinks.push({
          target_type: type,
          target_id: targetId(value.ref),
          table_name: table,
          column_name: column,
          row_id: idOf(table, key, index),
          resource_key: key,
        });
      }
    }
  }
  if (!namesPart && detail !== undefined) cells[part] = detail;
  return openLinks;
}

/** The columns in which a row says which part of its visit it belongs to. */
export function detailColumn(table: TableName): 'visit_detail_id' | 'parent_visit_detail_id' | undefined {
  if (table === 'visit_detail') return 'parent_visit_detail_id';
  return table === 'cost' ? undefined : 'visit_detail_id';
}

export function idOf(table: TableName, key: number, index: number): number {
  return CDM_TABLES[table].id === 'key' ? key : key * IDS_PER_RESOURCE + index;
}

function isLink(value: unknown): value is Link {
  return typeof value === 'object' && value !== null;
}
