-- Events that name an Encounter that is part of a visit of the persons in scope follow it into its visit, whosever they are.
-- No parameters; reads part_of_visit.

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
