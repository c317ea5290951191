/** Counts the unmapped codes of a connection when a run of it closes. */
import type { Tx } from '../../../sql/connect.ts';

/** A run that found everything unchanged leaves the counts as they are. */
export async function summariseUnmappedInTx(tx: Tx, runId: number, connectionId: number): Promise<void> {
  const [changed] = await tx`
    select 1 from run
    where run_id = ${runId} and records_extracted + records_redriven is distinct from records_unchanged`;
  if (!changed) return;
  await tx`delete from unmapped_summary where connection_id = ${connectionId}`;
  await tx`
    insert into unmapped_summary (connection_id, code_id, resource_type, element, records, persons, first_run, last_run)
    select r.connection_id, u.code_id, r.resource_type, u.element, count(*), count(distinct u.person_id),
      min(r.first_run), max(r.last_run)
    from unmapped_use u join resource r using (resource_key)
    where r.connection_id = ${connectionId}
    group by 1, 2, 3, 4`;
}
