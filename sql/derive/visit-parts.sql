-- Parts of visits (Encounters that are part of another one) of the persons in scope: an Encounter that moved into another
-- visit takes its own parts along. No parameters; reads persons_in_scope.

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
