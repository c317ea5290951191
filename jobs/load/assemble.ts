/**
 * Turns mapped resources into finished rows: gives ids, fills references, parks what has no Patient, or no visit where
 * the CDM requires one. Other references that have not arrived become NULL and an open link.
 */
import type { TableName } from '../map/rows.ts';
import type { Link, Outcome, Ref, Row } from '../map/types.ts';
import { bitOf, CDM_TABLES, IDS_PER_RESOURCE, idFactor, POINTS_AT, REQUIRED_LINKS } from './cdm-tables.ts';
import { identifierHash, nameOf, targetId } from './known.ts';
import type { Mapped } from './map-entries.ts';
import type { Found, References } from './references.ts';

export type FinishedRow = {
  readonly id: number;
  readonly values: Readonly<Record<string, string | number | undefined>>;
};

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
  readonly rows: readonly { readonly table: TableName; readonly row: FinishedRow }[];
  readonly openLinks: readonly OpenLink[];
  readonly personKey: number | undefined;
  /** The Patient that its subject is, where another one's person stands for it. */
  readonly mergedFrom: string | undefined;
  /** The reference that it waits for: its Patient when parked, a Medication when loaded without. */
  readonly awaits: Ref | undefined;
}

/** Which tables a resource's rows go to, before they are finished: so that others of the chunk may refer to them. */
export function provisional(items: readonly Mapped[], keys: readonly number[]): Map<string, Found> {
  const own = new Map<string, Found>();
  items.forEach(({ entry, outcome }, index) => {
    if (outcome.kind !== 'rows') return;
    const row_tables = outcome.rows.reduce((bits, row) => bits | bitOf(row.table), 0);
    const found = { key: keys[index] ?? 0, row_tables, partOf: partOf(outcome.rows[0]) };
    own.set(nameOf(entry.type, entry.id), found);
    for (const one of outcome.relations?.identifiers ?? []) {
      own.set(nameOf(entry.type, `?${identifierHash(one)}`), found);
    }
  });
  return own;
}

/** The Encounter that an Encounter is part of: then its first row is its own visit_detail. */
function partOf(first: Row | undefined): Ref | undefined {
  if (first?.table !== 'visit_detail') return undefined;
  const link = first.values.visit_occurrence_id;
  return 'ref' in link ? link.ref : undefined;
}

/** What will be parked has no rows that others of the chunk could refer to; nor have those that require it. */
export function dropParked(
  own: ReadonlyMap<string, Found>,
  items: readonly Mapped[],
  references: References,
): void {
  for (let left = items, again = true; again; left = left.filter(({ outcome }) => requiresLinks(outcome))) {
    again = false;
    for (const { entry, outcome } of left) {
      if (outcome.kind !== 'rows') continue;
      if (!requiresLinks(outcome) && !lacksPerson(outcome, references)) continue;
      const found = own.get(nameOf(entry.type, entry.id));
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
      const values = cellsOf(row);
      for (const column in values) {
        const value = values[column];
        if (isLink(value) && 'ref' in value) refs.push(value.ref);
      }
    }
  }
  return refs;
}

type Cells = Readonly<Record<string, string | number | Link | undefined>>;
const cellsOf = (row: Row): Cells => row.values as Cells;

export function assemble(item: Mapped, key: number, references: References): Finished {
  const { outcome } = item;
  if (outcome.kind === 'excluded') return without(item, key, 'excluded', outcome.rule);
  if (outcome.kind === 'failed') return without(item, key, 'failed', outcome.reason, outcome.field);
  if (outcome.rows.length > IDS_PER_RESOURCE) {
    return without(item, key, 'failed', 'too-many-rows', item.entry.type);
  }
  const missing = missingTarget(outcome, key, references);
  if (missing) return without(item, key, 'parked', missing.reason, null, missing.ref);
  const personKey = outcome.person && references.find(outcome.person, 'person');
  const openLinks: OpenLink[] = [];
  const rows = outcome.rows.map((row, index) => ({
    table: row.table,
    row: finish(row, index, key, outcome.rows, references, openLinks),
  }));
  return {
    ...{ item, key, result: 'loaded', reason: null, field: null, rows, openLinks, awaits: outcome.awaits },
    rowTables: outcome.rows.reduce((bits, row) => bits | bitOf(row.table), 0),
    personKey: personKey ?? (item.entry.type === 'Patient' ? key : undefined),
    mergedFrom: outcome.person && references.mergedFrom(outcome.person),
  };
}

/** What has no rows. */
function without(
  item: Mapped,
  key: number,
  result: Finished['result'],
  reason: string,
  field: string | null = null,
  awaits?: Ref,
): Finished {
  return {
    ...{ item, key, result, reason, field, awaits },
    ...{ rowTables: 0, rows: [], openLinks: [], personKey: undefined, mergedFrom: undefined },
  };
}

function finish(
  row: Row,
  index: number,
  key: number,
  all: readonly Row[],
  references: References,
  openLinks: OpenLink[],
): FinishedRow {
  const id = idOf(row.table, key, index);
  const values: Record<string, string | number | undefined> = {};
  const cells = cellsOf(row);
  for (const column in cells) {
    const value = cells[column];
    if (!isLink(value)) {
      values[column] = value;
    } else if ('own' in value) {
      values[column] = key;
    } else if ('row' in value) {
      const target = all[value.row];
      values[column] = target && idOf(target.table, key, value.row);
    } else {
      const target = POINTS_AT[column];
      const inVisit = target === 'visit_occurrence' ? references.visit(value.ref) : undefined;
      const found = target === 'visit_occurrence' ? inVisit?.visit : references.find(value.ref, target);
      values[column] = found === undefined ? undefined : found * (target ? idFactor(target) : 1);
      const part = inVisit?.detail === undefined ? undefined : detailColumn(row.table);
      if (part && cells[part] === undefined) values[part] = inVisit?.detail;
      for (const type of found === undefined ? value.ref.types : []) {
        openLinks.push({
          target_type: type,
          target_id: targetId(value.ref),
          table_name: row.table,
          column_name: column,
          row_id: id,
          resource_key: key,
        });
      }
    }
  }
  return { id, values };
}

/** Where a row says which part of its visit it belongs to. */
export function detailColumn(table: TableName): 'visit_detail_id' | 'parent_visit_detail_id' | undefined {
  if (table === 'visit_detail') return 'parent_visit_detail_id';
  return table === 'cost' ? undefined : 'visit_detail_id';
}

function idOf(table: TableName, key: number, index: number): number {
  return CDM_TABLES[table].id === 'key' ? key : key * IDS_PER_RESOURCE + index;
}

function isLink(value: unknown): value is Link {
  return typeof value === 'object' && value !== null;
}
