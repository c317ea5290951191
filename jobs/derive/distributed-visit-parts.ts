/**
 * visit-parts.sql on Citus, which plans no recursion over a distributed table: level by level, and only what must move is
 * written.
 */
import type { Tx } from '../../sql/connect.ts';

export async function moveDistributedPartsInTx(tx: Tx): Promise<void> {
  await tx`
    create temporary table part_now on commit drop as
    select d.visit_detail_id, d.visit_occurrence_id, 0 as depth
    from persons_in_scope join visit_detail d using (person_id)
    where d.parent_visit_detail_id is null`;
  for (let depth = 0; ; depth++) {
    const found = await tx`
      insert into part_now (visit_detail_id, visit_occurrence_id, depth)
      select d.visit_detail_id, p.visit_occurrence_id, ${depth}::integer + 1
      from part_now p join visit_detail d on d.parent_visit_detail_id = p.visit_detail_id
      where p.depth = ${depth}`;
    if (found.count === 0) break;
  }
  await tx`
    update visit_detail d set visit_occurrence_id = p.visit_occurrence_id
    from part_now p
    where d.visit_detail_id = p.visit_detail_id and d.visit_occurrence_id <> p.visit_occurrence_id`;
  await tx`drop table part_now`;
}
