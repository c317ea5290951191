-- schema: sync
--
-- A sync by searches (sync_config.level "search") in place of an export: who is asked for, each search with its place,
-- and how fast the server may be asked. The files of such a run are ours, one a type: pages are appended to them.

alter table run add column crawls boolean not null default false;
comment on column run.crawls is 'Whether the run asks by searches, patient by patient, in place of an export.';

create table crawl (
  run_id        bigint primary key references run on delete cascade,
  connection_id integer not null references connection on delete cascade,
  cohort        text not null,
  planned_at    timestamptz,
  requests      bigint not null default 0,
  throttled     bigint not null default 0,
  constraint crawl_cohort_known check (cohort in ('group', 'list', 'all'))
);
create index crawl_of_connection on crawl (connection_id);
comment on table crawl is 'Per run that asks by searches: whom it is about and how far it is.';
comment on column crawl.cohort is 'group (members of group_id), list (sync_config.cohort), all (every Patient that the server lists).';
comment on column crawl.planned_at is 'When everybody was found and the searches for their data were planned; NULL until then.';
comment on column crawl.requests is 'Pages that came.';
comment on column crawl.throttled is 'Requests that the server refused for a while (429).';

create table crawl_patient (
  run_id     bigint not null references run on delete cascade,
  n          integer not null,
  asked      text,
  patient_id text,
  matches    text[] not null default '{}',
  state      text not null,
  since      text,
  primary key (run_id, n),
  constraint crawl_patient_state_known check (state in ('wanted', 'found', 'not-found', 'several', 'twice'))
);
create unique index crawl_patient_once on crawl_patient (run_id, patient_id) where state = 'found';
comment on table crawl_patient is 'Per run that asks by searches: each patient of the cohort, and what became of looking for them.';
comment on column crawl_patient.asked is 'The business identifier (system|value) that was looked for; NULL for one who is known by id.';
comment on column crawl_patient.matches is 'Ids of Patients that have the identifier.';
comment on column crawl_patient.state is 'wanted (being looked for), found, not-found, several (Patients have the identifier), twice (the same Patient as an earlier entry).';
comment on column crawl_patient.since is 'The patient''s own watermark: only what changed since is asked for; NULL for everything.';

create table crawl_search (
  search_id     bigint generated always as identity primary key,
  run_id        bigint not null references run on delete cascade,
  file_id       bigint references export_file on delete cascade,
  purpose       text not null default 'data',
  phase         smallint not null,
  resource_type text not null,
  n             integer,
  parameters    jsonb not null,
  since         text,
  state         text not null default 'pending',
  next_url      text,
  pages         integer not null default 0,
  resources     bigint not null default 0,
  restarts      smallint not null default 0,
  error_code    text,
  constraint crawl_search_purpose_known check (purpose in ('data', 'identify', 'list')),
  constraint crawl_search_state_known check (state in ('pending', 'queued', 'done', 'failed', 'refused'))
);
create index crawl_search_open on crawl_search (run_id, phase, search_id) where state in ('pending', 'queued');
create index crawl_search_of_run on crawl_search (run_id, resource_type, state);
create index crawl_search_of_file on crawl_search (file_id);
comment on table crawl_search is 'Per run that asks by searches: each search and its place in the pages of its answer. One page is one commit.';
comment on column crawl_search.purpose is 'data (of one patient, or of a type that is nobody''s), identify (a Patient by identifier), list (all Patients of the server).';
comment on column crawl_search.n is 'The patient of the cohort (crawl_patient) that it is about; NULL for a whole type.';
comment on column crawl_search.parameters is 'Search parameters beside _count and _lastUpdated: pairs of name and value.';
comment on column crawl_search.since is 'Asked for by _lastUpdated; NULL for everything, also where the server refuses the parameter.';
comment on column crawl_search.next_url is 'Checkpoint: where the next page is. May name a patient or be signed: never shown, never logged.';
comment on column crawl_search.restarts is 'How often it was begun anew, for a next page that was wrong or had expired.';
comment on column crawl_search.error_code is 'Why it was given up (failed), or why the type cannot be searched (refused).';

create table crawl_page (
  search_id bigint not null references crawl_search on delete cascade,
  mark      bytea not null,
  primary key (search_id, mark)
);
comment on table crawl_page is 'Hashes of the pages of searches under way and of their addresses, by which a server that goes in circles is noticed.';

create table crawl_watermark (
  connection_id integer not null references connection on delete cascade,
  patient_id    text not null,
  scope         text not null,
  watermark     text not null,
  run_id        bigint not null,
  primary key (connection_id, patient_id)
);
comment on table crawl_watermark is 'Up to when everything of a patient was asked for by searches: who joins a cohort, or comes back, gets the history that is missing.';
comment on column crawl_watermark.scope is 'Of the settings with which it was reached, as run.export_scope.';

create table request_pace (
  connection_id integer primary key references connection on delete cascade,
  next_at       timestamptz not null,
  not_before    timestamptz
);
comment on table request_pace is 'When the server of a connection may be asked next, kept for all workers together.';
comment on column request_pace.next_at is 'By limits.requests_per_second.';
comment on column request_pace.not_before is 'What the server said by Retry-After.';
