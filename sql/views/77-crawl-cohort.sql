-- Whom syncs by searches are about, and whom they did not find.
create view crawl_cohort as
select p.run_id, c.connection_id, c.site_key, p.n, p.asked, p.patient_id, p.state, p.since,
  cardinality(p.matches) as matches
from crawl_patient p
join run r using (run_id)
join connection c using (connection_id);
comment on view crawl_cohort is 'The patients of syncs by searches (sync_config.level "search"): found, not-found, several Patients with the identifier (none of them is loaded), or twice the same.';
comment on column crawl_cohort.n is 'Place in the cohort.';
comment on column crawl_cohort.asked is 'The business identifier that was looked for (system|value).';
comment on column crawl_cohort.since is 'Changes since then were asked for; NULL for the whole history.';
comment on column crawl_cohort.matches is 'How many Patients have the identifier.';
comment on column crawl_cohort.patient_id is 'FHIR id of the Patient; NULL while it is not known.';
comment on column crawl_cohort.state is 'wanted (not looked for yet), found, not-found, several, twice.';
