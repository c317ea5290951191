-- An Observation that is a row of a table without a column for its answer says that the person has the finding, got the
-- drug, had the procedure: so its answer must not deny that, nor leave it open. The words of the answer decide, as
-- sent and as its concept is named, not the list that the mapping goes by. Reads persons_in_scope.

with resources (table_name, field_name, resource_key) as (
  select distinct 'condition_occurrence', 'condition_concept_id', condition_occurrence_id / 1000
  from persons_in_scope join condition_occurrence using (person_id)
  union all
  select distinct 'drug_exposure', 'drug_concept_id', drug_exposure_id / 1000
  from persons_in_scope join drug_exposure using (person_id)
  union all
  select distinct 'procedure_occurrence', 'procedure_concept_id', procedure_occurrence_id / 1000
  from persons_in_scope join procedure_occurrence using (person_id)
  union all
  select distinct 'device_exposure', 'device_concept_id', device_exposure_id / 1000
  from persons_in_scope join device_exposure using (person_id)
),
answered as (
  select r.table_name, r.field_name, lower(a.value_as_sent) as as_sent, lower(c.concept_name) as named
  from resources r
  join unkept_answer a on a.resource_key = r.resource_key and a.table_name = r.table_name
  left join concept c on c.concept_id = a.value_concept_id and c.concept_id <> 0
),
denial (words) as (
  values ('^\s*(n|no|nil|none|never|false|neg|negative|absent|absence|not|without|denie[sd]|known absent|ruled out|unknown|undetermined|indeterminate|refused|declined)\y')
)
select 'denied-but-asserted' as check_id, t.table_name, t.field_name,
  count(*) filter (where a.as_sent ~ d.words or a.named ~ d.words) as violated,
  count(a.table_name) as total
from (
  values
    ('condition_occurrence', 'condition_concept_id'), ('drug_exposure', 'drug_concept_id'),
    ('procedure_occurrence', 'procedure_concept_id'), ('device_exposure', 'device_concept_id')
) t (table_name, field_name)
cross join denial d
left join answered a on a.table_name = t.table_name
group by t.table_name, t.field_name
