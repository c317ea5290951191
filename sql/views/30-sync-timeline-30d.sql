-- One row a day, days without a run included. Days are days of the session's time zone.
create view sync_timeline_30d as
select d.day::date as day,
  count(m.run_id) as runs,
  count(*) filter (where m.status = 'completed') as completed,
  count(*) filter (where m.status = 'failed') as failed,
  coalesce(sum(m.records_extracted), 0) as extracted,
  coalesce(sum(m.records_loaded), 0) as loaded,
  coalesce(sum(m.records_written), 0) as rows_written,
  coalesce(sum(m.records_failed), 0) as records_failed
from generate_series(current_date - 29, current_date, interval '1 day') as d(day)
left join run_metrics m on m.created_at >= d.day and m.created_at < d.day + interval '1 day'
group by d.day
order by d.day;
comment on view sync_timeline_30d is 'The last 30 days: runs by outcome, resources extracted and loaded, CDM rows written.';
