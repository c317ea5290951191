-- Events that name an Encounter that is part of a visit of the persons in scope follow it into its visit, whosever they are.
--
-- The visit_detail of such an Encounter is the first row of its resource (id = resource_key * 1000). No parameters; reads
-- persons_in_scope.

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
