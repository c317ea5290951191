-- schema: sync
--
-- When the next sync of each connection with a schedule is due. The job that starts it waits in the queue under the same
-- time; one with another time has been overtaken by a change, and does nothing.

create table sync_schedule (
  connection_id integer primary key references connection on delete cascade,
  schedule      jsonb not null,
  set_at        timestamptz not null,
  due_at        timestamptz not null
);
comment on table sync_schedule is 'Schedules of connections that are active, and when each is due next.';
comment on column sync_schedule.connection_id is 'Connection that is synced.';
comment on column sync_schedule.schedule is 'sync_config.schedule as it was when due_at was computed.';
comment on column sync_schedule.set_at is 'Since when the schedule is as it is.';
comment on column sync_schedule.due_at is 'When the next sync starts: jitter is in it, and no blackout holds it. In the past while nothing runs that could start it.';
