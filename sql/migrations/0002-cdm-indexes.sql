-- schema: cdm
--
-- Indexes for the columns that OHDSI's tools join and filter on: the person, the concept and the visit of each event,
-- and the vocabulary by code, class, domain and relationship. Nothing is clustered: rows arrive for ever, so the order
-- would not last. A column that leads another index (vocabulary_id) has none of its own.

-- Events
create index idx_person_gender_concept_id on person (gender_concept_id);
create index idx_observation_period_person_id on observation_period (person_id);
create index idx_visit_occurrence_person_id on visit_occurrence (person_id);
create index idx_visit_occurrence_visit_concept_id on visit_occurrence (visit_concept_id);
create index idx_visit_detail_person_id on visit_detail (person_id);
create index idx_visit_detail_visit_detail_concept_id on visit_detail (visit_detail_concept_id);
create index idx_visit_detail_visit_occurrence_id on visit_detail (visit_occurrence_id);
create index idx_condition_occurrence_person_id on condition_occurrence (person_id);
create index idx_condition_occurrence_condition_concept_id on condition_occurrence (condition_concept_id);
create index idx_condition_occurrence_visit_occurrence_id on condition_occurrence (visit_occurrence_id);
create index idx_drug_exposure_person_id on drug_exposure (person_id);
create index idx_drug_exposure_drug_concept_id on drug_exposure (drug_concept_id);
create index idx_drug_exposure_visit_occurrence_id on drug_exposure (visit_occurrence_id);
create index idx_procedure_occurrence_person_id on procedure_occurrence (person_id);
create index idx_procedure_occurrence_procedure_concept_id on procedure_occurrence (procedure_concept_id);
create index idx_procedure_occurrence_visit_occurrence_id on procedure_occurrence (visit_occurrence_id);
create index idx_device_exposure_person_id on device_exposure (person_id);
create index idx_device_exposure_device_concept_id on device_exposure (device_concept_id);
create index idx_device_exposure_visit_occurrence_id on device_exposure (visit_occurrence_id);
create index idx_measurement_person_id on measurement (person_id);
create index idx_measurement_measurement_concept_id on measurement (measurement_concept_id);
create index idx_measurement_visit_occurrence_id on measurement (visit_occurrence_id);
create index idx_observation_person_id on observation (person_id);
create index idx_observation_observation_concept_id on observation (observation_concept_id);
create index idx_observation_visit_occurrence_id on observation (visit_occurrence_id);
create index idx_death_person_id on death (person_id);
create index idx_note_person_id on note (person_id);
create index idx_note_note_type_concept_id on note (note_type_concept_id);
create index idx_note_visit_occurrence_id on note (visit_occurrence_id);
create index idx_note_nlp_note_id on note_nlp (note_id);
create index idx_note_nlp_note_nlp_concept_id on note_nlp (note_nlp_concept_id);
create index idx_specimen_person_id on specimen (person_id);
create index idx_specimen_specimen_concept_id on specimen (specimen_concept_id);
create index idx_fact_relationship_domain_concept_id_1 on fact_relationship (domain_concept_id_1);
create index idx_fact_relationship_domain_concept_id_2 on fact_relationship (domain_concept_id_2);
create index idx_fact_relationship_relationship_concept_id on fact_relationship (relationship_concept_id);

-- Costs, derived tables and cohorts
create index idx_payer_plan_period_person_id on payer_plan_period (person_id);
create index idx_cost_cost_event_id on cost (cost_event_id);
create index idx_drug_era_person_id on drug_era (person_id);
create index idx_drug_era_drug_concept_id on drug_era (drug_concept_id);
create index idx_dose_era_person_id on dose_era (person_id);
create index idx_dose_era_drug_concept_id on dose_era (drug_concept_id);
create index idx_condition_era_person_id on condition_era (person_id);
create index idx_condition_era_condition_concept_id on condition_era (condition_concept_id);
create index idx_episode_person_id on episode (person_id);
create index idx_metadata_metadata_concept_id on metadata (metadata_concept_id);
create index idx_cohort_cohort_definition_id on cohort (cohort_definition_id);
create index idx_cohort_subject_id on cohort (subject_id);

-- Vocabulary. (vocabulary_id, concept_code) finds the concept of a code; (concept_id_1, relationship_id) its targets.
-- A vocabulary load builds whatever indexes it finds here on the new tables too, under the same names.
create index idx_concept_vocabulary_code on concept (vocabulary_id, concept_code);
create index idx_concept_concept_code on concept (concept_code);
create index idx_concept_domain_id on concept (domain_id);
create index idx_concept_concept_class_id on concept (concept_class_id);
create index idx_concept_relationship_id_1 on concept_relationship (concept_id_1, relationship_id);
create index idx_concept_relationship_id_2 on concept_relationship (concept_id_2);
create index idx_concept_relationship_relationship on concept_relationship (relationship_id);
create index idx_concept_synonym_concept_id on concept_synonym (concept_id);
create index idx_concept_ancestor_ancestor_concept_id on concept_ancestor (ancestor_concept_id);
create index idx_concept_ancestor_descendant_concept_id on concept_ancestor (descendant_concept_id);
create index idx_drug_strength_drug_concept_id on drug_strength (drug_concept_id);
create index idx_drug_strength_ingredient_concept_id on drug_strength (ingredient_concept_id);

-- Local codes
create index idx_source_to_concept_map_vocabulary_code on source_to_concept_map (source_vocabulary_id, source_code);
create index idx_source_to_concept_map_source_code on source_to_concept_map (source_code);
create index idx_source_to_concept_map_target_concept_id on source_to_concept_map (target_concept_id);
create index idx_source_to_concept_map_target_vocabulary_id on source_to_concept_map (target_vocabulary_id);
