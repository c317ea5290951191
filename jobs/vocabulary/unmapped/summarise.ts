/**
 * Counts the unmapped codes of a connection when a run of it closes: after its first run and full syncs all of them, else
 * what changed since (changes.ts), so that the cost is that of the change.
 */
import type { Tx } from '../../../sql/connect.ts';

export async function summariseUnmappedInTx(tx: Tx, runId: number, connectionId: number): Promise<void> {
  const [run] = await tx<{ whole: boolean }[]>`
    select not c.unmapped_counted or r.mode = 'full' and r.kind in ('export', 'import')
      and r.records_extracted + r.records_redriven is distinct from r.records_unchanged as whole
    from run r join connection c using (connection_id) where r.run_id = ${runId}`;
  await (run?.whole ? countInTx(tx, connectionId) : takeInChangesInTx(tx, connectionId));
}

/** Changes are taken out by the statement that counts: what is committed between two statements is in both or in none. */
async function countInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`delete from unmapped_summary where connection_id = ${connectionId}`;
  await tx`
    with counted as (delete from unmapped_change where connection_id = ${connectionId})
    insert into unmapped_summary (connection_id, code_id, resource_type, element, records, persons, first_run, last_run)
    select r.connection_id, u.code_id, r.resource_type, u.element, count(*), count(distinct u.person_id),
      min(r.first_run), max(r.last_run)
    from unmapped_use u join resource r using (resource_key)
    where r.connection_id = ${connectionId}
    group by 1, 2, 3, 4`;
  await tx`update connection set unmapped_counted = true where connection_id = ${connectionId} and not unmapped_counted`;
}

/**
 * What a person had before is what they have now without the changes. What was only taken out has no runs: nobody used
 * the code then, so the runs in which it was first and last used stay. Where there is no line there is nothing to take out.
 */
async function takeInChangesInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`
    with change as (
      delete from unmapped_change where connection_id = ${connectionId}
      returning code_id, resource_type, element, person_id, records, first_run, last_run
    ),
    of_person as (
      select code_id, resource_type, element, person_id, sum(records) as records, min(first_run) as first_run,
        max(last_run) as last_run
      from change group by code_id, resource_type, element, person_id
    ),
    compared as (
      select o.*, case when o.person_id is null or o.records = 0 then 0 else (
        select count(*) from unmapped_use u join resource r using (resource_key)
        where u.code_id = o.code_id and u.person_id = o.person_id and u.element = o.element
          and r.resource_type = o.resource_type
      ) end as now
      from of_person o
    ),
    changed as (
      select code_id, resource_type, element, sum(records)::bigint as records,
        count(*) filter (where person_id is not null and now > 0 and now <= records)
          - count(*) filter (where person_id is not null and now = 0 and records < 0) as persons,
        min(first_run) as first_run, max(last_run) as last_run
      from compared
      group by code_id, resource_type, element
    )
    insert into unmapped_summary as s
      (connection_id, code_id, resource_type, element, records, persons, first_run, last_run)
    select ${connectionId}::integer, code_id, resource_type, element, n.records, n.persons,
      coalesce(n.first_run, k.first_run), coalesce(n.last_run, k.last_run)
    from changed n join source_code using (code_id)
    left join (select * from unmapped_summary where connection_id = ${connectionId}) k
      using (code_id, resource_type, element)
    where coalesce(n.last_run, k.last_run) is not null
    on conflict (connection_id, code_id, resource_type, element) do update
      set records = s.records + excluded.records, persons = s.persons + excluded.persons,
        first_run = least(s.first_run, excluded.first_run), last_run = greatest(s.last_run, excluded.last_run)`;
  await tx`delete from unmapped_summary where connection_id = ${connectionId} and records <= 0`;
}
