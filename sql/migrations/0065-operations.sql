-- schema: sync
--
-- What an operator may ask for besides a sync, each a run of its own kind (so one at a time per connection, with
-- accounting, checkpoint and retry): failures mapped again, what vanished at the source found and taken out, a patient
-- purged, a connection taken out with its rows. And the circuit breaker of a connection.

alter table run drop constraint run_kind_known;
alter table run add constraint run_kind_known check (kind in ('export', 'import', 'remap', 'redrive', 'removal', 'purge'));
alter table run add column asked jsonb;
alter table run add column reconciles boolean not null default false;
comment on column run.kind is 'export, import; remap (stored resources mapped with a new vocabulary), redrive (failures mapped again), removal (of what vanished, or of a whole connection), purge (of a patient).';
comment on column run.asked is 'What exactly was asked for, of kinds other than export and import: filters and ids of ours.';
comment on column run.reconciles is 'A full export that is compared with what is stored when it closes (see reconciliation).';

alter table connection add column failures_in_row integer not null default 0;
alter table connection add column paused_until timestamptz;
comment on column connection.failures_in_row is 'Runs that failed one after the other for the EHR''s reasons: at export, poll or download.';
comment on column connection.paused_until is 'Circuit breaker: scheduled syncs are skipped until then. A sync that a person starts closes it.';

create table seen_resources (
  chunk_id      bigint primary key references chunk on delete cascade,
  run_id        bigint not null references run on delete cascade,
  resource_keys bigint[] not null
);
create index seen_resources_of_run on seen_resources (run_id);
comment on table seen_resources is 'Resources that a chunk of a reconciling run held, unchanged ones too (which write nothing else). Kept until the run closes.';

create table reconciliation (
  run_id          bigint primary key references run on delete cascade,
  connection_id   integer not null references connection on delete cascade,
  compared_at     timestamptz not null,
  types           text[] not null,
  types_missing   text[] not null,
  stored          bigint not null,
  vanished        bigint not null,
  obstacles       text[] not null,
  doubts          text[] not null,
  confirmed_at    timestamptz,
  confirmed_by    text,
  removal_run     bigint,
  constraint reconciliation_sane check (vanished <= stored)
);
create index reconciliation_of_connection on reconciliation (connection_id, run_id desc);
comment on table reconciliation is 'A full export compared with what was stored: one row a reconciling run.';
comment on column reconciliation.types is 'Resource types that came in the export, and so were compared.';
comment on column reconciliation.types_missing is 'Types that are stored and were asked for, of which nothing came: not compared, since a missing grant looks the same.';
comment on column reconciliation.stored is 'Resources of the compared types that were stored before the run.';
comment on column reconciliation.vanished is 'Of these, the ones that the export did not hold.';
comment on column reconciliation.obstacles is 'Why nothing may be removed: the export was not complete, or asked for something else than before.';
comment on column reconciliation.doubts is 'Why removing needs an explicit override.';
comment on column reconciliation.removal_run is 'The run that takes them out, once confirmed.';

create table vanished (
  run_id       bigint not null references reconciliation on delete cascade,
  resource_key bigint not null references resource on delete cascade,
  removed      boolean not null default false,
  primary key (run_id, resource_key)
);
create index vanished_resource on vanished (resource_key);
comment on table vanished is 'Resources that were stored and that the full export did not hold.';
comment on column vanished.removed is 'Its rows were taken out, or it had come again before they could be.';

create index resource_excluded on resource (connection_id, resource_key) where outcome = 'excluded';
