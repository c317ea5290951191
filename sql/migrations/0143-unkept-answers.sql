-- schema: sync
--
-- An Observation whose code is a finding, drug, procedure or device is a row of a table that has no column for its
-- answer. The answer is kept here, so that it can be checked that it asserts what the row says.

create table unkept_answer (
  resource_key     bigint not null references resource on delete cascade,
  table_name       text not null,
  value_concept_id integer,
  value_as_sent    text
);
create index unkept_answer_of_resource on unkept_answer (resource_key);
comment on table unkept_answer is 'Answers of Observations whose rows are in CDM tables without a column for them. Resources mapped before this table was there have none until they are mapped again.';
comment on column unkept_answer.value_concept_id is 'Standard concept of the answer; 0 where it has none, NULL where it was text.';
