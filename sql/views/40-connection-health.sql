-- How each connection is doing, in one word and in figures. A remap, redrive, removal or purge brings
-- nothing from the EHR, so it is no success.
create view connection_health as
select c.connection_id, c.site_key, c.site_name, c.is_active,
  last.status as last_status, last.created_at as last_sync_at,
  success.finished_at as last_success_at,
  round(extract(epoch from now() - success.finished_at) / 3600, 1) as hours_since_success,
  recent.runs as runs_30d, recent.failed as failed_30d,
  round(100.0 * recent.completed / nullif(recent.completed + recent.failed, 0), 1) as success_rate_30d,
  coalesce(open_failures.failures, 0) as records_failed_open,
  coalesce(parked.resources, 0) as parked_open,
  success.mapping_coverage,
  c.watermark,
  live.run_id as live_run_id,
  case
    when not c.is_active then 'inactive'
    when last.status is null then 'never-synced'
    when c.paused_until > now() then 'paused'
    when last.status = 'failed' then 'failing'
    when success.finished_at < now() - interval '3 days' and live.run_id is null and c.sync_config ? 'schedule' then 'stale'
    else 'healthy'
  end as health,
  c.failures_in_row, c.paused_until
from connection c
-- Counted once for all connections: each of them is a walk through an index.
left join (
  select connection_id, count(*) as failures from failure where resolved_at is null group by connection_id
) open_failures using (connection_id)
left join (
  select connection_id, count(*) as resources from waiting where parked group by connection_id
) parked using (connection_id)
left join lateral (
  select status, created_at from run where connection_id = c.connection_id
    and status in ('completed', 'failed', 'cancelled') order by run_id desc limit 1
) last on true
left join lateral (
  select finished_at, round(100.0 * records_mapped / nullif(records_loaded, 0), 2) as mapping_coverage
  from run where connection_id = c.connection_id and status = 'completed' and kind in ('export', 'import') order by run_id desc limit 1
) success on true
left join lateral (
  select run_id from run where connection_id = c.connection_id
    and status in ('pending', 'exporting', 'downloading', 'processing')
) live on true
cross join lateral (
  select count(*) as runs, count(*) filter (where status = 'completed') as completed,
    count(*) filter (where status = 'failed') as failed
  from run where connection_id = c.connection_id and created_at > now() - interval '30 days'
) recent;
comment on view connection_health is 'Per connection: last sync, last success, success rate of 30 days, open failures, parked resources, watermark.';
comment on column connection_health.health is 'inactive, never-synced, paused (see paused_until), failing (the last run failed), stale (has a schedule, no success for three days), healthy.';
comment on column connection_health.success_rate_30d is 'Completed runs in percent of completed and failed ones, last 30 days.';
comment on column connection_health.paused_until is 'Circuit breaker: the EHR failed several times in a row, so scheduled syncs are skipped until then. A sync started by hand ends the pause.';
