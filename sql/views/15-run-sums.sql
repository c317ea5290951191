-- What a connection's sums are made of: totals of runs that have ended stand in the runs; those of the few others are counted.
create view run_sums as
select run_id, connection_id, created_at, status, records_extracted as extracted, coalesce(records_unchanged, 0) as unchanged,
  coalesce(records_loaded, 0) as loaded, coalesce(records_mapped, 0) as mapped, coalesce(rows_written, 0) as rows_written,
  coalesce(records_excluded, 0) as excluded, coalesce(records_failed, 0) as failed, coalesce(records_parked, 0) as parked
from run where records_extracted is not null
union all
select r.run_id, r.connection_id, r.created_at, r.status, m.records_extracted, m.records_skipped, m.records_loaded,
  m.records_mapped, m.records_written, m.records_excluded, m.records_failed, m.records_parked
from run r join run_metrics m using (run_id) where r.records_extracted is null;
comment on view run_sums is 'One row a run with its sums alone: what run_metrics says of it, without reading chunks of runs that have ended.';
comment on column run_sums.status is 'pending, exporting, downloading, processing; completed, failed, cancelled.';
comment on column run_sums.failed is 'Resources that should have been loaded and were not.';
