-- observation_period of the persons in scope (OHDSI's rules for EHR data):
--
--   start  the first event; events before birth do not count
--   end    the earliest of last event + 60 days, death + 60 days, day of the data pull
--   split  where 548 days or more lie between one event and the next; so periods never overlap or touch
--   type   32882 "Standard algorithm from EHR"
--
-- Events are the rows of all clinical tables, at their start; visits reach to their end. A death is no event. Events
-- more than 60 days after death, and those later than the data pull, do not count (the latter do once the data reach
-- them: open_period).
--
-- Two dates less than 548 days apart are never split, so events are first gathered per person and 366 days: ten rows
-- a person remain to be sorted instead of thousands, and nothing is lost.
--
-- Ids: person_id * 100000 + n, so a person who is not touched keeps them. No parameters; reads persons_in_scope
-- and persons_here.

delete from observation_period o using persons_in_scope s where o.person_id = s.person_id;
delete from open_period o using persons_here s where o.person_id = s.person_id;

create temporary table period_now on commit drop as
-- The first branch of the union names its columns: Citus loses names that stand behind the name of a CTE.
with event as (
  select person_id, s.pulled_on, s.born_on, s.silent_after, e.visit_start_date as start_on,
    greatest(e.visit_start_date, e.visit_end_date) as end_on
  from persons_in_scope s join visit_occurrence e using (person_id)
  union all
  select person_id, s.pulled_on, s.born_on, s.silent_after, e.visit_detail_start_date,
    greatest(e.visit_detail_start_date, e.visit_detail_end_date)
  from persons_in_scope s join visit_detail e using (person_id)
  union all
  select person_id, s.pulled_on, s.born_on, s.silent_after, e.condition_start_date, e.condition_start_date
  from persons_in_scope s join condition_occurrence e using (person_id)
  union all
  select person_id, s.pulled_on, s.born_on, s.silent_after, e.drug_exposure_start_date, e.drug_exposure_start_date
  from persons_in_scope s join drug_exposure e using (person_id)
  union all
  select person_id, s.pulled_on, s.born_on, s.silent_after, e.procedure_date, e.procedure_date
  from persons_in_scope s join procedure_occurrence e using (person_id)
  union all
  select person_id, s.pulled_on, s.born_on, s.silent_after, e.device_exposure_start_date, e.device_exposure_start_date
  from persons_in_scope s join device_exposure e using (person_id)
  union all
  select person_id, s.pulled_on, s.born_on, s.silent_after, e.measurement_date, e.measurement_date
  from persons_in_scope s join measurement e using (person_id)
  union all
  select person_id, s.pulled_on, s.born_on, s.silent_after, e.observation_date, e.observation_date
  from persons_in_scope s join observation e using (person_id)
  -- What a Patient resource says of the person (patient-observations.sql) is no event.
  where e.observation_id / 1000 <> e.person_id
  union all
  select person_id, s.pulled_on, s.born_on, s.silent_after, e.note_date, e.note_date
  from persons_in_scope s join note e using (person_id)
  union all
  select person_id, s.pulled_on, s.born_on, s.silent_after, e.specimen_date, e.specimen_date
  from persons_in_scope s join specimen e using (person_id)
),
gathered as (
  select person_id,
    min(greatest(start_on, born_on)) filter (where start_on <= pulled_on) as first_on,
    max(end_on) filter (where start_on <= pulled_on) as last_on,
    min(start_on) filter (where start_on > pulled_on) as again_on
  from event
  where end_on >= born_on and start_on <= silent_after and born_on <= pulled_on
  group by person_id, (greatest(start_on, born_on) - date '0001-01-01') / 366
),
reached as (
  select person_id, first_on, last_on, again_on,
    max(last_on) over (
      partition by person_id order by first_on, last_on rows between unbounded preceding and 1 preceding
    ) as reached_on
  from gathered
),
numbered as (
  select person_id, first_on, last_on, again_on,
    count(*) filter (where first_on is not null and (reached_on is null or first_on - reached_on >= 548))
      over (partition by person_id order by first_on, last_on) as n
  from reached
)
select p.*, s.connection_id, s.pulled_on, s.silent_after
from (
  select person_id, n, min(first_on) as start_on, max(last_on) as last_on, min(again_on) as again_on
  from numbered
  group by person_id, n
) p join persons_in_scope s using (person_id);

analyze period_now;

insert into observation_period (
  observation_period_id, person_id, observation_period_start_date, observation_period_end_date, period_type_concept_id
)
select person_id * 100000 + n, person_id, start_on, least(last_on + 60, silent_after, pulled_on), 32882
from period_now
where start_on is not null;

insert into open_period (person_id, connection_id, observation_period_id, ends_on, again_on)
select p.person_id, p.connection_id, max(o.observation_period_id), max(o.ends_on), min(p.again_on)
from period_now p
left join lateral (
  select p.person_id * 100000 + p.n as observation_period_id, least(p.last_on + 60, p.silent_after) as ends_on
  where least(p.last_on + 60, p.silent_after) > p.pulled_on and p.start_on is not null
) o on true
where p.connection_id is not null and (o.ends_on is not null or p.again_on is not null)
group by p.person_id, p.connection_id;

drop table period_now;
