-- Observations that a Patient resource itself gives (races, ethnicities, gender identity) have no date of their own: they
-- are dated at the start of the person's latest visit (Themis, Race and ethnicity), at birth while there is none.
--
-- Their ids are those of the person's resource. No parameters; reads persons_in_scope.

with dated as (
  select s.person_id,
    coalesce(
      (select max(v.visit_start_date) from visit_occurrence v
        where v.person_id = s.person_id and v.visit_start_date <= s.pulled_on),
      s.born_on
    ) as on_day
  from persons_in_scope s
  where s.born_on is not null
)
update observation o set observation_date = d.on_day, observation_datetime = d.on_day::timestamp
from dated d
where o.observation_id >= d.person_id * 1000 and o.observation_id < (d.person_id + 1) * 1000
  and o.person_id = d.person_id and o.observation_date <> d.on_day;
