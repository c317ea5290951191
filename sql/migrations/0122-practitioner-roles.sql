-- schema: sync
--
-- Visits and events mostly name a Practitioner; what that one practises, and where, stands in PractitionerRoles. It is
-- brought to the Practitioner's provider row when a run closes, whichever of them came first.

create table practitioner_role (
  resource_key    bigint primary key references resource on delete cascade,
  connection_id   integer not null,
  practitioner_id text not null,
  until           text
);
create index practitioner_role_of_connection on practitioner_role (connection_id, practitioner_id);
comment on table practitioner_role is 'PractitionerRoles that are active, and whose they are: a FHIR id, or "?" and the hash of a business identifier.';
comment on column practitioner_role.until is 'End of its period as sent; NULL where it goes on.';

create table provider_from_role (
  resource_key bigint primary key references resource on delete cascade
);
comment on table provider_from_role is 'Practitioners whose provider row has its specialty from a PractitionerRole, since they state none themselves.';
