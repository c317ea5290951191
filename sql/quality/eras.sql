-- The eras: of known concepts, with gaps that can be, and none missing. Reads persons_in_scope.

with condition as (
  select count(*) as eras,
    count(*) filter (where c.standard_concept is distinct from 'S') as invalid,
    count(*) filter (where e.condition_era_end_date < e.condition_era_start_date) as ends_before_start
  from persons_in_scope
  join condition_era e using (person_id)
  left join concept c on c.concept_id = e.condition_concept_id
),
condition_left_out as (
  select coalesce(sum(occurrences), 0)::bigint as occurrences,
    coalesce(sum(greatest(occurrences - in_eras, 0)), 0)::bigint as left_out
  from (
    select person_id, concept_id, sum(occurrences) as occurrences, sum(in_eras) as in_eras
    from (
      select person_id, condition_concept_id, 1, 0
      from persons_in_scope s join condition_occurrence using (person_id)
      where condition_concept_id <> 0 and s.born_on is not null
      union all
      select person_id, condition_concept_id, 0, condition_occurrence_count
      from persons_in_scope join condition_era using (person_id)
    ) counted (person_id, concept_id, occurrences, in_eras)
    group by person_id, concept_id
  ) compared
),
drug as (
  select count(*) as eras,
    count(*) filter (where c.concept_class_id is distinct from 'Ingredient' or c.standard_concept is distinct from 'S')
      as no_ingredient,
    count(*) filter (where e.gap_days < 0 or e.gap_days >= e.drug_era_end_date - e.drug_era_start_date + 1)
      as gap_impossible,
    count(*) filter (where e.drug_era_end_date < e.drug_era_start_date) as ends_before_start
  from persons_in_scope
  join drug_era e using (person_id)
  left join concept c on c.concept_id = e.drug_concept_id
),
dose as (
  select count(*) as eras,
    count(*) filter (where e.dose_value <= 0 or u.domain_id is distinct from 'Unit') as invalid
  from persons_in_scope
  join dose_era e using (person_id)
  left join concept u on u.concept_id = e.unit_concept_id
)
select r.check_id, r.table_name, r.field_name, r.violated, r.total
from condition, condition_left_out, drug, dose
cross join lateral (
  values
    ('era-concept-invalid', 'condition_era', 'condition_concept_id', condition.invalid, condition.eras),
    ('era-concept-invalid', 'drug_era', 'drug_concept_id', drug.no_ingredient, drug.eras),
    ('end-before-start', 'condition_era', 'condition_era_end_date', condition.ends_before_start, condition.eras),
    ('end-before-start', 'drug_era', 'drug_era_end_date', drug.ends_before_start, drug.eras),
    ('era-missing', 'condition_era', 'condition_concept_id', condition_left_out.left_out,
      condition_left_out.occurrences),
    ('gap-days-impossible', 'drug_era', 'gap_days', drug.gap_impossible, drug.eras),
    ('dose-invalid', 'dose_era', 'dose_value', dose.invalid, dose.eras)
) r (check_id, table_name, field_name, violated, total)
