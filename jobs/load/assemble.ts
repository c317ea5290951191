/**
 * Turns mapped resources into finished rows: gives ids, fills references, parks what has no Patient. References that
 * have not arrived become NULL and an open link.
 */
import type { TableName } from '../map/rows.ts';
import type { Link, Ref, Row } from '../map/types.ts';
import { bitOf, CDM_TABLES, IDS_PER_RESOURCE, POINTS_AT } from './cdm-tables.ts';
import { nameOf } from './known.ts';
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
  /** The reference that it waits for: its Patient when parked, a Medication when loaded without. */
  readonly awaits: Ref | undefined;
}

/** Which tables a resource's rows go to, before they are finished: so that others of the chunk may refer to them. */
export function provisional(items: readonly Mapped[], keys: readonly number[]): Map<string, Found> {
  const own = new Map<string, Found>();
  items.forEach(({ entry, outcome }, index) => {
    if (outcome.kind !== 'rows') return;
    const row_tables = outcome.rows.reduce((bits, row) => bits | bitOf(row.table), 0);
    own.set(nameOf(entry.type, entry.id), { key: keys[index] ?? 0, row_tables });
  });
  return own;
}

/** What will be parked has no rows that others of the chunk could refer to. */
export function dropParked(own: Map<string, Found>, items: readonly Mapped[], references: References): void {
  for (const { entry, outcome } of items) {
    if (outcome.kind !== 'rows' || !outcome.person) continue;
    if (references.find(outcome.person, 'person') === undefined) own.delete(nameOf(entry.type, entry.id));
  }
}

export function* referencesOf(items: readonly Mapped[]): Generator<Ref> {
  for (const { outcome } of items) {
    if (outcome.kind !== 'rows') continue;
    if (outcome.person) yield outcome.person;
    for (const row of outcome.rows) {
      for (const value of Object.values(row.values)) if (isLink(value) && 'ref' in value) yield value.ref;
    }
  }
}

export function assemble(item: Mapped, key: number, references: References): Finished {
  const { outcome } = item;
  const empty = { item, key, rowTables: 0, rows: [], openLinks: [], personKey: undefined, awaits: undefined };
  if (outcome.kind === 'excluded') return { ...empty, result: 'excluded', reason: outcome.rule, field: null };
  if (outcome.kind === 'failed')
    return { ...empty, result: 'failed', reason: outcome.reason, field: outcome.field };
  if (outcome.rows.length > IDS_PER_RESOURCE) {
    return { ...empty, result: 'failed', reason: 'too-many-rows', field: item.entry.type };
  }
  const personKey = outcome.person && references.find(outcome.person, 'person');
  if (outcome.person && personKey === undefined) {
    return { ...empty, result: 'parked', reason: 'patient-not-known', field: null, awaits: outcome.person };
  }
  const openLinks: OpenLink[] = [];
  const rows = outcome.rows.map((row, index) => ({
    table: row.table,
    row: finish(row, index, key, outcome.rows, references, openLinks),
  }));
  return {
    ...{ item, key, result: 'loaded', reason: null, field: null, rows, openLinks, awaits: outcome.awaits },
    rowTables: outcome.rows.reduce((bits, row) => bits | bitOf(row.table), 0),
    personKey: personKey ?? (item.entry.type === 'Patient' ? key : undefined),
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
  for (const [column, value] of Object.entries(
    row.values as Record<string, string | number | Link | undefined>,
  )) {
    if (!isLink(value)) {
      values[column] = value;
    } else if ('own' in value) {
      values[column] = key;
    } else if ('row' in value) {
      const target = all[value.row];
      values[column] = target && idOf(target.table, key, value.row);
    } else {
      const found = references.find(value.ref, POINTS_AT[column]);
      values[column] = found;
      for (const type of found === undefined ? value.ref.types : []) {
        openLinks.push({
          target_type: type,
          target_id: value.ref.id,
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

function idOf(table: TableName, key: number, index: number): number {
  return CDM_TABLES[table].id === 'key' ? key : key * IDS_PER_RESOURCE + index;
}

function isLink(value: unknown): value is Link {
  return typeof value === 'object' && value !== null;
}
