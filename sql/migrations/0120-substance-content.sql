-- schema: sync
--
-- Ingredients of a Medication may be references to Substances, which have no row of their own.

create table substance_content (
  resource_key  bigint primary key references resource on delete cascade,
  connection_id integer not null,
  fhir_id       text not null,
  content       jsonb not null,
  constraint substance_content_identity unique (connection_id, fhir_id)
);
comment on table substance_content is 'Code and ingredients of Substance resources, which drug_exposure rows are made with where a Medication has them as ingredients.';
comment on table content_use is 'Medications, Substances, Devices, Organizations and Encounters (by FHIR id) that a resource was mapped with. Resources mapped before this table was there have no row in it until they are mapped again.';
comment on column content_use.content_hash is 'resource.content_hash of the version that it was mapped with; empty when that was gone and the resource could not be mapped again.';
