-- Where the source said something, the concept beside it must say something too: 0 when it could not be mapped, never
-- NULL (OHDSI: both count as incomplete, but only 0 says that we looked). Reads persons_in_scope.

select 'source-without-concept' as check_id, r.table_name, r.field_name, r.violated, r.total
from (
  select
    count(*) filter (where m.unit_source_value is not null) as unit,
    count(*) filter (where m.unit_source_value is not null and m.unit_concept_id is null) as unit_null
  from persons_in_scope join measurement m using (person_id)
) m,
(
  select
    count(*) filter (where o.unit_source_value is not null) as unit,
    count(*) filter (where o.unit_source_value is not null and o.unit_concept_id is null) as unit_null,
    count(*) filter (where o.qualifier_source_value is not null) as qualifier,
    count(*) filter (where o.qualifier_source_value is not null and o.qualifier_concept_id is null) as qualifier_null
  from persons_in_scope join observation o using (person_id)
) o,
(
  select
    count(*) filter (where d.route_source_value is not null) as route,
    count(*) filter (where d.route_source_value is not null and d.route_concept_id is null) as route_null
  from persons_in_scope join drug_exposure d using (person_id)
) d,
(
  select
    count(*) filter (where c.condition_status_source_value is not null) as status,
    count(*) filter (where c.condition_status_source_value is not null and c.condition_status_concept_id is null)
      as status_null
  from persons_in_scope join condition_occurrence c using (person_id)
) c,
(
  select
    count(*) filter (where p.modifier_source_value is not null) as modifier,
    count(*) filter (where p.modifier_source_value is not null and p.modifier_concept_id is null) as modifier_null
  from persons_in_scope join procedure_occurrence p using (person_id)
) p,
(
  select
    count(*) filter (where v.admitted_from_source_value is not null) as admitted,
    count(*) filter (where v.admitted_from_source_value is not null and v.admitted_from_concept_id is null)
      as admitted_null,
    count(*) filter (where v.discharged_to_source_value is not null) as discharged,
    count(*) filter (where v.discharged_to_source_value is not null and v.discharged_to_concept_id is null)
      as discharged_null
  from persons_in_scope join visit_occurrence v using (person_id)
) v
cross join lateral (
  values
    ('measurement', 'unit_concept_id', m.unit_null, m.unit),
    ('observation', 'unit_concept_id', o.unit_null, o.unit),
    ('observation', 'qualifier_concept_id', o.qualifier_null, o.qualifier),
    ('drug_exposure', 'route_concept_id', d.route_null, d.route),
    ('condition_occurrence', 'condition_status_concept_id', c.status_null, c.status),
    ('procedure_occurrence', 'modifier_concept_id', p.modifier_null, p.modifier),
    ('visit_occurrence', 'admitted_from_concept_id', v.admitted_null, v.admitted),
    ('visit_occurrence', 'discharged_to_concept_id', v.discharged_null, v.discharged)
) r (table_name, field_name, violated, total)
