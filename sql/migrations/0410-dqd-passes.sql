-- schema: sync
--
-- Passes of the Data Quality Dashboard's checks that are asked for through the API: a job a table, what was found so far
-- beside the pass, its results at its end. Passes that are here have ended.

alter table dqd_run
  alter column ended_at drop not null,
  add column state text not null default 'ended',
  add column requested_by text,
  add column tables integer not null default 0,
  add column tables_done integer not null default 0,
  add column error_code text,
  add column error_message text,
  add constraint dqd_run_state_known check (state in ('queued', 'running', 'ended', 'failed', 'cancelled')),
  add constraint dqd_run_live_has_no_end check ((state in ('queued', 'running')) = (ended_at is null)),
  add constraint dqd_run_done_sane check (tables_done between 0 and tables);
create unique index dqd_run_one_live on dqd_run ((true)) where state in ('queued', 'running');
-- The newest one is asked for by each page.
create index dqd_run_ended on dqd_run (ended_at, dqd_run_id) where state = 'ended';
comment on table dqd_run is 'One pass of the checks of OHDSI''s Data Quality Dashboard over the whole CDM: from the command line of one moment, through the API each table as of the moment at which it was read.';
comment on column dqd_run.state is 'queued, running; ended: its results are there; failed, cancelled: it has none.';
comment on column dqd_run.requested_by is 'Who asked for it through the API; NULL of the command line.';
comment on column dqd_run.tables is 'Of one through the API: tables to check, as far as that is known.';
comment on column dqd_run.tables_done is 'Of them, those that are checked.';
comment on column dqd_run.error_code is 'Why it failed.';
comment on column dqd_run.error_message is 'The same in words.';

create table dqd_finding (
  dqd_run_id integer not null references dqd_run on delete cascade,
  table_name text not null,
  findings jsonb not null,
  primary key (dqd_run_id, table_name)
);
comment on table dqd_finding is 'What a pass under way has found, by table: where it goes on after an interruption. Gone when it ends.';
comment on column dqd_finding.findings is 'The checks of the table with their figures.';
