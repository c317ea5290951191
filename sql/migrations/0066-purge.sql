-- schema: sync
--
-- Patients whose data were purged (GDPR, opt-out) and must not be loaded again. The list itself tells nobody who they
-- are: it holds HMACs with a secret of the connection, which is sealed with ENCRYPTION_KEY.

create table blocklist_secret (
  connection_id integer primary key references connection on delete cascade,
  secret_sealed text not null
);
comment on table blocklist_secret is 'Key of the HMACs of purge_patient: random, sealed like other secrets. Without ENCRYPTION_KEY nothing of a connection with purges is loaded.';

create table purge (
  purge_id           integer generated always as identity primary key,
  connection_id      integer not null references connection on delete cascade,
  reason             text not null,
  requested_by       text not null,
  requested_at       timestamptz not null,
  patient_ids_sealed text,
  run_id             bigint,
  resources          integer,
  finished_at        timestamptz,
  lifted_at          timestamptz,
  lifted_by          text,
  constraint purge_forgets check (finished_at is null or patient_ids_sealed is null)
);
create index purge_of_connection on purge (connection_id, purge_id desc);
comment on table purge is 'Each request to purge a patient. Without their id once it is done.';
comment on column purge.patient_ids_sealed is 'FHIR ids of the Patient and of those merged with it, sealed; NULL when the purge is done.';
comment on column purge.resources is 'Resources that were purged.';
comment on column purge.lifted_at is 'From then on the patient may be loaded again, when the server sends it.';

create table purge_patient (
  purge_id      integer not null references purge on delete cascade,
  connection_id integer not null,
  patient_hash  bytea not null,
  primary key (purge_id, patient_hash)
);
create index purge_patient_of_connection on purge_patient (connection_id);
comment on table purge_patient is 'HMAC-SHA-256 of each Patient id of a purge.';

create table purge_target (
  purge_id     integer not null references purge on delete cascade,
  resource_key bigint not null,
  primary key (purge_id, resource_key)
);
comment on table purge_target is 'Resources of the patient that were found in retained lines, while a purge is under way.';
