-- schema: sync
--
-- The words of documents that are attached by URL are asked of the server (hydrate.notes), one by one.

create table attachment_content (
  resource_key  bigint primary key references resource on delete cascade,
  connection_id integer not null,
  fhir_id       text not null,
  content       jsonb not null,
  constraint attachment_content_identity unique (connection_id, fhir_id)
);
comment on table attachment_content is 'Words of attachments (Binary resources, and what is at other URLs, by a hash of that), which notes are made with.';
comment on column attachment_content.content is 'What others are mapped with; a JSON string where it is sealed (SEAL_CHUNKS).';
comment on column content_use.content_type is 'Medication, Substance, Device, Binary, Organization, Encounter or Patient.';
