-- Stays that go on ("Still patient") last to the day of this run's data pull, also those that the run did not send
-- again because they are as they were; and with them the ward that the stay goes on in. A full load says the same.
--
-- A stay whose discharge the source itself coded as "still patient" has a discharged_to_source_value: its end is the
-- source's own, and stays.
--
-- $1 connection_id, $2 day of this run's data pull. Gives the persons concerned.

with moved as (
  update visit_occurrence v set visit_end_date = $2::date, visit_end_datetime = $2::date::timestamp
  from (
    select o.visit_occurrence_id, o.visit_end_datetime
    from visit_occurrence o join resource r on r.resource_key = o.visit_occurrence_id
    where o.discharged_to_concept_id = 32220 and o.discharged_to_source_value is null
      and o.visit_end_date < $2::date and r.connection_id = $1::integer
  ) before
  where v.visit_occurrence_id = before.visit_occurrence_id
  returning v.visit_occurrence_id, v.person_id, before.visit_end_datetime as ended_at
),
moved_wards as (
  update visit_detail d set visit_detail_end_date = $2::date, visit_detail_end_datetime = $2::date::timestamp
  from moved
  where d.visit_occurrence_id = moved.visit_occurrence_id and d.visit_detail_end_datetime = moved.ended_at
    and d.discharged_to_concept_id is null
),
moved_parts as (
  -- An Encounter that goes on and is part of another one.
  update visit_detail d set visit_detail_end_date = $2::date, visit_detail_end_datetime = $2::date::timestamp
  from resource r
  where d.discharged_to_concept_id = 32220 and d.discharged_to_source_value is null
    and d.visit_detail_end_date < $2::date
    and r.resource_key = d.visit_detail_id / 1000 and r.connection_id = $1::integer
  returning d.person_id
)
select person_id from moved union select person_id from moved_parts
