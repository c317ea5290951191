-- What became of all that each connection ever sent.
create view pipeline_funnel as
select c.connection_id, c.site_key,
  coalesce(m.extracted, 0) as extracted,
  coalesce(m.unchanged, 0) as unchanged,
  coalesce(m.loaded, 0) as loaded,
  coalesce(m.mapped, 0) as mapped,
  coalesce(m.rows_written, 0) as rows_written,
  coalesce(m.excluded, 0) as excluded,
  coalesce(m.failed, 0) as failed,
  coalesce(m.parked, 0) as parked
from connection c
left join (
  select connection_id, sum(extracted) as extracted, sum(unchanged) as unchanged, sum(loaded) as loaded,
    sum(mapped) as mapped, sum(rows_written) as rows_written, sum(excluded) as excluded, sum(failed) as failed,
    sum(parked) as parked
  from (
    -- Totals of runs that have ended stand in the runs; those of the few others are counted.
    select connection_id, records_extracted as extracted, records_unchanged as unchanged, records_loaded as loaded,
      records_mapped as mapped, rows_written, records_excluded as excluded, records_failed as failed,
      records_parked as parked
    from run where records_extracted is not null
    union all
    select m.connection_id, m.records_extracted, m.records_skipped, m.records_loaded, m.records_mapped,
      m.records_written, m.records_excluded, m.records_failed, m.records_parked
    from run r join run_metrics m using (run_id) where r.records_extracted is null
  ) each_run
  group by connection_id
) m using (connection_id);
comment on view pipeline_funnel is 'Per connection, over all its runs: resources extracted, unchanged, loaded, mapped, and why the others were not loaded.';
