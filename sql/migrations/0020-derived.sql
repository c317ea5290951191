-- schema: sync
--
-- What the derived tables (observation_period, the eras) need to be built again for the right persons only.

create table touched_persons (
  run_id     bigint not null references run on delete cascade,
  person_ids bigint[] not null
);
create index touched_persons_of_run on touched_persons (run_id);
comment on table touched_persons is 'Persons of whom a chunk wrote or deleted rows: one row a chunk. Kept until a run of the connection closes, so what a failed run touched is made good by the next.';
comment on column touched_persons.person_ids is 'An array and no key over persons: chunks that are mapped at the same time touch the same persons and must not wait for each other.';

create table open_period (
  person_id             bigint primary key,
  connection_id         integer not null references connection on delete cascade,
  observation_period_id bigint,
  ends_on               date,
  again_on              date,
  constraint open_period_has_reason check (ends_on is not null or again_on is not null)
);
create index open_period_of_connection on open_period (connection_id);
comment on table open_period is 'Persons whose last observation period was cut at the day of the data pull: it grows with each later run, whether or not that run touches them, so that many incremental runs end where one full load does.';
comment on column open_period.ends_on is 'Where the period ends once the data reach that far (last event or death + 60 days).';
comment on column open_period.again_on is 'Date of the first event that lies after the data pull: the person is derived again when the data reach it.';
