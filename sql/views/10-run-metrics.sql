-- One row a run: what it did so far, or in all. Totals of a live run are summed from its chunks. That it is live is asked
-- within the sums: as a condition of the join it would be asked after summing, of each run there ever was.
create view run_metrics as
select r.run_id, r.connection_id, c.site_key, r.status, r.kind, r.mode, r.since, r.triggered_by,
  r.created_at, r.started_at, r.finished_at,
  extract(epoch from coalesce(r.finished_at, now()) - r.created_at)::numeric(14, 3) as duration_seconds,
  r.transaction_time, r.next_poll_at, r.export_progress,
  coalesce(r.records_extracted, live.extracted, 0) as records_extracted,
  coalesce(r.records_unchanged, live.unchanged, 0) as records_skipped,
  coalesce(r.records_loaded, live.loaded, 0) as records_loaded,
  coalesce(r.records_mapped, live.mapped, 0) as records_mapped,
  coalesce(r.rows_written, live_rows.written, 0) as records_written,
  coalesce(r.rows_deleted, live_rows.deleted, 0) as rows_deleted,
  coalesce(r.records_excluded, live.excluded, 0) as records_excluded,
  coalesce(r.records_failed, live.failed, 0) as records_failed,
  coalesce(r.records_parked, live.parked, 0) as records_parked,
  coalesce(r.records_redriven, live.redriven, 0) as records_redriven,
  round(100.0 * coalesce(r.records_mapped, live.mapped, 0) / nullif(coalesce(r.records_loaded, live.loaded, 0), 0), 2) as mapping_coverage,
  coalesce(r.records_extracted, live.extracted, 0) + coalesce(r.records_redriven, live.redriven, 0)
    = coalesce(r.records_unchanged, live.unchanged, 0) + coalesce(r.records_loaded, live.loaded, 0)
    + coalesce(r.records_excluded, live.excluded, 0) + coalesce(r.records_failed, live.failed, 0)
    + coalesce(r.records_parked, live.parked, 0) as accounted_for,
  coalesce(r.records_removed, live_removed.removed, 0) as records_removed,
  r.held_by, r.error_step, r.error_code, r.error_message,
  retry.step as retry_step, retry.code as retry_code, retry.message as retry_message, retry.attempt as retry_attempt,
  retry.failed_at as retry_failed_at, retry.next_at as retry_next_at, retry.steps as retry_steps
from run r
join connection c using (connection_id)
left join lateral (
  select sum(extracted) as extracted, sum(redriven) as redriven, sum(unchanged) as unchanged, sum(loaded) as loaded,
    sum(excluded) as excluded, sum(failed) as failed, sum(parked) as parked, sum(mapped) as mapped
  from chunk_count where run_id = r.run_id and r.records_extracted is null
) live on true
left join lateral (
  select sum(written) as written, sum(deleted) as deleted
  from chunk_rows where run_id = r.run_id and r.records_extracted is null
) live_rows on true
left join lateral (
  select sum(resources) as removed
  from chunk_reason where run_id = r.run_id and outcome = 'removed' and r.records_extracted is null
) live_removed on true
left join lateral (
  select step, code, message, attempt, failed_at, next_at, count(*) over () as steps
  from run_retry where run_id = r.run_id order by failed_at desc limit 1
) retry on true;
comment on view run_metrics is 'One row a run with its counts of resources and CDM rows; live runs included.';
comment on column run_metrics.duration_seconds is 'Seconds from the trigger to the end, or to now.';
comment on column run_metrics.records_extracted is 'FHIR resources (NDJSON lines) received.';
comment on column run_metrics.records_skipped is 'Resources that are as they were: same content hash, same mapping version. They cost no write.';
comment on column run_metrics.records_loaded is 'Resources whose rows were written.';
comment on column run_metrics.records_mapped is 'Of the loaded ones, those whose every primary code has a Standard concept.';
comment on column run_metrics.records_written is 'CDM rows written.';
comment on column run_metrics.records_excluded is 'Resources rightly not loaded; see exclusions.';
comment on column run_metrics.records_failed is 'Resources that should have been loaded and were not; see failures.';
comment on column run_metrics.records_removed is 'Resources taken out of the CDM: deleted or vanished at the source, or purged. They were not received, so they are no part of the sum.';
comment on column run_metrics.held_by is 'Reasons of failures for which the watermark did not move; empty where it did.';
comment on column run_metrics.export_progress is 'The server''s words on its progress, while it prepares the export.';
comment on column run_metrics.retry_code is 'Of a live run whose last try of a step failed: why. NULL when nothing is being tried again.';
comment on column run_metrics.retry_attempt is 'Tries of that step so far.';
comment on column run_metrics.retry_next_at is 'When that step is tried again; past while it is being tried.';
comment on column run_metrics.retry_steps is 'Steps of the run that are being tried again (several files, say); the one that failed last is shown.';
comment on column run_metrics.records_parked is 'Resources whose Patient has not arrived; they are taken up when it does.';
comment on column run_metrics.records_redriven is 'Resources of earlier runs that were taken up again in this one.';
comment on column run_metrics.mapping_coverage is 'records_mapped in percent of records_loaded; NULL when nothing was loaded.';
comment on column run_metrics.accounted_for is 'extracted + redriven = skipped + loaded + excluded + failed + parked. Never false.';
comment on column run_metrics.error_code is 'Stable code of what it failed for; NULL unless it failed.';
comment on column run_metrics.error_message is 'What was expected, what came, what to do.';
comment on column run_metrics.error_step is 'Step in which it failed.';
comment on column run_metrics.finished_at is 'When it ended; NULL while it is live.';
comment on column run_metrics.kind is 'export (a sync), import, patient, redrive, remap, removal, purge, deletion.';
comment on column run_metrics.mode is 'full (everything) or incremental (since the watermark).';
comment on column run_metrics.next_poll_at is 'When the status of the export is asked for next.';
comment on column run_metrics.retry_failed_at is 'When that step failed last.';
comment on column run_metrics.retry_message is 'What it failed for, in a sentence.';
comment on column run_metrics.retry_step is 'The step that is tried again.';
comment on column run_metrics.rows_deleted is 'CDM rows deleted.';
comment on column run_metrics.since is 'Changes since then were asked for; NULL in a full run.';
comment on column run_metrics.started_at is 'When its first step began.';
comment on column run_metrics.status is 'pending, exporting, downloading, processing; completed, failed, cancelled.';
comment on column run_metrics.transaction_time is 'The server''s time of the export; the next watermark.';
comment on column run_metrics.triggered_by is 'Who or what started it.';
