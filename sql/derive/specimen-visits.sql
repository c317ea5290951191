-- Visits of specimens (CDM 5.5) of the persons in scope. FHIR's Specimen names no Encounter; the Observations made on it
-- do. Where those of its person name one and the same visit, it is the specimen's; otherwise it has none.
--
-- A specimen row that another resource gave (an Observation whose code is a kind of specimen) has its own visit, and
-- follows the parts of visits as all events do. No parameters; reads persons_in_scope and part_of_visit.
--
-- In steps: on Citus no statement joins tables by person with those of the coordinator and writes one of them.

create temporary table specimen_made on commit drop as
with theirs as materialized (
  select person_id, s.specimen_id from persons_in_scope join specimen s using (person_id)
)
select t.person_id, t.specimen_id, u.resource_key as made_on
from theirs t
join resource r on r.resource_key = t.specimen_id / 1000 and r.resource_type = 'Specimen'
left join specimen_use u on u.connection_id = r.connection_id and u.specimen_id = r.fhir_id;

analyze specimen_made;

create temporary table specimen_seen on commit drop as
with event as materialized (
  select u.specimen_id, v.visit_occurrence_id, m.visit_detail_id
  from specimen_made u
  join measurement m on m.person_id = u.person_id
    and m.measurement_id >= u.made_on * 1000 and m.measurement_id < (u.made_on + 1) * 1000
  join visit_occurrence v on v.person_id = m.person_id and v.visit_occurrence_id = m.visit_occurrence_id
  union all
  select u.specimen_id, v.visit_occurrence_id, o.visit_detail_id
  from specimen_made u
  join observation o on o.person_id = u.person_id
    and o.observation_id >= u.made_on * 1000 and o.observation_id < (u.made_on + 1) * 1000
  join visit_occurrence v on v.person_id = o.person_id and v.visit_occurrence_id = o.visit_occurrence_id
),
found as (
  select specimen_id, min(visit_occurrence_id) as visit,
    case when count(distinct coalesce(visit_detail_id, 0)) = 1 then min(visit_detail_id) end as part
  from event
  group by specimen_id
  having count(distinct visit_occurrence_id) = 1
)
select s.person_id, s.specimen_id, f.visit, f.part
from (select distinct person_id, specimen_id from specimen_made) s left join found f using (specimen_id);

analyze specimen_seen;

update specimen s set visit_occurrence_id = n.visit, visit_detail_id = n.part
from specimen_seen n
where s.person_id = n.person_id and s.specimen_id = n.specimen_id
  and (s.visit_occurrence_id, s.visit_detail_id) is distinct from (n.visit, n.part);

-- What such a specimen had is found anew here; nothing is to be completed when a visit comes back.
delete from open_link l
using specimen_seen n
where l.resource_key = n.specimen_id / 1000 and l.table_name = 'specimen' and l.column_name = 'visit_occurrence_id';

drop table specimen_made, specimen_seen;

update specimen e set visit_occurrence_id = p.visit_occurrence_id
from part_of_visit p
where e.visit_detail_id = p.visit_detail_id
  and e.visit_occurrence_id is distinct from p.visit_occurrence_id;
