-- condition_status_concept_id of the persons in scope: what Encounter.diagnosis says of a Condition (primary, admission,
-- discharge ...) stands before what the Condition says itself, which is kept to be restored; and so with the code that the
-- concept comes from, condition_status_source_value.
--
-- Where Encounters disagree: primary 32902, discharge 32896, admission 32890, secondary 32908, in this order. An Encounter
-- can only speak of conditions of its own Patient. No parameters; reads persons_in_scope.

create temporary table role_now on commit drop as
with encounter (resource_key, person_id) as (
  select v.visit_occurrence_id, v.person_id from persons_in_scope join visit_occurrence v using (person_id)
  union all
  select d.visit_detail_id / 1000, d.person_id from persons_in_scope join visit_detail d using (person_id)
  where d.visit_detail_id % 1000 = 0
),
named as (
  select r.resource_key, e.person_id, d.status_concept_id, d.source_value,
    array_position(array[32902, 32896, 32890, 32908], d.status_concept_id) as place
  from encounter e
  join diagnosis_role d using (resource_key)
  join resource r on r.connection_id = d.connection_id and r.resource_type = 'Condition' and r.fhir_id = d.condition_id
    and r.outcome = 'loaded'
)
select resource_key, person_id,
  (array_agg(status_concept_id order by place, source_value))[1] as status_concept_id,
  (array_agg(source_value order by place, source_value))[1] as source_value
from named
group by resource_key, person_id;

analyze role_now;

-- On Citus the conditions are read before they are compared with tables of the coordinator: hence the CTE of their own.
with theirs as materialized (
  select distinct person_id, c.condition_occurrence_id / 1000 as resource_key
  from persons_in_scope join condition_occurrence c using (person_id)
),
restored as (
  delete from condition_own_status o
  using theirs c
  where c.resource_key = o.resource_key
    and not exists (
      select 1 from role_now n where n.resource_key = o.resource_key and n.person_id = c.person_id
    )
  returning o.resource_key, o.status_concept_id, o.source_value
)
update condition_occurrence c set condition_status_concept_id = restored.status_concept_id,
  condition_status_source_value = restored.source_value
from restored
where c.condition_occurrence_id >= restored.resource_key * 1000
  and c.condition_occurrence_id < (restored.resource_key + 1) * 1000;

insert into condition_own_status (resource_key, status_concept_id, source_value)
select distinct n.resource_key, c.condition_status_concept_id, c.condition_status_source_value
from role_now n
join condition_occurrence c on c.person_id = n.person_id
  and c.condition_occurrence_id >= n.resource_key * 1000 and c.condition_occurrence_id < (n.resource_key + 1) * 1000
on conflict (resource_key) do nothing;

update condition_occurrence c set condition_status_concept_id = n.status_concept_id,
  condition_status_source_value = coalesce(n.source_value, c.condition_status_source_value)
from role_now n
where c.person_id = n.person_id
  and c.condition_occurrence_id >= n.resource_key * 1000 and c.condition_occurrence_id < (n.resource_key + 1) * 1000
  and (c.condition_status_concept_id, c.condition_status_source_value)
    is distinct from (n.status_concept_id, coalesce(n.source_value, c.condition_status_source_value));

drop table role_now;
