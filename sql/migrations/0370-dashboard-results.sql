-- schema: sync
--
-- Results of the checks of OHDSI's Data Quality Dashboard, as our own SQL finds them (jobs/quality/dashboard). The status is
-- not stored: it follows from the figures and the threshold of today, so that a threshold is changed without a new pass.

create table dqd_run (
  dqd_run_id integer primary key generated always as identity,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  program text not null,
  source jsonb not null,
  constraint dqd_run_in_order check (ended_at >= started_at)
);
comment on table dqd_run is 'One pass of the checks of OHDSI''s Data Quality Dashboard over the whole CDM, of one moment.';
comment on column dqd_run.program is 'Name and version of the program that made it.';
comment on column dqd_run.source is 'The row of cdm_source at that time; empty where there was none.';

create table dqd_result (
  dqd_run_id integer not null references dqd_run on delete cascade,
  check_id text not null,
  check_name text not null,
  level text not null,
  category text not null,
  subcategory text,
  context text not null,
  table_name text not null,
  field_name text,
  concept_id text,
  description text not null,
  query text not null,
  seconds real not null,
  violated bigint not null,
  total bigint not null,
  not_applicable text,
  default_threshold numeric not null,
  primary key (dqd_run_id, check_id),
  constraint dqd_result_sane check (violated >= 0 and total >= violated and default_threshold between 0 and 100),
  constraint dqd_result_level_known check (level in ('TABLE', 'FIELD', 'CONCEPT'))
);
comment on table dqd_result is 'What each check found: rows that violate it and rows that it applies to.';
comment on column dqd_result.check_id is 'As the Data Quality Dashboard makes it: field_isrequired_person_person_id.';
comment on column dqd_result.concept_id is 'Of level CONCEPT: the concept, or several with commas between.';
comment on column dqd_result.query is 'SQL that gives the two figures of this check alone.';
comment on column dqd_result.seconds is 'Time of the statement that answered it, shared by all checks that it answered.';
comment on column dqd_result.not_applicable is 'Why there was nothing to check: the table or field is missing or empty, or the concept is not used. NULL: it was checked.';
comment on column dqd_result.default_threshold is 'Greatest percentage of violating rows with which it passes, unless dqd_threshold says otherwise.';

create table dqd_threshold (
  check_id text primary key,
  threshold numeric not null,
  note text not null,
  changed_by text not null,
  changed_at timestamptz not null,
  constraint dqd_threshold_sane check (threshold between 0 and 100),
  constraint dqd_threshold_note check (char_length(note) between 1 and 1000)
);
comment on table dqd_threshold is 'Thresholds that the site has set, with the reason. They count at once, also for passes made before.';
