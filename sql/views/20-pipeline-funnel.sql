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
  from run_sums
  group by connection_id
) m using (connection_id);
comment on view pipeline_funnel is 'Per connection, over all its runs: resources extracted, unchanged, loaded, mapped, and why the others were not loaded.';
