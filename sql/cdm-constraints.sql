-- schema: cdm
--
-- The foreign keys of the specification, for those who want them: `migrate --constraints`. May be run at any time again.
--
-- Each key is added NOT VALID and then validated. From the moment it is added it holds for every new row; a key that
-- the rows already there break is left NOT VALID, with a warning that names it, instead of failing the rest. That is
-- the usual state of concept_relationship and its neighbours: Athena's relationships also name concepts of vocabularies
-- that were not ticked, and of CPT4 before its tool has run.
--
-- Deferred to the end of the transaction: a changed resource's rows are deleted and written again within one, and a
-- chunk does not write its tables in the order of their references.

do $$
declare
  k record;
  invalid text[] := '{}';
begin
  for k in select t.child, t.child_column, t.parent, t.parent_column, format('fk_%s_%s', t.child, t.child_column) as name
  from (values
    ('person', 'gender_concept_id', 'concept', 'concept_id'),
    ('person', 'race_concept_id', 'concept', 'concept_id'),
    ('person', 'ethnicity_concept_id', 'concept', 'concept_id'),
    ('person', 'location_id', 'location', 'location_id'),
    ('person', 'provider_id', 'provider', 'provider_id'),
    ('person', 'care_site_id', 'care_site', 'care_site_id'),
    ('person', 'gender_source_concept_id', 'concept', 'concept_id'),
    ('person', 'race_source_concept_id', 'concept', 'concept_id'),
    ('person', 'ethnicity_source_concept_id', 'concept', 'concept_id'),
    ('observation_period', 'person_id', 'person', 'person_id'),
    ('observation_period', 'period_type_concept_id', 'concept', 'concept_id'),
    ('visit_occurrence', 'person_id', 'person', 'person_id'),
    ('visit_occurrence', 'visit_concept_id', 'concept', 'concept_id'),
    ('visit_occurrence', 'visit_type_concept_id', 'concept', 'concept_id'),
    ('visit_occurrence', 'provider_id', 'provider', 'provider_id'),
    ('visit_occurrence', 'care_site_id', 'care_site', 'care_site_id'),
    ('visit_occurrence', 'visit_source_concept_id', 'concept', 'concept_id'),
    ('visit_occurrence', 'admitted_from_concept_id', 'concept', 'concept_id'),
    ('visit_occurrence', 'discharged_to_concept_id', 'concept', 'concept_id'),
    ('visit_occurrence', 'preceding_visit_occurrence_id', 'visit_occurrence', 'visit_occurrence_id'),
    ('visit_detail', 'person_id', 'person', 'person_id'),
    ('visit_detail', 'visit_detail_concept_id', 'concept', 'concept_id'),
    ('visit_detail', 'visit_detail_type_concept_id', 'concept', 'concept_id'),
    ('visit_detail', 'provider_id', 'provider', 'provider_id'),
    ('visit_detail', 'care_site_id', 'care_site', 'care_site_id'),
    ('visit_detail', 'visit_detail_source_concept_id', 'concept', 'concept_id'),
    ('visit_detail', 'admitted_from_concept_id', 'concept', 'concept_id'),
    ('visit_detail', 'discharged_to_concept_id', 'concept', 'concept_id'),
    ('visit_detail', 'preceding_visit_detail_id', 'visit_detail', 'visit_detail_id'),
    ('visit_detail', 'parent_visit_detail_id', 'visit_detail', 'visit_detail_id'),
    ('visit_detail', 'visit_occurrence_id', 'visit_occurrence', 'visit_occurrence_id'),
    ('condition_occurrence', 'person_id', 'person', 'person_id'),
    ('condition_occurrence', 'condition_concept_id', 'concept', 'concept_id'),
    ('condition_occurrence', 'condition_type_concept_id', 'concept', 'concept_id'),
    ('condition_occurrence', 'condition_status_concept_id', 'concept', 'concept_id'),
    ('condition_occurrence', 'provider_id', 'provider', 'provider_id'),
    ('condition_occurrence', 'visit_occurrence_id', 'visit_occurrence', 'visit_occurrence_id'),
    ('condition_occurrence', 'visit_detail_id', 'visit_detail', 'visit_detail_id'),
    ('condition_occurrence', 'condition_source_concept_id', 'concept', 'concept_id'),
    ('drug_exposure', 'person_id', 'person', 'person_id'),
    ('drug_exposure', 'drug_concept_id', 'concept', 'concept_id'),
    ('drug_exposure', 'drug_type_concept_id', 'concept', 'concept_id'),
    ('drug_exposure', 'route_concept_id', 'concept', 'concept_id'),
    ('drug_exposure', 'provider_id', 'provider', 'provider_id'),
    ('drug_exposure', 'visit_occurrence_id', 'visit_occurrence', 'visit_occurrence_id'),
    ('drug_exposure', 'visit_detail_id', 'visit_detail', 'visit_detail_id'),
    ('drug_exposure', 'drug_source_concept_id', 'concept', 'concept_id'),
    ('procedure_occurrence', 'person_id', 'person', 'person_id'),
    ('procedure_occurrence', 'procedure_concept_id', 'concept', 'concept_id'),
    ('procedure_occurrence', 'procedure_type_concept_id', 'concept', 'concept_id'),
    ('procedure_occurrence', 'modifier_concept_id', 'concept', 'concept_id'),
    ('procedure_occurrence', 'provider_id', 'provider', 'provider_id'),
    ('procedure_occurrence', 'visit_occurrence_id', 'visit_occurrence', 'visit_occurrence_id'),
    ('procedure_occurrence', 'visit_detail_id', 'visit_detail', 'visit_detail_id'),
    ('procedure_occurrence', 'procedure_source_concept_id', 'concept', 'concept_id'),
    ('device_exposure', 'person_id', 'person', 'person_id'),
    ('device_exposure', 'device_concept_id', 'concept', 'concept_id'),
    ('device_exposure', 'device_type_concept_id', 'concept', 'concept_id'),
    ('device_exposure', 'provider_id', 'provider', 'provider_id'),
    ('device_exposure', 'visit_occurrence_id', 'visit_occurrence', 'visit_occurrence_id'),
    ('device_exposure', 'visit_detail_id', 'visit_detail', 'visit_detail_id'),
    ('device_exposure', 'device_source_concept_id', 'concept', 'concept_id'),
    ('device_exposure', 'unit_concept_id', 'concept', 'concept_id'),
    ('device_exposure', 'unit_source_concept_id', 'concept', 'concept_id'),
    ('measurement', 'person_id', 'person', 'person_id'),
    ('measurement', 'measurement_concept_id', 'concept', 'concept_id'),
    ('measurement', 'measurement_type_concept_id', 'concept', 'concept_id'),
    ('measurement', 'operator_concept_id', 'concept', 'concept_id'),
    ('measurement', 'value_as_concept_id', 'concept', 'concept_id'),
    ('measurement', 'unit_concept_id', 'concept', 'concept_id'),
    ('measurement', 'provider_id', 'provider', 'provider_id'),
    ('measurement', 'visit_occurrence_id', 'visit_occurrence', 'visit_occurrence_id'),
    ('measurement', 'visit_detail_id', 'visit_detail', 'visit_detail_id'),
    ('measurement', 'measurement_source_concept_id', 'concept', 'concept_id'),
    ('measurement', 'unit_source_concept_id', 'concept', 'concept_id'),
    ('measurement', 'meas_event_field_concept_id', 'concept', 'concept_id'),
    ('observation', 'person_id', 'person', 'person_id'),
    ('observation', 'observation_concept_id', 'concept', 'concept_id'),
    ('observation', 'observation_type_concept_id', 'concept', 'concept_id'),
    ('observation', 'value_as_concept_id', 'concept', 'concept_id'),
    ('observation', 'qualifier_concept_id', 'concept', 'concept_id'),
    ('observation', 'unit_concept_id', 'concept', 'concept_id'),
    ('observation', 'provider_id', 'provider', 'provider_id'),
    ('observation', 'visit_occurrence_id', 'visit_occurrence', 'visit_occurrence_id'),
    ('observation', 'visit_detail_id', 'visit_detail', 'visit_detail_id'),
    ('observation', 'observation_source_concept_id', 'concept', 'concept_id'),
    ('observation', 'obs_event_field_concept_id', 'concept', 'concept_id'),
    ('death', 'person_id', 'person', 'person_id'),
    ('death', 'death_type_concept_id', 'concept', 'concept_id'),
    ('death', 'cause_concept_id', 'concept', 'concept_id'),
    ('death', 'cause_source_concept_id', 'concept', 'concept_id'),
    ('note', 'person_id', 'person', 'person_id'),
    ('note', 'note_type_concept_id', 'concept', 'concept_id'),
    ('note', 'note_class_concept_id', 'concept', 'concept_id'),
    ('note', 'encoding_concept_id', 'concept', 'concept_id'),
    ('note', 'language_concept_id', 'concept', 'concept_id'),
    ('note', 'provider_id', 'provider', 'provider_id'),
    ('note', 'visit_occurrence_id', 'visit_occurrence', 'visit_occurrence_id'),
    ('note', 'visit_detail_id', 'visit_detail', 'visit_detail_id'),
    ('note', 'note_event_field_concept_id', 'concept', 'concept_id'),
    ('note_nlp', 'section_concept_id', 'concept', 'concept_id'),
    ('note_nlp', 'note_nlp_concept_id', 'concept', 'concept_id'),
    ('note_nlp', 'note_nlp_source_concept_id', 'concept', 'concept_id'),
    ('specimen', 'person_id', 'person', 'person_id'),
    ('specimen', 'specimen_concept_id', 'concept', 'concept_id'),
    ('specimen', 'specimen_type_concept_id', 'concept', 'concept_id'),
    ('specimen', 'unit_concept_id', 'concept', 'concept_id'),
    ('specimen', 'anatomic_site_concept_id', 'concept', 'concept_id'),
    ('specimen', 'disease_status_concept_id', 'concept', 'concept_id'),
    ('fact_relationship', 'domain_concept_id_1', 'concept', 'concept_id'),
    ('fact_relationship', 'domain_concept_id_2', 'concept', 'concept_id'),
    ('fact_relationship', 'relationship_concept_id', 'concept', 'concept_id'),
    ('location', 'country_concept_id', 'concept', 'concept_id'),
    ('care_site', 'place_of_service_concept_id', 'concept', 'concept_id'),
    ('care_site', 'location_id', 'location', 'location_id'),
    ('provider', 'specialty_concept_id', 'concept', 'concept_id'),
    ('provider', 'care_site_id', 'care_site', 'care_site_id'),
    ('provider', 'gender_concept_id', 'concept', 'concept_id'),
    ('provider', 'specialty_source_concept_id', 'concept', 'concept_id'),
    ('provider', 'gender_source_concept_id', 'concept', 'concept_id'),
    ('payer_plan_period', 'person_id', 'person', 'person_id'),
    ('payer_plan_period', 'payer_concept_id', 'concept', 'concept_id'),
    ('payer_plan_period', 'payer_source_concept_id', 'concept', 'concept_id'),
    ('payer_plan_period', 'plan_concept_id', 'concept', 'concept_id'),
    ('payer_plan_period', 'plan_source_concept_id', 'concept', 'concept_id'),
    ('payer_plan_period', 'sponsor_concept_id', 'concept', 'concept_id'),
    ('payer_plan_period', 'sponsor_source_concept_id', 'concept', 'concept_id'),
    ('payer_plan_period', 'stop_reason_concept_id', 'concept', 'concept_id'),
    ('payer_plan_period', 'stop_reason_source_concept_id', 'concept', 'concept_id'),
    ('cost', 'cost_domain_id', 'domain', 'domain_id'),
    ('cost', 'cost_type_concept_id', 'concept', 'concept_id'),
    ('cost', 'currency_concept_id', 'concept', 'concept_id'),
    ('cost', 'revenue_code_concept_id', 'concept', 'concept_id'),
    ('cost', 'drg_concept_id', 'concept', 'concept_id'),
    ('drug_era', 'person_id', 'person', 'person_id'),
    ('drug_era', 'drug_concept_id', 'concept', 'concept_id'),
    ('dose_era', 'person_id', 'person', 'person_id'),
    ('dose_era', 'drug_concept_id', 'concept', 'concept_id'),
    ('dose_era', 'unit_concept_id', 'concept', 'concept_id'),
    ('condition_era', 'person_id', 'person', 'person_id'),
    ('condition_era', 'condition_concept_id', 'concept', 'concept_id'),
    ('episode', 'person_id', 'person', 'person_id'),
    ('episode', 'episode_concept_id', 'concept', 'concept_id'),
    ('episode', 'episode_object_concept_id', 'concept', 'concept_id'),
    ('episode', 'episode_type_concept_id', 'concept', 'concept_id'),
    ('episode', 'episode_source_concept_id', 'concept', 'concept_id'),
    ('episode_event', 'episode_id', 'episode', 'episode_id'),
    ('episode_event', 'episode_event_field_concept_id', 'concept', 'concept_id'),
    ('metadata', 'metadata_concept_id', 'concept', 'concept_id'),
    ('metadata', 'metadata_type_concept_id', 'concept', 'concept_id'),
    ('metadata', 'value_as_concept_id', 'concept', 'concept_id'),
    ('cdm_source', 'cdm_version_concept_id', 'concept', 'concept_id'),
    ('concept', 'domain_id', 'domain', 'domain_id'),
    ('concept', 'vocabulary_id', 'vocabulary', 'vocabulary_id'),
    ('concept', 'concept_class_id', 'concept_class', 'concept_class_id'),
    ('vocabulary', 'vocabulary_concept_id', 'concept', 'concept_id'),
    ('domain', 'domain_concept_id', 'concept', 'concept_id'),
    ('concept_class', 'concept_class_concept_id', 'concept', 'concept_id'),
    ('concept_relationship', 'concept_id_1', 'concept', 'concept_id'),
    ('concept_relationship', 'concept_id_2', 'concept', 'concept_id'),
    ('concept_relationship', 'relationship_id', 'relationship', 'relationship_id'),
    ('relationship', 'relationship_concept_id', 'concept', 'concept_id'),
    ('concept_synonym', 'concept_id', 'concept', 'concept_id'),
    ('concept_synonym', 'language_concept_id', 'concept', 'concept_id'),
    ('concept_ancestor', 'ancestor_concept_id', 'concept', 'concept_id'),
    ('concept_ancestor', 'descendant_concept_id', 'concept', 'concept_id'),
    ('source_to_concept_map', 'source_concept_id', 'concept', 'concept_id'),
    ('source_to_concept_map', 'target_concept_id', 'concept', 'concept_id'),
    ('source_to_concept_map', 'target_vocabulary_id', 'vocabulary', 'vocabulary_id'),
    ('drug_strength', 'drug_concept_id', 'concept', 'concept_id'),
    ('drug_strength', 'ingredient_concept_id', 'concept', 'concept_id'),
    ('drug_strength', 'amount_unit_concept_id', 'concept', 'concept_id'),
    ('drug_strength', 'numerator_unit_concept_id', 'concept', 'concept_id'),
    ('drug_strength', 'denominator_unit_concept_id', 'concept', 'concept_id'),
    ('cohort_definition', 'definition_type_concept_id', 'concept', 'concept_id'),
    ('cohort_definition', 'subject_concept_id', 'concept', 'concept_id')
  ) as t (child, child_column, parent, parent_column)
  union all
  -- Those of what CDM 5.5 added, where it is there.
  select t.child, t.child_column, t.parent, t.parent_column, format('fk_%s_%s', t.child, t.child_column)
  from (values
    ('measurement', 'value_as_source_concept_id', 'concept', 'concept_id'),
    ('observation', 'unit_source_concept_id', 'concept', 'concept_id'),
    ('observation', 'value_as_source_concept_id', 'concept', 'concept_id'),
    ('specimen', 'visit_occurrence_id', 'visit_occurrence', 'visit_occurrence_id'),
    ('specimen', 'visit_detail_id', 'visit_detail', 'visit_detail_id'),
    ('pack_content', 'pack_concept_id', 'concept', 'concept_id'),
    ('pack_content', 'drug_concept_id', 'concept', 'concept_id'),
    ('concept_metadata', 'concept_id', 'concept', 'concept_id'),
    ('concept_relationship_metadata', 'concept_id_1', 'concept', 'concept_id'),
    ('concept_relationship_metadata', 'concept_id_2', 'concept', 'concept_id'),
    ('concept_relationship_metadata', 'relationship_id', 'relationship', 'relationship_id')
  ) as t (child, child_column, parent, parent_column)
  join pg_attribute a on a.attrelid = to_regclass(t.child) and a.attname = t.child_column and not a.attisdropped
  loop
    if not exists (
      select from pg_constraint
      where conrelid = to_regclass(format('%I', k.child)) and conname = k.name and contype = 'f'
    ) then
      execute format(
        'alter table %I add constraint %I foreign key (%I) references %I (%I) deferrable initially deferred not valid',
        k.child, k.name, k.child_column, k.parent, k.parent_column
      );
    end if;
    begin
      execute format('alter table %I validate constraint %I', k.child, k.name);
    exception when foreign_key_violation then
      invalid := invalid || k.name;
    end;
  end loop;
  if invalid <> '{}' then
    raise warning '% foreign keys hold for new rows only, because rows already there break them: %',
      cardinality(invalid), array_to_string(invalid, ', ');
  end if;
end
$$;
