-- Reads persons_in_scope.

select 'visit-over-a-year' as check_id, 'visit_occurrence' as table_name, 'visit_end_date' as field_name,
  count(*) filter (where v.visit_end_date - v.visit_start_date > 365) as violated, count(*) as total
from persons_in_scope join visit_occurrence v using (person_id)
