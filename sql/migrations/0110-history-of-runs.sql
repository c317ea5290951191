-- schema: sync
--
-- Encounters date the events that have no date of their own: those that a run has changed are found by its history, for
-- there are many Encounters and few of them change.

create index resource_history_of_run on resource_history (run_id);

comment on table content_use is 'Medications, Devices and Encounters (by FHIR id) that a resource was mapped with. Resources mapped before this table was there have no row in it until they are mapped again.';
comment on column content_use.content_hash is 'resource.content_hash of the version of the Medication, Device or Encounter; empty when it was gone and the resource could not be mapped again.';
