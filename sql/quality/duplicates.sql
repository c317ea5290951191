-- Rows that say the same thing twice: same person, concept, code as sent, time and value. Of two such rows one is a
-- violation, of three two are. Reads persons_in_scope.

-- The first branch of the union names its columns: Citus loses names that stand behind the name of a CTE.
with fact as (
  select 'condition_occurrence' as table_name, 'condition_concept_id' as field_name, count(*) as copies
  from persons_in_scope join condition_occurrence using (person_id)
  group by person_id, condition_concept_id, condition_source_value, condition_start_date, condition_start_datetime,
    condition_end_date, condition_type_concept_id, visit_occurrence_id
  union all
  select 'drug_exposure', 'drug_concept_id', count(*)
  from persons_in_scope join drug_exposure using (person_id)
  group by person_id, drug_concept_id, drug_source_value, drug_exposure_start_date, drug_exposure_start_datetime,
    drug_exposure_end_date, drug_type_concept_id, quantity, days_supply, sig, lot_number, visit_occurrence_id
  union all
  select 'procedure_occurrence', 'procedure_concept_id', count(*)
  from persons_in_scope join procedure_occurrence using (person_id)
  group by person_id, procedure_concept_id, procedure_source_value, procedure_date, procedure_datetime,
    procedure_end_date, modifier_concept_id, visit_occurrence_id
  union all
  select 'measurement', 'measurement_concept_id', count(*)
  from persons_in_scope join measurement using (person_id)
  group by person_id, measurement_concept_id, measurement_source_value, measurement_date, measurement_datetime,
    value_as_number, value_as_concept_id, value_source_value, unit_concept_id, visit_occurrence_id
  union all
  select 'observation', 'observation_concept_id', count(*)
  from persons_in_scope join observation using (person_id)
  group by person_id, observation_concept_id, observation_source_value, observation_date, observation_datetime,
    value_as_number, value_as_string, value_as_concept_id, value_source_value, qualifier_source_value,
    visit_occurrence_id
  union all
  select 'visit_occurrence', 'visit_concept_id', count(*)
  from persons_in_scope join visit_occurrence using (person_id)
  group by person_id, visit_concept_id, visit_source_value, visit_start_date, visit_start_datetime, visit_end_date,
    visit_end_datetime, provider_id, care_site_id
)
select 'duplicate-row' as check_id, table_name, field_name, sum(copies - 1)::bigint as violated,
  sum(copies)::bigint as total
from fact
group by table_name, field_name
