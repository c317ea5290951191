/** Gives the rows of resources to other persons: to whom a merge leads. */
import type { Tx } from '../../sql/connect.ts';
import { CDM_TABLES, OF_A_PERSON } from '../load/write/cdm-tables.ts';
import { changePersonInTx } from '../load/write/change-person.ts';
import { IDS_PER_RESOURCE } from '../map/cdm/row-ids.ts';
import type { TableName } from '../map/cdm/rows.ts';

interface Moves {
  readonly keys: readonly number[];
  /** To whom the rows of each key go. */
  readonly persons: readonly number[];
}

export async function giveRowsInTx(tx: Tx, { keys, persons }: Moves): Promise<void> {
  const moves = tx`unnest(${keys as number[]}::bigint[], ${persons as number[]}::bigint[]) as m(key, person)`;
  for (const table of OF_A_PERSON) await changePersonInTx(tx, table, { moves, isTheirs: isOf(tx, table) });
}

/** Whether the row `t` is of the resource of the move `m`. */
function isOf(tx: Tx, table: TableName) {
  const { idColumn, id } = CDM_TABLES[table];
  if (id === 'key') return tx`t.${tx(idColumn)} = m.key`;
  return tx`t.${tx(idColumn)} >= m.key * ${IDS_PER_RESOURCE} and t.${tx(idColumn)} < (m.key + 1) * ${IDS_PER_RESOURCE}`;
}
