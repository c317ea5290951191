-- Observation periods neither overlap nor touch, hold whole lives at most, and are not split without a gap: events
-- 548 days apart leave at least 487 days between two periods. Reads persons_in_scope.

with period as (
  select o.observation_period_start_date as start_on, o.observation_period_end_date as end_on,
    o.period_type_concept_id, t.domain_id as type_domain, s.born_on, s.pulled_on, s.silent_after,
    max(o.observation_period_end_date) over (
      partition by person_id order by o.observation_period_start_date, o.observation_period_end_date
      rows between unbounded preceding and 1 preceding
    ) as reached_on
  from persons_in_scope s
  join observation_period o using (person_id)
  left join concept t on t.concept_id = o.period_type_concept_id
),
counted as (
  select count(*) as periods,
    count(*) filter (where reached_on is not null) as later_periods,
    count(*) filter (where start_on <= reached_on + 1) as overlapping,
    count(*) filter (where start_on > reached_on + 1 and start_on - reached_on - 1 < 487) as split_without_gap,
    count(*) filter (where end_on < start_on) as ends_before_start,
    count(*) filter (where born_on is null or start_on < born_on or end_on > pulled_on or end_on > silent_after)
      as outside_life,
    count(*) filter (where type_domain is distinct from 'Type Concept') as wrong_type
  from period
)
select r.check_id, 'observation_period' as table_name, r.field_name, r.violated, r.total
from counted cross join lateral (
  values
    ('observation-period-overlap', 'observation_period_start_date', overlapping, later_periods),
    ('observation-period-split', 'observation_period_start_date', split_without_gap, later_periods),
    ('observation-period-outside-life', 'observation_period_end_date', outside_life, periods),
    ('end-before-start', 'observation_period_end_date', ends_before_start, periods),
    ('type-concept-invalid', 'period_type_concept_id', wrong_type, periods)
) r (check_id, field_name, violated, total)
