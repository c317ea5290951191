-- What can be said of the fields that CDM 5.5 added; asked only where they are. A database that has moved to 5.5 shows here
-- what has not been mapped again since. Reads persons_in_scope.

select 'source-without-concept' as check_id, 'observation' as table_name, 'unit_source_concept_id' as field_name,
  count(*) filter (where o.unit_source_concept_id is null) as violated, count(*) as total
from persons_in_scope join observation o using (person_id)
where o.unit_source_value is not null
