-- One row a day, days without a run included. Days are days of the session's time zone. Runs are counted by day first:
-- joined one by one they would be compared with every day.
create view sync_timeline_30d as
select d.day::date as day,
  coalesce(m.runs, 0) as runs,
  coalesce(m.completed, 0) as completed,
  coalesce(m.failed, 0) as failed,
  coalesce(m.cancelled, 0) as cancelled,
  coalesce(m.live, 0) as live,
  coalesce(m.extracted, 0) as extracted,
  coalesce(m.loaded, 0) as loaded,
  coalesce(m.rows_written, 0) as rows_written,
  coalesce(m.records_failed, 0) as records_failed
from generate_series(current_date - 29, current_date, interval '1 day') as d(day)
left join (
  select created_at::date as day, count(*) as runs,
    count(*) filter (where status = 'completed') as completed,
    count(*) filter (where status = 'failed') as failed,
    count(*) filter (where status = 'cancelled') as cancelled,
    count(*) filter (where status not in ('completed', 'failed', 'cancelled')) as live,
    sum(records_extracted) as extracted,
    sum(records_loaded) as loaded,
    sum(records_written) as rows_written,
    sum(records_failed) as records_failed
  from run_metrics
  where created_at >= current_date - 29
  group by created_at::date
) m on m.day = d.day::date
order by d.day;
comment on view sync_timeline_30d is 'The last 30 days: runs by outcome, resources extracted and loaded, CDM rows written.';
comment on column sync_timeline_30d.runs is 'Runs started that day: completed + failed + cancelled + live.';
comment on column sync_timeline_30d.live is 'Runs of that day that are still under way.';
