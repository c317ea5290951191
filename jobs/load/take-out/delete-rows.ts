/** Deletes CDM rows by the keys of their resources, from the tables that are known to hold them. */
import type { Tx } from '../../../sql/connect.ts';
import { IDS_PER_RESOURCE } from '../../map/cdm/row-ids.ts';
import { bitOf, CDM_TABLES, hasPerson, LOAD_ORDER } from '../write/cdm-tables.ts';
import type { Ledger } from '../write/ledger.ts';

export async function deleteRowsInTx(
  tx: Tx,
  old: readonly { key: number; row_tables: number }[],
  ledger: Ledger,
): Promise<void> {
  for (const table of LOAD_ORDER.toReversed()) {
    const keys = old.filter((one) => (one.row_tables & bitOf(table)) !== 0).map((one) => one.key);
    if (keys.length === 0) continue;
    const { idColumn, id } = CDM_TABLES[table];
    const whose = hasPerson(table) ? tx`returning person_id` : tx``;
    const gone =
      id === 'key'
        ? await tx<{ person_id: number }[]>`
            delete from ${tx(table)} where ${tx(idColumn)} = any(${keys}::bigint[]) ${whose}`
        : await tx<{ person_id: number }[]>`
            delete from ${tx(table)} t using unnest(${keys}::bigint[]) as k(key)
            where t.${tx(idColumn)} >= k.key * ${IDS_PER_RESOURCE} and t.${tx(idColumn)} < (k.key + 1) * ${IDS_PER_RESOURCE}
            ${whose}`;
    ledger.rows(table, 0, gone.count);
    for (const row of gone) ledger.touched(row.person_id);
  }
}
