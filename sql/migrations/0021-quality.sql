-- schema: sync
--
-- Results of the data quality checks. What a check is called and means is kept with each assessment's results in
-- quality_check, which the program brings up to date; the threshold that a result was judged by stays with it.

create table quality_check (
  check_id    text primary key,
  kind        text not null,
  name        text not null,
  description text not null,
  constraint quality_check_kind_known check (kind in ('completeness', 'conformance', 'plausibility'))
);
comment on table quality_check is 'The data quality checks, in the kinds of OHDSI''s Data Quality Dashboard.';

create table quality_assessment (
  assessment_id bigint generated always as identity primary key,
  run_id        bigint references run on delete cascade,
  connection_id integer references connection on delete cascade,
  scope         text not null,
  persons       bigint not null,
  assessed_at   timestamptz not null,
  constraint quality_assessment_scope_known check (scope in ('touched', 'all')),
  constraint quality_assessment_of_run check ((scope = 'touched') = (run_id is not null))
);
create index quality_assessment_of_run on quality_assessment (run_id);
create index quality_assessment_of_connection on quality_assessment (connection_id, assessment_id desc);
comment on table quality_assessment is 'One pass of all checks: over the persons that a run touched, or, on demand, over all.';

create table quality_result (
  assessment_id bigint not null references quality_assessment on delete cascade,
  check_id      text not null references quality_check,
  table_name    text not null,
  field_name    text not null,
  violated      bigint not null,
  total         bigint not null,
  threshold     numeric not null,
  primary key (assessment_id, check_id, table_name, field_name),
  constraint quality_result_sane check (violated >= 0 and total >= violated and threshold between 0 and 100)
);
comment on table quality_result is 'Rows that a check looked at (total) and that break its rule (violated). Passed while violated is at most threshold percent of total.';
