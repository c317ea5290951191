-- One row a day, days without a run included. Days are days of the session's time zone.
create view sync_timeline_30d as
select d.day::date as day,
  coalesce(sum(s.runs), 0)::bigint as runs,
  coalesce(sum(s.completed), 0)::bigint as completed,
  coalesce(sum(s.failed), 0)::bigint as failed,
  coalesce(sum(s.cancelled), 0)::bigint as cancelled,
  coalesce(sum(s.live), 0)::bigint as live,
  coalesce(sum(s.extracted), 0) as extracted,
  coalesce(sum(s.loaded), 0) as loaded,
  coalesce(sum(s.rows_written), 0) as rows_written,
  coalesce(sum(s.records_failed), 0) as records_failed
from generate_series(current_date - 29, current_date, interval '1 day') as d(day)
left join sync_days s on s.day = d.day::date
group by d.day
order by d.day;
comment on view sync_timeline_30d is 'The last 30 days: runs by outcome, resources extracted and loaded, CDM rows written.';
comment on column sync_timeline_30d.runs is 'Runs started that day: completed + failed + cancelled + live.';
comment on column sync_timeline_30d.live is 'Runs of that day that are still under way.';
comment on column sync_timeline_30d.cancelled is 'Runs that were cancelled.';
comment on column sync_timeline_30d.completed is 'Runs that were completed.';
comment on column sync_timeline_30d.day is 'Day on which the runs were started.';
comment on column sync_timeline_30d.failed is 'Runs that failed.';
comment on column sync_timeline_30d.records_failed is 'Resources that should have been loaded and were not.';
