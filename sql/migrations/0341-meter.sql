-- schema: sync
-- What processes measure and no other table tells: how long steps, requests to EHRs and requests to the API took, and how
-- they ended. Each process adds what it measured since it last did, so the sums are those of all processes, whenever
-- they lived, and /metrics reads them in one place.
create table meter (
  name          text not null,
  connection_id integer references connection on delete cascade,
  label         text not null default '',
  outcome       text not null default '',
  observed      bigint not null,
  seconds       double precision not null,
  buckets       bigint[] not null
);
create unique index meter_once on meter (name, coalesce(connection_id, 0), label, outcome);
create index meter_by_connection on meter (connection_id);
comment on table meter is 'Histograms that all processes add to: durations by kind, connection and how it ended.';
comment on column meter.name is 'What is measured: step, ehr-request, token-error, api-request.';
comment on column meter.connection_id is 'Of which connection; NULL where it is of none.';
comment on column meter.label is 'Step, or operation of the API; empty where there is only one.';
comment on column meter.outcome is 'How it ended: done, retry, failed; a class of HTTP status; an error code.';
comment on column meter.observed is 'How many.';
comment on column meter.seconds is 'Their durations together.';
comment on column meter.buckets is 'How many took no longer than each of the bounds in jobs/step/meters.ts; not added up.';
