-- Parts of visits (Encounters that are part of another one) of the persons in scope: an Encounter that moved into another
-- visit takes its own parts along, and the events that name it, whosever they are.
--
-- The visit_detail of such an Encounter is the first row of its resource (id = resource_key * 1000). No parameters; reads
-- persons_in_scope.

with recursive part (visit_detail_id, visit_occurrence_id) as (
  select d.visit_detail_id, d.visit_occurrence_id
  from persons_in_scope join visit_detail d using (person_id)
  where d.parent_visit_detail_id is null
  union
  select d.visit_detail_id, part.visit_occurrence_id
  from part
  join visit_detail whole using (visit_detail_id)
  join visit_detail d on d.parent_visit_detail_id = whole.visit_detail_id
)
update visit_detail d set visit_occurrence_id = part.visit_occurrence_id
from part
where d.visit_detail_id = part.visit_detail_id and d.visit_occurrence_id <> part.visit_occurrence_id;

create temporary table part_of_visit on commit drop as
select d.visit_detail_id, d.visit_occurrence_id
from persons_in_scope join visit_detail d using (person_id)
where d.visit_detail_id % 1000 = 0;

analyze part_of_visit;

update condition_occurrence e set visit_occurrence_id = p.visit_occurrence_id
from part_of_visit p
where e.visit_detail_id = p.visit_detail_id
  and e.visit_occurrence_id is distinct from p.visit_occurrence_id;

update drug_exposure e set visit_occurrence_id = p.visit_occurrence_id
from part_of_visit p
where e.visit_detail_id = p.visit_detail_id
  and e.visit_occurrence_id is distinct from p.visit_occurrence_id;

update procedure_occurrence e set visit_occurrence_id = p.visit_occurrence_id
from part_of_visit p
where e.visit_detail_id = p.visit_detail_id
  and e.visit_occurrence_id is distinct from p.visit_occurrence_id;

update device_exposure e set visit_occurrence_id = p.visit_occurrence_id
from part_of_visit p
where e.visit_detail_id = p.visit_detail_id
  and e.visit_occurrence_id is distinct from p.visit_occurrence_id;

update measurement e set visit_occurrence_id = p.visit_occurrence_id
from part_of_visit p
where e.visit_detail_id = p.visit_detail_id
  and e.visit_occurrence_id is distinct from p.visit_occurrence_id;

update observation e set visit_occurrence_id = p.visit_occurrence_id
from part_of_visit p
where e.visit_detail_id = p.visit_detail_id
  and e.visit_occurrence_id is distinct from p.visit_occurrence_id;

update note e set visit_occurrence_id = p.visit_occurrence_id
from part_of_visit p
where e.visit_detail_id = p.visit_detail_id
  and e.visit_occurrence_id is distinct from p.visit_occurrence_id;

drop table part_of_visit;
