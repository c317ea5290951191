/** Rows become those of other persons. */
import type postgres from 'postgres';
import type { Tx } from '../../../sql/connect.ts';
import { isDistributed } from '../../../sql/distribute.ts';

type Fragment = postgres.PendingQuery<postgres.Row[]>;

/**
 * Of a table by person. `moves` says who gets rows (`m.person`), `isTheirs` which of the rows `t`. On Citus they are
 * written again, since it refuses to change what a row is distributed by, even of a statement that finds no row.
 */
export async function changePersonInTx(
  tx: Tx,
  table: string,
  { moves, isTheirs }: { readonly moves: Fragment; readonly isTheirs: Fragment },
): Promise<void> {
  if (!(await isDistributed(tx))) {
    await tx`update ${tx(table)} t set person_id = m.person from ${moves} where ${isTheirs}`;
    return;
  }
  await tx`
    create temporary table row_moved on commit drop as
    select t.* from ${tx(table)} t join ${moves} on ${isTheirs}`;
  await tx`update row_moved t set person_id = m.person from ${moves} where ${isTheirs}`;
  await tx`delete from ${tx(table)} t using ${moves} where ${isTheirs}`;
  await tx`insert into ${tx(table)} select * from row_moved`;
  await tx`drop table row_moved`;
}
