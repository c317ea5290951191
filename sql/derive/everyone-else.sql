-- Adds everyone whom a row names and whom we did not load: what an existing CDM held before us, and persons that are
-- not there, so that their rows can be found. $1 today.

with anyone as materialized (
  select person_id from person
  union select person_id from visit_occurrence
  union select person_id from visit_detail
  union select person_id from condition_occurrence
  union select person_id from drug_exposure
  union select person_id from procedure_occurrence
  union select person_id from device_exposure
  union select person_id from measurement
  union select person_id from observation
  union select person_id from note
  union select person_id from specimen
  union select person_id from death
)
insert into persons_in_scope (person_id, pulled_on, silent_after)
select person_id, $1::date, 'infinity'
from anyone
where not exists (select from persons_in_scope s where s.person_id = anyone.person_id)
