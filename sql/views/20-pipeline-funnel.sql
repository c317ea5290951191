-- What became of all that each connection ever sent.
create view pipeline_funnel as
select c.connection_id, c.site_key,
  coalesce(sum(m.records_extracted), 0) as extracted,
  coalesce(sum(m.records_skipped), 0) as unchanged,
  coalesce(sum(m.records_loaded), 0) as loaded,
  coalesce(sum(m.records_mapped), 0) as mapped,
  coalesce(sum(m.records_written), 0) as rows_written,
  coalesce(sum(m.records_excluded), 0) as excluded,
  coalesce(sum(m.records_failed), 0) as failed,
  coalesce(sum(m.records_parked), 0) as parked
from connection c
left join run_metrics m using (connection_id)
group by c.connection_id, c.site_key;
comment on view pipeline_funnel is 'Per connection, over all its runs: resources extracted, unchanged, loaded, mapped, and why the others were not loaded.';
