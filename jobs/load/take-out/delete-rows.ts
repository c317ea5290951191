/**
 * Deletes CDM rows by the keys of their resources, from the tables that are known to hold them, and what others have
 * written about those that are not written again.
 */
import type { Tx } from '../../../sql/connect.ts';
import { IDS_PER_RESOURCE } from '../../map/cdm/row-ids.ts';
import type { TableName } from '../../map/cdm/rows.ts';
import { bitOf, CDM_TABLES, hasPerson, LOAD_ORDER } from '../write/cdm-tables.ts';
import type { Ledger } from '../write/ledger.ts';
import { deleteRowsOfOthersInTx, mayBeNamed } from './rows-of-others.ts';

/** `again`: the ids of rows that are written again. */
export async function deleteRowsInTx(
  tx: Tx,
  old: readonly { key: number; row_tables: number }[],
  ledger: Ledger,
  again: ReadonlyMap<TableName, ReadonlySet<number>> = NONE,
): Promise<void> {
  const gone = new Map<TableName, number[]>();
  const deleted = await Promise.all(
    LOAD_ORDER.toReversed().flatMap((table) => {
      const keys = old.filter((one) => (one.row_tables & bitOf(table)) !== 0).map((one) => one.key);
      return keys.length === 0 ? [] : [deleteOf(tx, table, keys)];
    }),
  );
  for (const { table, rows } of deleted) {
    ledger.rows(table, 0, rows.length);
    for (const row of rows) if (row.person_id !== undefined) ledger.touched(row.person_id);
    if (!mayBeNamed(table)) continue;
    const left = rows.map((row) => row.id).filter((one) => !again.get(table)?.has(one));
    if (left.length > 0) gone.set(table, left);
  }
  await deleteRowsOfOthersInTx(tx, gone, ledger);
}

async function deleteOf(tx: Tx, table: TableName, keys: readonly number[]) {
  const { idColumn, id } = CDM_TABLES[table];
  const told = hasPerson(table)
    ? tx`returning ${tx(idColumn)} as id, person_id`
    : tx`returning ${tx(idColumn)} as id`;
  const rows = await (id === 'key'
    ? tx<{ id: number; person_id?: number }[]>`
        delete from ${tx(table)} where ${tx(idColumn)} = any(${keys}::bigint[]) ${told}`
    : tx<{ id: number; person_id?: number }[]>`
        delete from ${tx(table)} t using unnest(${keys}::bigint[]) as k(key)
        where t.${tx(idColumn)} >= k.key * ${IDS_PER_RESOURCE} and t.${tx(idColumn)} < (k.key + 1) * ${IDS_PER_RESOURCE}
        ${told}`);
  return { table, rows };
}

const NONE: ReadonlyMap<TableName, ReadonlySet<number>> = new Map();
