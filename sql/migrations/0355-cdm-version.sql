-- schema: sync
--
-- The version of the OMOP CDM, and what specimens the observations were made on. A new database starts as 5.4, and
-- `migrate` moves it on where another version is wanted.

create table cdm_version (
  only_one boolean primary key default true check (only_one),
  version  text not null check (version in ('5.4', '5.5')),
  moves    integer not null default 0,
  since    timestamptz not null default now()
);
comment on table cdm_version is 'Which version of the OMOP CDM the tables are of: one row. Whoever reads it keeps the version in place until the transaction ends.';
comment on column cdm_version.moves is 'How often the version has changed. Going back loses values, so what was mapped before is not what the same version gives after.';
comment on column cdm_version.since is 'When the tables became of this version.';

insert into cdm_version (version) values ('5.4');

create table specimen_use (
  resource_key  bigint primary key references resource on delete cascade,
  connection_id integer not null,
  specimen_id   text not null
);
create index specimen_use_of_specimen on specimen_use (connection_id, specimen_id);
comment on table specimen_use is 'Observation.specimen: the Specimen (by FHIR id) that an Observation was made on. With CDM 5.5 specimens get their visit from it when a run closes; with 5.4 nothing is written here.';
