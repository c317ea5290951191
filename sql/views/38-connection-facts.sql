-- What is known of each connection, from which connection_health says how it is doing. A remap, redrive, removal or
-- purge brings nothing from the EHR, so it is no success.
create view connection_facts as
select c.connection_id, c.site_key, c.site_name, c.is_active, c.watermark, c.failures_in_row, c.paused_until,
  c.silent_after, c.created_at,
  coalesce(r.runs, 0) as runs, coalesce(r.runs_30d, 0) as runs_30d, coalesce(r.failed_30d, 0) as failed_30d,
  coalesce(r.completed_30d, 0) as completed_30d, coalesce(r.loaded, 0) as loaded, coalesce(r.mapped, 0) as mapped,
  r.received_most, r.last_run, r.last_success, r.last_export, r.last_full, r.last_full_export, r.live_run,
  coalesce(f.failures, 0) as failures, coalesce(w.parked, 0) as parked
from connection c
left join (
  select connection_id, count(*) as runs,
    count(*) filter (where created_at > now() - interval '30 days') as runs_30d,
    count(*) filter (where created_at > now() - interval '30 days' and status = 'failed') as failed_30d,
    count(*) filter (where created_at > now() - interval '30 days' and status = 'completed') as completed_30d,
    sum(records_loaded) as loaded,
    sum(records_mapped) as mapped,
    max(records_extracted) filter (where kind in ('export', 'import') and status = 'completed') as received_most,
    max(run_id) filter (where status in ('completed', 'failed', 'cancelled')) as last_run,
    max(run_id) filter (where kind in ('export', 'import') and status = 'completed') as last_success,
    max(run_id) filter (where kind = 'export' and status = 'completed') as last_export,
    max(run_id) filter (where kind in ('export', 'import') and mode = 'full' and status = 'completed') as last_full,
    max(run_id) filter (where kind = 'export' and mode = 'full' and status = 'completed') as last_full_export,
    max(run_id) filter (where status not in ('completed', 'failed', 'cancelled')) as live_run
  from run group by connection_id
) r using (connection_id)
-- Counted once for all connections: each of them is a walk through an index.
left join (
  select connection_id, count(*) as failures from failure where resolved_at is null group by connection_id
) f using (connection_id)
left join (
  select connection_id, count(*) as parked from waiting where parked group by connection_id
) w using (connection_id);
comment on view connection_facts is 'Per connection: its last runs of each sort, and what is open. connection_health draws the conclusions.';
comment on column connection_facts.loaded is 'Resources loaded by all its runs; one that was loaded again counts again.';
comment on column connection_facts.received_most is 'Resources that the largest of its completed syncs received; NULL without one.';
comment on column connection_facts.last_run is 'The last run that ended, of any kind.';
comment on column connection_facts.last_success is 'The last completed run that asked the EHR, or read files.';
comment on column connection_facts.failures is 'Open failures.';
comment on column connection_facts.last_export is 'The last completed sync with the EHR.';
comment on column connection_facts.last_full is 'The last completed full sync or import.';
comment on column connection_facts.last_full_export is 'The last completed full sync with the EHR.';
comment on column connection_facts.live_run is 'The run under way; NULL when there is none.';
comment on column connection_facts.mapped is 'Of the loaded resources, those whose every primary code has a Standard concept.';
comment on column connection_facts.parked is 'Resources that wait for their Patient or visit.';
comment on column connection_facts.silent_after is 'By its schedule a sync should have been completed by then; NULL without a schedule.';
