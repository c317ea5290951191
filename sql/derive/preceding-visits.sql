-- preceding_visit_occurrence_id of the visits of the persons in scope: the visit that began before, in time. Of visits that
-- begin and end at the same moment the FHIR id decides, so that the order in which they came does not.
--
-- No parameters; reads persons_in_scope.

with ordered as (
  select v.visit_occurrence_id,
    lag(v.visit_occurrence_id) over (
      partition by v.person_id
      order by v.visit_start_date, v.visit_start_datetime, v.visit_end_date, v.visit_end_datetime, r.fhir_id
    ) as preceding
  from persons_in_scope
  join visit_occurrence v using (person_id)
  left join resource r on r.resource_key = v.visit_occurrence_id
)
update visit_occurrence v set preceding_visit_occurrence_id = o.preceding
from ordered o
where v.visit_occurrence_id = o.visit_occurrence_id and v.preceding_visit_occurrence_id is distinct from o.preceding;
