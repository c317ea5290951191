-- describe-persons.sql where the persons in scope lie beside `person` on Citus. $1 scope_id.

update close_scope s set born_on = d.born_on, died_on = d.died_on,
  silent_after = coalesce(d.died_on + 60, 'infinity')
from (
  select p.person_id, max(d.death_date) as died_on,
    (make_date(greatest(least(p.year_of_birth, 9999), 1), 1, 1)
      + make_interval(months => coalesce(p.month_of_birth, 1) - 1, days => coalesce(p.day_of_birth, 1) - 1))::date
      as born_on
  from close_scope c join person p using (person_id) left join death d using (person_id)
  where c.scope_id = $1::bigint
  group by p.person_id
) d
where d.person_id = s.person_id and s.scope_id = $1::bigint
