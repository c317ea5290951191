-- schema: sync
--
-- Why steps of a live run are tried again: a run that waits says what for.

create table run_retry (
  run_id    bigint not null references run on delete cascade,
  step      text not null,
  item      bigint not null default 0,
  attempt   integer not null,
  code      text not null,
  message   text not null,
  failed_at timestamptz not null,
  next_at   timestamptz not null,
  primary key (run_id, step, item)
);
comment on table run_retry is 'Steps of live runs that failed and are tried again: one row a step, gone when it succeeds or the run ends. Ids, codes and counts only.';
comment on column run_retry.item is 'The file_id or chunk_id that the step is at; 0 where a run has only one such step.';
comment on column run_retry.attempt is 'Tries so far.';
comment on column run_retry.next_at is 'When it is tried again; past while it is being tried.';
