-- Encounters of the persons in scope that are part of a visit, and the visit that each is part of. Read by events-of-parts
-- and specimen-visits; dropped once both are done.
--
-- The visit_detail of such an Encounter is the first row of its resource (id = resource_key * 1000). No parameters; reads
-- persons_in_scope.

create temporary table part_of_visit on commit drop as
select d.visit_detail_id, d.visit_occurrence_id
from persons_in_scope join visit_detail d using (person_id)
where d.visit_detail_id % 1000 = 0;

analyze part_of_visit;
