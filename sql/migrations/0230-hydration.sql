-- schema: sync
--
-- What exports refer to and leave out (Medications, at many sites) is asked of the server, resource by resource, before a
-- run closes. What it answered is remembered, so that nothing is asked for in every run anew.

create table hydration_request (
  connection_id integer not null references connection on delete cascade,
  resource_type text not null,
  fhir_id       text not null,
  state         text not null,
  reason        text,
  tries         smallint not null default 0,
  run_id        bigint not null,
  asked_at      timestamptz,
  found_at      timestamptz,
  primary key (connection_id, resource_type, fhir_id),
  constraint hydration_request_state_known check (state in ('wanted', 'found', 'not-found', 'refused', 'unavailable'))
);
create index hydration_request_wanted on hydration_request (connection_id, tries, resource_type, fhir_id) where state = 'wanted';
comment on table hydration_request is 'Resources that others refer to and that the export left out: what the server answered when it was asked for them one by one.';
comment on column hydration_request.state is 'wanted (to be asked in the live run), found, not-found, refused (asked again after hydrate.retry_after_days), unavailable (no answer: asked again by the next sync).';
comment on column hydration_request.reason is 'Why it did not come: status-404, wrong-resource, too-large …; NULL when it came.';
comment on column hydration_request.tries is 'Questions in this run that the server did not answer.';
comment on column hydration_request.run_id is 'The run that asked last, or is about to.';
comment on column hydration_request.found_at is 'When it came last.';

create table hydration_count (
  run_id        bigint not null references run on delete cascade,
  resource_type text not null,
  wanted        integer not null,
  asked         integer not null,
  found         integer not null,
  not_found     integer not null,
  refused       integer not null,
  unavailable   integer not null,
  primary key (run_id, resource_type),
  constraint hydration_count_accounting check (asked = found + not_found + refused + unavailable)
);
comment on table hydration_count is 'Per run and type: resources that were asked for one by one, and what became of that.';
comment on column hydration_count.wanted is 'Not asked for yet; 0 once the run has ended.';
comment on column hydration_count.unavailable is 'Asked in vain, or not at all since the server refuses the whole type: the next sync asks again.';

create table hydration_search (
  connection_id integer not null references connection on delete cascade,
  resource_type text not null,
  works         boolean not null,
  tried_at      timestamptz not null,
  primary key (connection_id, resource_type)
);
comment on table hydration_search is 'Whether the server takes several ids in one search (_id=a,b,c), tried once for each type; where it does not, it is asked by one read an id.';

alter table run add column hydrating boolean not null default false,
  add column hydration_round smallint not null default 0,
  add column hydration_batch integer not null default 0;
comment on column run.hydrating is 'References that the export left open are being asked for: a job does that, or waits to.';
comment on column run.hydration_round is 'What is asked for may refer to more, to a bounded depth: how often the run has begun to ask.';
comment on column run.hydration_batch is 'The batch that is being asked for: a job of an earlier one does nothing.';

alter table export_file drop constraint export_file_kind_known,
  add constraint export_file_kind_known check (kind in ('output', 'deleted', 'error', 'members', 'hydrated'));
create unique index export_file_hydrated on export_file (run_id, resource_type) where kind = 'hydrated';
comment on column export_file.kind is 'output, deleted, error, members of a Group; hydrated: no file of the server, but what was asked for one by one, a file a type.';
