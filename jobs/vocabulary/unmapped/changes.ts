/**
 * Notes what changes in the uses of unmapped codes, so that the worklist's counts follow the changes (summarise.ts).
 * Whoever writes unmapped_use does it by this file, or notes it in the same transaction. Of a connection that has not
 * been counted yet nothing is noted: its first close counts everything.
 */
import type { Tx } from '../../../sql/connect.ts';

export interface Use {
  readonly key: number;
  readonly codeId: number;
  readonly element: string;
  readonly person: number | null;
}

/** They were added for resources that are stored already. */
export async function noteAddedInTx(tx: Tx, connectionId: number, uses: readonly Use[]): Promise<void> {
  const [connection] = await tx`
    select 1 from connection where connection_id = ${connectionId} and unmapped_counted`;
  if (!connection) return;
  await tx`
    insert into unmapped_change
      (connection_id, code_id, resource_type, element, person_id, records, first_run, last_run)
    select r.connection_id, u.code_id, r.resource_type, u.element, u.person_id, count(*), min(r.first_run), max(r.last_run)
    from unnest(${uses.map((use) => use.key)}::bigint[], ${uses.map((use) => use.codeId)}::bigint[],
      ${uses.map((use) => use.element)}::text[], ${uses.map((use) => use.person)}::bigint[])
      as u(key, code_id, element, person_id)
    join resource r on r.resource_key = u.key
    group by 1, 2, 3, 4, 5`;
}

/** Takes out what these resources use; they must still be there. */
export async function forgetUsesInTx(tx: Tx, keys: readonly number[]): Promise<void> {
  await tx`
    with gone as (
      delete from unmapped_use where resource_key = any(${keys}::bigint[])
      returning resource_key, code_id, element, person_id
    )
    insert into unmapped_change (connection_id, code_id, resource_type, element, person_id, records)
    select r.connection_id, g.code_id, r.resource_type, g.element, g.person_id, -count(*)
    from gone g join resource r using (resource_key) join connection c using (connection_id)
    where c.unmapped_counted
    group by 1, 2, 3, 4, 5`;
}

/** Resources that are another person's now. */
export async function moveUsesInTx(
  tx: Tx,
  moves: { readonly keys: readonly number[]; readonly persons: readonly number[] },
): Promise<void> {
  await tx`
    with move (key, person) as (
      select * from unnest(${moves.keys}::bigint[], ${moves.persons}::bigint[])
    ),
    change (key, code_id, element, person_id, records) as (
      select u.resource_key, u.code_id, u.element, u.person_id, -1
      from move m join unmapped_use u on u.resource_key = m.key
      union all
      select u.resource_key, u.code_id, u.element, m.person, 1
      from move m join unmapped_use u on u.resource_key = m.key
    )
    insert into unmapped_change
      (connection_id, code_id, resource_type, element, person_id, records, first_run, last_run)
    select r.connection_id, n.code_id, r.resource_type, n.element, n.person_id, sum(n.records), min(r.first_run),
      max(r.last_run)
    from change n join resource r on r.resource_key = n.key join connection c using (connection_id)
    where c.unmapped_counted
    group by 1, 2, 3, 4, 5`;
  await tx`
    update unmapped_use u set person_id = m.person
    from unnest(${moves.keys}::bigint[], ${moves.persons}::bigint[]) as m(key, person)
    where u.resource_key = m.key`;
}
