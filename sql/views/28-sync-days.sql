-- Runs by day and connection; a day without a run of a connection has no row. Runs are counted by day here, since joined
-- one by one they would be compared with every day.
create view sync_days as
select created_at::date as day, connection_id, count(*) as runs,
  count(*) filter (where status = 'completed') as completed,
  count(*) filter (where status = 'failed') as failed,
  count(*) filter (where status = 'cancelled') as cancelled,
  count(*) filter (where status not in ('completed', 'failed', 'cancelled')) as live,
  sum(extracted) as extracted,
  sum(loaded) as loaded,
  sum(rows_written) as rows_written,
  sum(failed) as records_failed
from run_sums
where created_at >= current_date - 29
group by created_at::date, connection_id;
comment on view sync_days is 'The last 30 days by connection, days with runs only: runs by outcome, resources extracted and loaded, CDM rows written.';
comment on column sync_days.cancelled is 'Runs that were cancelled.';
comment on column sync_days.completed is 'Runs that were completed.';
comment on column sync_days.day is 'Day on which the runs were started.';
comment on column sync_days.failed is 'Runs that failed.';
comment on column sync_days.live is 'Runs that are still under way.';
comment on column sync_days.records_failed is 'Resources that should have been loaded and were not.';
comment on column sync_days.runs is 'Runs started that day: completed + failed + cancelled + live.';
