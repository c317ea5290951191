-- Visits of specimens (CDM 5.5) of the persons in scope. FHIR's Specimen names no Encounter; the Observations made on it
-- do. Where those of its person name one and the same visit, it is the specimen's; otherwise it has none.
--
-- A specimen row that another resource gave (an Observation whose code is a kind of specimen) has its own visit, and
-- follows the parts of visits as all events do. No parameters; reads persons_in_scope.

with seen as (
  select s.specimen_id, count(distinct e.visit_occurrence_id) as visits, min(e.visit_occurrence_id) as visit,
    count(distinct coalesce(e.visit_detail_id, 0)) as parts, min(e.visit_detail_id) as part
  from persons_in_scope
  join specimen s using (person_id)
  join resource r on r.resource_key = s.specimen_id / 1000 and r.resource_type = 'Specimen'
  left join specimen_use u on u.connection_id = r.connection_id and u.specimen_id = r.fhir_id
  left join lateral (
    select m.visit_occurrence_id, m.visit_detail_id from measurement m
    where m.measurement_id >= u.resource_key * 1000 and m.measurement_id < (u.resource_key + 1) * 1000
      and m.person_id = s.person_id
    union all
    select o.visit_occurrence_id, o.visit_detail_id from observation o
    where o.observation_id >= u.resource_key * 1000 and o.observation_id < (u.resource_key + 1) * 1000
      and o.person_id = s.person_id
  ) e on exists (
    select from visit_occurrence v where v.visit_occurrence_id = e.visit_occurrence_id and v.person_id = s.person_id
  )
  group by s.specimen_id
)
update specimen s
set visit_occurrence_id = case when visits = 1 then visit end,
  visit_detail_id = case when visits = 1 and parts = 1 then part end
from seen
where s.specimen_id = seen.specimen_id
  and (s.visit_occurrence_id, s.visit_detail_id)
    is distinct from (case when visits = 1 then visit end, case when visits = 1 and parts = 1 then part end);

-- What such a specimen had is found anew here; nothing is to be completed when a visit comes back.
delete from open_link l
using persons_in_scope p, specimen s, resource r
where s.person_id = p.person_id and r.resource_key = s.specimen_id / 1000 and r.resource_type = 'Specimen'
  and l.resource_key = r.resource_key and l.table_name = 'specimen' and l.column_name = 'visit_occurrence_id';

update specimen e set visit_occurrence_id = d.visit_occurrence_id
from persons_in_scope p
join visit_detail d using (person_id)
where d.visit_detail_id % 1000 = 0 and e.visit_detail_id = d.visit_detail_id
  and e.visit_occurrence_id is distinct from d.visit_occurrence_id;
