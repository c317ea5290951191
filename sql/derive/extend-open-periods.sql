-- Moves the end of periods that an earlier data pull cut, for persons that this run did not touch.
--
-- $1 connection_id, $2 day of this run's data pull.

with due as (
  select person_id, observation_period_id, least(ends_on, $2::date) as end_on
  from open_period p
  where connection_id = $1::integer and ends_on is not null
    and not exists (select from persons_here s where s.person_id = p.person_id)
),
grown as (
  update observation_period o set observation_period_end_date = due.end_on
  from due
  where o.observation_period_id = due.observation_period_id and o.observation_period_end_date < due.end_on
  returning o.person_id
)
select count(*) as periods from grown
