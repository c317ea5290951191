-- schema: cdm
--
-- Rows that belong to a part of a visit, found by it: an event may name the stay of another person (a newborn, its
-- mother; a mistake), so the person does not lead there. Most rows belong to no part, and these indexes stay small.

create index idx_condition_occurrence_visit_detail_id on condition_occurrence (visit_detail_id) where visit_detail_id is not null;
create index idx_drug_exposure_visit_detail_id on drug_exposure (visit_detail_id) where visit_detail_id is not null;
create index idx_procedure_occurrence_visit_detail_id on procedure_occurrence (visit_detail_id) where visit_detail_id is not null;
create index idx_device_exposure_visit_detail_id on device_exposure (visit_detail_id) where visit_detail_id is not null;
create index idx_measurement_visit_detail_id on measurement (visit_detail_id) where visit_detail_id is not null;
create index idx_observation_visit_detail_id on observation (visit_detail_id) where visit_detail_id is not null;
create index idx_note_visit_detail_id on note (visit_detail_id) where visit_detail_id is not null;
create index idx_visit_detail_parent_visit_detail_id on visit_detail (parent_visit_detail_id) where parent_visit_detail_id is not null;
