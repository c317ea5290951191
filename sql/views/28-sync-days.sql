-- Runs by day and connection; a day without a run of a connection has no row. Runs are counted by day here, since joined
-- one by one they would be compared with every day.
create view sync_days as
select created_at::date as day, connection_id, count(*) as runs,
  count(*) filter (where status = 'completed') as completed,
  count(*) filter (where status = 'failed') as failed,
  count(*) filter (where status = 'cancelled') as cancelled,
  count(*) filter (where status not in ('completed', 'failed', 'cancelled')) as live,
  sum(records_extracted) as extracted,
  sum(records_loaded) as loaded,
  sum(records_written) as rows_written,
  sum(records_failed) as records_failed
from (
  -- Totals of runs that have ended stand in the runs; those of the few others are counted.
  select created_at, connection_id, status, records_extracted, coalesce(records_loaded, 0) as records_loaded,
    coalesce(rows_written, 0) as records_written, coalesce(records_failed, 0) as records_failed
  from run where records_extracted is not null and created_at >= current_date - 29
  union all
  select m.created_at, m.connection_id, m.status, m.records_extracted, m.records_loaded, m.records_written, m.records_failed
  from run r join run_metrics m using (run_id)
  where r.records_extracted is null and r.created_at >= current_date - 29
) each_run
group by created_at::date, connection_id;
comment on view sync_days is 'The last 30 days by connection, days with runs only: runs by outcome, resources extracted and loaded, CDM rows written.';
comment on column sync_days.cancelled is 'Runs that were cancelled.';
comment on column sync_days.completed is 'Runs that were completed.';
comment on column sync_days.day is 'Day on which the runs were started.';
comment on column sync_days.failed is 'Runs that failed.';
comment on column sync_days.live is 'Runs that are still under way.';
comment on column sync_days.records_failed is 'Resources that should have been loaded and were not.';
comment on column sync_days.runs is 'Runs started that day: completed + failed + cancelled + live.';
