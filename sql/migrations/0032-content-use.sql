-- schema: sync
--
-- Which resources were mapped with the content of a Medication or Device, and with which version of it: when that
-- changes or goes, they are mapped again, though the server does not send them.

create table content_use (
  resource_key  bigint not null references resource on delete cascade,
  connection_id integer not null,
  content_type  text not null,
  content_id    text not null,
  content_hash  bytea not null,
  primary key (resource_key, content_type, content_id)
);
create index content_use_of_content on content_use (connection_id, content_type, content_id);
comment on table content_use is 'Medications and Devices (by FHIR id) that a resource was mapped with. Resources mapped before this table was there have no row in it until they are mapped again.';
comment on column content_use.content_hash is 'resource.content_hash of the version of the Medication or Device; empty when it was gone and the resource could not be mapped again.';
