-- What must hold for every row of every clinical table; each table is read once. The scope is joined to each table, not
-- to all of them together, so that a run that touched few persons finds their rows by index. Reads persons_in_scope.

with event (
  pulled_on, born_on, died_on, silent_after, table_name, id, person_id, concept_id, domain_id, start_on, end_on,
  type_concept_id, visit_occurrence_id, source_value
) as (
  select s.pulled_on, s.born_on, s.died_on, s.silent_after,
    'visit_occurrence', visit_occurrence_id, person_id, visit_concept_id, 'Visit', visit_start_date,
    visit_end_date, visit_type_concept_id, null::bigint, visit_source_value
  from persons_in_scope s join visit_occurrence using (person_id)
  union all
  select s.pulled_on, s.born_on, s.died_on, s.silent_after,
    'visit_detail', visit_detail_id, person_id, visit_detail_concept_id, 'Visit', visit_detail_start_date,
    visit_detail_end_date, visit_detail_type_concept_id, visit_occurrence_id, visit_detail_source_value
  from persons_in_scope s join visit_detail using (person_id)
  union all
  select s.pulled_on, s.born_on, s.died_on, s.silent_after,
    'condition_occurrence', condition_occurrence_id, person_id, condition_concept_id, 'Condition',
    condition_start_date, condition_end_date, condition_type_concept_id, visit_occurrence_id, condition_source_value
  from persons_in_scope s join condition_occurrence using (person_id)
  union all
  select s.pulled_on, s.born_on, s.died_on, s.silent_after,
    'drug_exposure', drug_exposure_id, person_id, drug_concept_id, 'Drug', drug_exposure_start_date,
    drug_exposure_end_date, drug_type_concept_id, visit_occurrence_id, drug_source_value
  from persons_in_scope s join drug_exposure using (person_id)
  union all
  select s.pulled_on, s.born_on, s.died_on, s.silent_after,
    'procedure_occurrence', procedure_occurrence_id, person_id, procedure_concept_id, 'Procedure', procedure_date,
    procedure_end_date, procedure_type_concept_id, visit_occurrence_id, procedure_source_value
  from persons_in_scope s join procedure_occurrence using (person_id)
  union all
  select s.pulled_on, s.born_on, s.died_on, s.silent_after,
    'device_exposure', device_exposure_id, person_id, device_concept_id, 'Device', device_exposure_start_date,
    device_exposure_end_date, device_type_concept_id, visit_occurrence_id, device_source_value
  from persons_in_scope s join device_exposure using (person_id)
  union all
  select s.pulled_on, s.born_on, s.died_on, s.silent_after,
    'measurement', measurement_id, person_id, measurement_concept_id, 'Measurement', measurement_date, null,
    measurement_type_concept_id, visit_occurrence_id, measurement_source_value
  from persons_in_scope s join measurement using (person_id)
  union all
  -- Observation takes in every domain that has no table of its own.
  select s.pulled_on, s.born_on, s.died_on, s.silent_after,
    'observation', observation_id, person_id, observation_concept_id, null, observation_date, null,
    observation_type_concept_id, visit_occurrence_id, observation_source_value
  from persons_in_scope s join observation using (person_id)
  union all
  select s.pulled_on, s.born_on, s.died_on, s.silent_after,
    'specimen', specimen_id, person_id, specimen_concept_id, 'Specimen', specimen_date, null,
    -- A column of CDM 5.5: through JSON it is simply not there before.
    specimen_type_concept_id, (to_jsonb(specimen) ->> 'visit_occurrence_id')::bigint, specimen_source_value
  from persons_in_scope s join specimen using (person_id)
),
field (table_name, concept_field, start_field, end_field, type_field) as (
  values
    ('visit_occurrence', 'visit_concept_id', 'visit_start_date', 'visit_end_date', 'visit_type_concept_id'),
    ('visit_detail', 'visit_detail_concept_id', 'visit_detail_start_date',
      'visit_detail_end_date', 'visit_detail_type_concept_id'),
    ('condition_occurrence', 'condition_concept_id', 'condition_start_date',
      'condition_end_date', 'condition_type_concept_id'),
    ('drug_exposure', 'drug_concept_id', 'drug_exposure_start_date', 'drug_exposure_end_date', 'drug_type_concept_id'),
    ('procedure_occurrence', 'procedure_concept_id', 'procedure_date',
      'procedure_end_date', 'procedure_type_concept_id'),
    ('device_exposure', 'device_concept_id', 'device_exposure_start_date',
      'device_exposure_end_date', 'device_type_concept_id'),
    ('measurement', 'measurement_concept_id', 'measurement_date', 'measurement_date', 'measurement_type_concept_id'),
    ('observation', 'observation_concept_id', 'observation_date', 'observation_date', 'observation_type_concept_id'),
    ('specimen', 'specimen_concept_id', 'specimen_date', 'specimen_date', 'specimen_type_concept_id')
),
counted as (
  select e.table_name,
    count(*) as rows_seen,
    count(*) filter (where e.concept_id <> 0) as with_concept,
    count(*) filter (where e.concept_id = 0) as unmapped,
    count(*) filter (where e.concept_id = 0 and coalesce(e.source_value, '') = '') as unmapped_without_source,
    count(*) filter (
      where e.concept_id <> 0 and (c.standard_concept is distinct from 'S' or c.invalid_reason is not null)
    ) as not_standard,
    count(*) filter (where c.concept_id is not null and e.concept_id <> 0) as known_concept,
    count(*) filter (
      where e.concept_id <> 0 and case
        when e.domain_id is null
          then c.domain_id in ('Condition', 'Drug', 'Procedure', 'Device', 'Measurement', 'Visit')
        else c.domain_id <> e.domain_id
      end
    ) as wrong_domain,
    count(*) filter (where t.domain_id is distinct from 'Type Concept' or t.standard_concept is distinct from 'S')
      as wrong_type,
    count(*) filter (where e.end_on is not null) as with_end,
    count(*) filter (where e.end_on < e.start_on) as ends_before_start,
    count(*) filter (where e.born_on is not null) as with_person,
    count(*) filter (where e.start_on < e.born_on) as before_birth,
    count(*) filter (where e.died_on is not null) as of_the_dead,
    count(*) filter (where e.start_on > e.silent_after) as after_death,
    count(*) filter (where e.start_on > e.pulled_on) as in_future,
    count(*) filter (where e.visit_occurrence_id is not null) as with_visit,
    count(*) filter (where e.visit_occurrence_id is not null and v.person_id is distinct from e.person_id)
      as visit_of_another,
    count(*) filter (where e.id < 0) as negative_id
  from event e
  left join concept c on c.concept_id = e.concept_id
  left join concept t on t.concept_id = e.type_concept_id
  left join visit_occurrence v on v.visit_occurrence_id = e.visit_occurrence_id
  group by e.table_name
)
select r.check_id, table_name, r.field_name, r.violated, r.total
from counted
join field using (table_name)
cross join lateral (
  values
    ('concept-unmapped', concept_field, unmapped, rows_seen),
    ('unmapped-without-source', concept_field, unmapped_without_source, unmapped),
    ('concept-not-standard', concept_field, not_standard, with_concept),
    ('concept-wrong-domain', concept_field, wrong_domain, known_concept),
    ('type-concept-invalid', type_field, wrong_type, rows_seen),
    ('end-before-start', end_field, ends_before_start, with_end),
    ('person-missing', 'person_id', rows_seen - with_person, rows_seen),
    ('event-before-birth', start_field, before_birth, with_person),
    ('event-after-death', start_field, after_death, of_the_dead),
    ('event-in-future', start_field, in_future, rows_seen),
    ('visit-of-another-person', 'visit_occurrence_id', visit_of_another, with_visit),
    ('id-negative', table_name || '_id', negative_id, rows_seen)
) r (check_id, field_name, violated, total)
