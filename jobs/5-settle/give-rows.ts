/** Gives rows to other persons: those of resources, and what others have written, to whom a merge leads. */
import type postgres from 'postgres';
import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import { CDM_TABLES, OF_A_PERSON } from '../load/write/cdm-tables.ts';
import { changePersonInTx } from '../load/write/change-person.ts';
import { IDS_PER_RESOURCE } from '../map/cdm/row-ids.ts';
import { DOMAIN_OF_PERSONS } from '../map/cdm/row-names.ts';
import type { TableName } from '../map/cdm/rows.ts';

type Fragment = postgres.PendingQuery<postgres.Row[]>;

interface Moves {
  readonly keys: readonly number[];
  /** To whom the rows of each key go. */
  readonly persons: readonly number[];
}

export async function giveRowsInTx(tx: Tx, { keys, persons }: Moves): Promise<void> {
  const moves = tx`unnest(${list(keys)}::bigint[], ${list(persons)}::bigint[]) as m(key, person)`;
  for (const table of OF_A_PERSON) await changePersonInTx(tx, table, { moves, isTheirs: isOf(tx, table) });
}

/**
 * What others have written about persons, once the rows of resources have gone from them. What is left besides is what a
 * Patient says of itself.
 */
export async function giveRowsOfOthersInTx(
  tx: Tx,
  { from, to }: { readonly from: readonly number[]; readonly to: readonly number[] },
): Promise<void> {
  const moves = tx`unnest(${list(from)}::bigint[], ${list(to)}::bigint[]) as m(key, person)`;
  for (const table of OF_A_PERSON) {
    const { idColumn, id } = CDM_TABLES[table];
    const itself = id === 'key' ? tx`false` : tx`t.${tx(idColumn)} / ${IDS_PER_RESOURCE} = m.key`;
    await changePersonInTx(tx, table, { moves, isTheirs: tx`t.person_id = m.key and not (${itself})` });
  }
  await changePersonInTx(tx, 'episode', { moves, isTheirs: tx`t.person_id = m.key` });
  for (const side of ['1', '2']) {
    const id = tx(`fact_id_${side}`);
    await tx`
      update fact_relationship t set ${id} = m.person from ${moves}
      where t.${tx(`domain_concept_id_${side}`)} = ${DOMAIN_OF_PERSONS} and t.${id} = m.key`;
  }
  await tx`update cohort t set subject_id = m.person from ${moves} where t.subject_id = m.key`;
  // Whoever was in a cohort as both is in it once.
  await tx`
    delete from cohort t using cohort same
    where t.subject_id = any(${list(to)}::bigint[]) and same.subject_id = t.subject_id
      and same.cohort_definition_id = t.cohort_definition_id and same.cohort_start_date = t.cohort_start_date
      and same.cohort_end_date = t.cohort_end_date and same.ctid < t.ctid`;
}

/** Whether the row `t` is of the resource of the move `m`. */
function isOf(tx: Tx, table: TableName): Fragment {
  const { idColumn, id } = CDM_TABLES[table];
  if (id === 'key') return tx`t.${tx(idColumn)} = m.key`;
  return tx`t.${tx(idColumn)} >= m.key * ${IDS_PER_RESOURCE} and t.${tx(idColumn)} < (m.key + 1) * ${IDS_PER_RESOURCE}`;
}
