-- What waits for something that has not arrived: parked resources (not in the CDM), and others that would be better with it.
create view parked as
select w.resource_key, c.connection_id, c.site_key, r.resource_type, r.fhir_id, r.outcome, r.reason,
  w.target_type as waits_for_type, w.target_id as waits_for_id, w.parked as is_parked, w.since,
  round(extract(epoch from now() - w.since) / 3600, 1) as age_hours, nullif(w.since_run, 0) as since_run
from waiting w
join resource r using (resource_key)
join connection c on c.connection_id = w.connection_id;
comment on view parked is 'Resources that wait for a Patient, visit, Medication or attachment that has not arrived, with how long they have waited.';
comment on column parked.is_parked is 'True: nothing of it is in the CDM. False: it is loaded without what it waits for, e.g. a drug without its Medication.';
comment on column parked.waits_for_id is 'FHIR id; a question mark and a hash where the reference was by business identifier.';
comment on column parked.since_run is 'Run in which it began to wait; NULL when it was loaded before and lost what it cannot be without.';
comment on column parked.age_hours is 'Hours since then.';
comment on column parked.outcome is 'What became of it so far: loaded, excluded, failed, parked.';
comment on column parked.reason is 'Why it waits.';
comment on column parked.since is 'When it began to wait.';
comment on column parked.waits_for_type is 'FHIR type of what it waits for.';
