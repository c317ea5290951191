-- schema: sync
--
-- A source may send some times by its wall clock and others in UTC, which then lie a day apart: whether it does is told
-- when a run closes.

create table chunk_clock (
  chunk_id      bigint not null references chunk on delete cascade,
  run_id        bigint not null,
  resource_type text not null,
  clock         text not null constraint chunk_clock_known check (clock in ('utc', 'offset')),
  resources     integer not null,
  primary key (chunk_id, resource_type, clock)
);
create index chunk_clock_of_run on chunk_clock (run_id);
comment on table chunk_clock is 'How many loaded resources of a chunk have times in UTC, and how many with another offset. Only of connections without mapping.timezone.';
