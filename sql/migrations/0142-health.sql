-- schema: sync
--
-- What the health of a connection is told from: what held the watermark, from when on a connection with a schedule is
-- silent, and alerts of more kinds.

alter table run add column held_by text[] not null default '{}';
comment on column run.held_by is 'Reasons of the failures for which the watermark did not move when the run closed; empty where it moved.';

update run r set held_by = (
  select coalesce(array_agg(distinct f.reason order by f.reason), '{}') from failure f
  where f.run_id = r.run_id and f.resolved_at is null and f.reason in (
    'server-reported-error', 'operation-outcome-in-data', 'json-document-instead-of-ndjson', 'file-lost',
    'file-cut-short', 'fewer-lines-than-announced', 'file-misread', 'deletion-unreadable'
  )
)
where r.kind = 'export' and r.status = 'completed';

alter table connection add column silent_after timestamptz;
comment on column connection.silent_after is 'Without a completed sync until then the connection counts as silent: when the next one is due by its schedule, and alerts.silent_hours. NULL without a schedule.';

create index failure_open_by_reason on failure (connection_id, reason) where resolved_at is null;

alter table alert drop constraint alert_kind_known;
alter table alert add constraint alert_kind_known check (kind in (
  'unmapped-jump', 'volume-far', 'run-long', 'run-failed', 'watermark-held', 'connection-silent',
  'nothing-received', 'type-missing', 'many-parked'
));
