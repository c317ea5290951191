-- schema: sync
--
-- What resources say about each other, kept beside their rows so that it can be applied, changed and taken back
-- whichever of the two comes first, changes or goes: roles of diagnoses, members of panels, merged Patients,
-- business identifiers.

create table diagnosis_role (
  resource_key      bigint not null references resource on delete cascade,
  connection_id     integer not null,
  condition_id      text not null,
  status_concept_id integer not null,
  primary key (resource_key, condition_id, status_concept_id)
);
comment on table diagnosis_role is 'Encounter.diagnosis: what a Condition (by FHIR id) was in an Encounter, as a concept of Condition Status. Applied when a run closes.';

create table condition_own_status (
  resource_key      bigint primary key references resource on delete cascade,
  status_concept_id integer
);
comment on table condition_own_status is 'Status that a Condition states itself, while a role in an Encounter stands in its condition_occurrence rows.';

create table resource_link (
  resource_key            bigint not null references resource on delete cascade,
  connection_id           integer not null,
  person_id               bigint not null,
  relationship_concept_id integer not null,
  reverse_concept_id      integer not null,
  target_type             text not null,
  target_id               text not null,
  primary key (resource_key, relationship_concept_id, target_type, target_id)
);
create index resource_link_of_person on resource_link (person_id);
comment on table resource_link is 'hasMember, derivedFrom and partOf of clinical resources, by FHIR id. fact_relationship is built from it, both ways, when a run closes.';

create table written_fact (
  person_id               bigint not null,
  domain_concept_id_1     integer not null,
  fact_id_1               bigint not null,
  domain_concept_id_2     integer not null,
  fact_id_2               bigint not null,
  relationship_concept_id integer not null
);
create index written_fact_of_person on written_fact (person_id);
comment on table written_fact is 'Rows of fact_relationship that are ours, by person: that table names none, and may hold others.';

create table patient_link (
  resource_key  bigint not null references resource on delete cascade,
  connection_id integer not null,
  replaced_id   text not null,
  survivor_id   text not null,
  primary key (resource_key, replaced_id, survivor_id)
);
create index patient_link_of_connection on patient_link (connection_id, replaced_id);
comment on table patient_link is 'Patient.link replaced-by and replaces, as the Patient resource_key says it.';

create table patient_merge (
  connection_id integer not null references connection on delete cascade,
  replaced_id   text not null,
  person_id     bigint not null,
  primary key (connection_id, replaced_id)
);
comment on table patient_merge is 'Patients that are no persons, since the surviving one (person_id) is: their events are that person''s.';

create table merged_resource (
  resource_key  bigint primary key references resource on delete cascade,
  connection_id integer not null,
  replaced_id   text not null,
  person_id     bigint not null
);
create index merged_resource_of_patient on merged_resource (connection_id, replaced_id);
comment on table merged_resource is 'Resources of a replaced Patient, whose rows are at present those of person_id.';

create table resource_identifier (
  resource_key  bigint not null references resource on delete cascade,
  connection_id integer not null,
  resource_type text not null,
  hash          text not null,
  primary key (resource_key, hash)
);
create index resource_identifier_by_hash on resource_identifier (connection_id, resource_type, hash);
comment on table resource_identifier is 'SHA-256 of system|value of the business identifiers of providers and places, for references that name them so. Never of Patients.';

create table device_content (
  resource_key  bigint primary key references resource on delete cascade,
  connection_id integer not null,
  fhir_id       text not null,
  content       jsonb not null,
  constraint device_content_identity unique (connection_id, fhir_id)
);
comment on table device_content is 'What Device resources are, which rows of their uses and procedures are made with.';
