-- schema: cdm
--
-- Purges and merges of patients look for their persons among the members of cohorts.

create index if not exists cohort_subject on cohort (subject_id);
