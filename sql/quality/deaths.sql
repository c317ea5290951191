-- Reads persons_in_scope.

with counted as (
  select count(*) as deaths,
    count(*) - count(distinct person_id) as again,
    count(*) filter (where d.death_date < s.born_on or d.death_date > s.pulled_on) as implausible
  from persons_in_scope s join death d using (person_id)
)
select r.check_id, 'death' as table_name, r.field_name, r.violated, r.total
from counted cross join lateral (
  values
    ('died-more-than-once', 'person_id', again, deaths),
    ('death-date-implausible', 'death_date', implausible, deaths)
) r (check_id, field_name, violated, total)
