-- How each connection is doing: every reason why it is not healthy, as data, and in one word the state that the worst of
-- them leads to. This is the one place where that is decided; API, command line and alerts read it here.
create view connection_health as
select f.connection_id, f.site_key, f.site_name, f.is_active,
  last.status as last_status, last.created_at as last_sync_at,
  success.finished_at as last_success_at,
  round(extract(epoch from now() - success.finished_at) / 3600, 1) as hours_since_success,
  f.runs_30d, f.failed_30d,
  round(100.0 * f.completed_30d / nullif(f.completed_30d + f.failed_30d, 0), 1) as success_rate_30d,
  f.failures as records_failed_open,
  f.parked as parked_open,
  round(100.0 * f.mapped / nullif(f.loaded, 0), 2) as mapping_coverage,
  f.watermark,
  f.live_run as live_run_id,
  coalesce((array['paused', 'failing', 'silent', 'never-synced', 'degraded'])[why.worst], 'healthy') as health,
  coalesce(why.reasons, '[]') as reasons,
  f.failures_in_row, f.paused_until, f.last_run as last_run_id
from connection_facts f
-- Three runs of a connection, looked up by their ids: joined as tables, all runs there ever were would be read thrice.
left join lateral (
  select status, created_at, error_step, error_code, error_message from run where run_id = f.last_run offset 0
) last on true
left join lateral (select finished_at from run where run_id = f.last_success offset 0) success on true
left join lateral (select held_by from run where run_id = f.last_export offset 0) export on true
cross join lateral (
  select min(severity) as worst,
    jsonb_agg(
      jsonb_build_object('code', code, 'subject', subject, 'amount', amount, 'run_id', run_id, 'message', message, 'todo', todo)
      order by severity, code, subject
    ) as reasons
  from (
    select 1, 'switched-off', '', null::bigint, null::bigint,
      'The connection is switched off: no sync starts.',
      'Set is_active to true when it is to be synced again.'
    where not f.is_active
    union all
    select 1, 'circuit-breaker', '', f.failures_in_row, f.last_run,
      format('%s in a row failed at the EHR; scheduled syncs are skipped until %s.',
        case f.failures_in_row when 1 then '1 run' else f.failures_in_row || ' runs' end,
        to_char(f.paused_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')),
      'Mend what the last run says; a sync that is started by hand ends the pause.'
    where f.paused_until > now()
    union all
    select 2, 'run-failed', coalesce(last.error_code, ''), null, f.last_run,
      format('Run %s failed in its step "%s" (%s). %s', f.last_run, last.error_step, last.error_code, last.error_message),
      'Mend the cause; then retry the run, or start a new sync.'
    where last.status = 'failed'
    union all
    select 3, 'connection-silent', '', round(extract(epoch from now() - coalesce(success.finished_at, f.created_at)) / 3600)::bigint,
      f.live_run,
      format('%s, although the schedule asks for one.', case when success.finished_at is null
        then 'No sync has ever been completed'
        else 'No sync has been completed since ' || to_char(success.finished_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"') end),
      'See the runs of the connection, and whether workers or ticks run.'
    where f.is_active and f.silent_after < now()
    union all
    select 4, 'never-synced', '', null, f.live_run,
      case when f.live_run is null then 'No sync has been completed yet.'
        else format('No sync has been completed yet; run %s is under way.', f.live_run) end,
      case when f.live_run is null then 'Start a sync, or import files.' end
    where f.last_success is null
    union all
    select 5, 'run-retrying', t.step, t.attempt, t.run_id,
      format('Try %s of step "%s" of run %s failed (%s) and is repeated at %s. %s', t.attempt, t.step, t.run_id, t.code,
        to_char(t.next_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'), t.message),
      'Wait, or mend the cause; the run goes on by itself.'
    from (select * from run_retry where run_id = f.live_run order by failed_at desc limit 1) t
    union all
    select 5, 'watermark-held', '', null, f.last_export,
      format('Run %s was completed, but not all that it asked for was received: the watermark stays at %s.',
        f.last_export, coalesce(f.watermark, 'the beginning')),
      'The next sync asks for the same time again. The reasons are listed beside this one and in the view failures.'
    where cardinality(export.held_by) > 0
    union all
    select 5, h.reason,
      coalesce(string_agg(distinct x.resource_type, ', ' order by x.resource_type) filter (where x.resource_type <> 'OperationOutcome'), ''),
      count(*), f.last_export,
      format('%s (%s).', coalesce(min(k.says), 'Something was not received'), count(*)),
      'See the view failures for what and where.'
    from unnest(export.held_by) as h(reason)
    join failure x on x.run_id = f.last_export and x.reason = h.reason and x.resolved_at is null
    left join (
      -- Every reason that can hold a watermark (jobs/lines/failure-reasons.ts); a test compares them.
      values
        ('server-reported-error', 'The server reported that it could not export everything'),
        ('operation-outcome-in-data', 'The server reported errors in the middle of its data'),
        ('json-document-instead-of-ndjson', 'A file held a JSON document, not NDJSON'),
        ('file-lost', 'A file of the export could not be downloaded'),
        ('search-lost', 'A search could not be asked to its end'),
        ('file-cut-short', 'A file ended in the middle of a line'),
        ('fewer-lines-than-announced', 'A file held fewer resources than the manifest announced'),
        ('file-misread', 'A file proved damaged after parts of it were loaded'),
        ('manifest-without-output', 'The manifest has no list of files, although all was asked for'),
        ('manifest-entry-without-url', 'The manifest names a file without saying where it is'),
        ('deletion-unreadable', 'A deletion could not be read'),
        ('not-json', 'A line was no JSON: cut in two or damaged'),
        ('not-a-resource', 'A line was JSON, but no resource'),
        ('no-resource-type', 'A line did not say which type of resource it holds'),
        ('invalid-utf-8', 'A line was not in UTF-8'),
        ('line-too-long', 'A line was longer than sync_config.limits.max_line_bytes')
    ) k (reason, says) on k.reason = h.reason
    group by h.reason
    union all
    select 5, 'nothing-received', '', 0, f.last_success,
      format('Run %s was completed without a single resource, and so was every sync before it.', f.last_success),
      'Check group_id, export_resource_types and scopes: a server answers with nothing where it finds or allows nothing.'
    where f.received_most = 0
    union all
    select 5, 'type-missing', m.types, m.missing, f.last_export,
      format('No %s came, which full runs before brought or the manifest announced.', m.types),
      'Ask the operator of the EHR whether that is right; check the scopes that are granted.'
    from (
      select string_agg(resource_type, ', ' order by resource_type) as types, count(*) as missing from (
        select g.subject as resource_type
        from (
          select p.run_id from run p join run l on l.run_id = f.last_full_export
          where p.connection_id = f.connection_id and p.kind = 'export' and p.mode = 'full' and p.status = 'completed'
            and p.run_id < f.last_full_export and p.export_scope is not distinct from l.export_scope
          order by p.run_id desc limit 10
        ) earlier
        join run_figure g on g.run_id = earlier.run_id and g.figure = 'extracted'
        where not exists (
          select from run_figure n where n.run_id = f.last_full_export and n.figure = 'extracted' and n.subject = g.subject
        )
        union
        select resource_type from export_file
        where run_id = f.last_export and kind = 'output' and resource_type is not null
        group by resource_type
        having sum(expected_count) > 0 and sum(lines_done) = 0 and bool_and(state = 'done')
      ) missing
    ) m
    where m.missing > 0
    union all
    select 5, 'many-parked', '', f.parked, f.last_success,
      format('%s for a Patient that has not arrived.', case f.parked
        when 1 then '1 resource, a third or more of what there is, waits'
        else f.parked || ' resources, a third or more of what there is, wait' end),
      'See the view parked. Are Patients exported, are they of the same Group, are they allowed by the scopes?'
    where f.last_success is not null and 3 * f.parked >= f.loaded + f.parked and f.parked > 0
    union all
    select 5, 'many-failures', '', o.failures, f.last_success,
      format('%s not: %s.', case o.failures
        when 1 then '1 resource, 1 % or more of what there is, should be in the CDM and is'
        else o.failures || ' resources, 1 % or more of what there is, should be in the CDM and are' end, o.reasons),
      'See the view failures. What is mended at the source comes with the next sync or import; after any other fix, redrive maps again what is kept.'
    from (
      select sum(n)::bigint as failures, string_agg(format('%s (%s)', reason, n), ', ' order by n desc) filter (where place <= 3) as reasons
      from (
        select reason, count(*) as n, row_number() over (order by count(*) desc) as place from failure
        -- The first two are asked before anything is counted.
        where f.last_success is not null and 100 * f.failures >= f.loaded + f.failures
          and connection_id = f.connection_id and resolved_at is null and reason <> all(coalesce(export.held_by, '{}'))
        group by reason
      ) by_reason
    ) o
    where 100 * o.failures >= f.loaded + o.failures and o.failures > 0
    union all
    -- Notices of weight. What a short file lacks is not asked for again until a full run; the others are of the last run.
    select 5, n.code, n.subject, n.amount, n.run_id, n.message, null
    from run_notice n
    where n.code = 'fewer-lines-than-announced' and n.run_id in (
        select run_id from run
        where connection_id = f.connection_id and kind = 'export' and status = 'completed' and run_id >= f.last_full
          and not 'fewer-lines-than-announced' = any(held_by)
      )
      or n.code in ('scope-not-granted', 'group-membership-refused', 'search-type-refused', 'cohort-not-found') and n.run_id = f.last_export
      or n.code = 'disk-low' and n.run_id = f.live_run
  ) r (severity, code, subject, amount, run_id, message, todo)
) why;
comment on view connection_health is 'Per connection: how it is doing in one word with the reasons, last sync, last success, success rate of 30 days, open failures, parked resources, watermark.';
comment on column connection_health.health is 'The worst that its reasons lead to: paused (switched off, or by the circuit breaker), failing (the last run failed), silent (by its schedule a sync is overdue), never-synced, degraded (syncs are completed, but not well), healthy.';
comment on column connection_health.reasons is 'Array of {code, subject, amount, run_id, message, todo}; empty when healthy. As rows: health_reasons.';
comment on column connection_health.success_rate_30d is 'Completed runs in percent of completed and failed ones, last 30 days.';
comment on column connection_health.mapping_coverage is 'Of the resources that all its runs loaded, those whose codes all have a Standard concept, in percent; NULL when nothing was ever loaded.';
comment on column connection_health.last_status is 'How its last run ended.';
comment on column connection_health.paused_until is 'Circuit breaker: the EHR failed several times in a row, so scheduled syncs are skipped until then. A sync started by hand ends the pause.';
comment on column connection_health.hours_since_success is 'Hours since the end of the last completed sync or import; NULL before the first.';
comment on column connection_health.last_run_id is 'The last run that ended, of any kind.';
comment on column connection_health.last_success_at is 'End of the last completed sync or import.';
comment on column connection_health.last_sync_at is 'Begin of the last run that ended.';
comment on column connection_health.live_run_id is 'The run under way; NULL when there is none.';
comment on column connection_health.parked_open is 'Resources that wait for their Patient or visit.';
comment on column connection_health.records_failed_open is 'Resources that should be in the CDM and are not.';
