/** Gives the rows of resources to other persons: to whom a merge leads. */
import type postgres from 'postgres';
import type { Tx } from '../../sql/connect.ts';
import { isDistributed } from '../../sql/distribute.ts';
import { CDM_TABLES, OF_A_PERSON } from '../load/write/cdm-tables.ts';
import { IDS_PER_RESOURCE } from '../map/cdm/row-ids.ts';
import type { TableName } from '../map/cdm/rows.ts';

interface Moves {
  readonly keys: readonly number[];
  /** To whom the rows of each key go. */
  readonly persons: readonly number[];
}

export async function giveRowsInTx(tx: Tx, { keys, persons }: Moves): Promise<void> {
  const moves = tx`unnest(${keys as number[]}::bigint[], ${persons as number[]}::bigint[]) as m(key, person)`;
  const distributed = await isDistributed(tx);
  for (const table of OF_A_PERSON) {
    if (distributed) await writeAgain(tx, table, moves);
    else await tx`update ${tx(table)} t set person_id = m.person from ${moves} where ${isOf(tx, table)}`;
  }
}

/** Citus refuses to change what a row is distributed by. */
async function writeAgain(
  tx: Tx,
  table: TableName,
  moves: postgres.PendingQuery<postgres.Row[]>,
): Promise<void> {
  await tx`
    create temporary table row_moved on commit drop as
    select t.* from ${tx(table)} t join ${moves} on ${isOf(tx, table)}`;
  await tx`update row_moved t set person_id = m.person from ${moves} where ${isOf(tx, table)}`;
  await tx`delete from ${tx(table)} t using ${moves} where ${isOf(tx, table)}`;
  await tx`insert into ${tx(table)} select * from row_moved`;
  await tx`drop table row_moved`;
}

/** Whether the row `t` is of the resource of the move `m`. */
function isOf(tx: Tx, table: TableName) {
  const { idColumn, id } = CDM_TABLES[table];
  if (id === 'key') return tx`t.${tx(idColumn)} = m.key`;
  return tx`t.${tx(idColumn)} >= m.key * ${IDS_PER_RESOURCE} and t.${tx(idColumn)} < (m.key + 1) * ${IDS_PER_RESOURCE}`;
}
