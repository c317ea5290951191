-- schema: sync
--
-- A resource is mapped again when the content that it was mapped with changes, not when anything in the resource that has
-- the content does. Rows from before have the hash of that resource: they are mapped again once, as it changes.

comment on table content_use is 'Medications, Substances, Devices, Binaries, Organizations, Encounters and Patients (by FHIR id) that a resource was mapped with. Resources mapped before this table was there have no row in it until they are mapped again.';
comment on column content_use.content_hash is 'SHA-256 of the content that it was mapped with, as canonical JSON; resource.content_hash of its resource where it was mapped before November 2026; empty when the content was gone and the resource could not be mapped again.';
