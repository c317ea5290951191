-- condition_era of the persons in scope: occurrences of one condition_concept_id that follow each other within the
-- 30 days of the CDM's persistence window are one era. Concept 0 makes none.
--
-- An occurrence without an end lasts to the day after its start, as in OHDSI's own scripts (ETL-Synthea), so that our
-- eras can be compared with those of other databases. An end before the start counts as the start.
--
-- Ids: person_id * 100000 + n. No parameters; reads persons_in_scope.

delete from condition_era e using persons_in_scope s where e.person_id = s.person_id;

insert into condition_era (
  condition_era_id, person_id, condition_concept_id, condition_era_start_date, condition_era_end_date,
  condition_occurrence_count
)
with occurrence as (
  select c.person_id, c.condition_concept_id as concept_id, c.condition_start_date as start_on,
    greatest(coalesce(c.condition_end_date, c.condition_start_date + 1), c.condition_start_date) as end_on
  from persons_in_scope s join condition_occurrence c using (person_id)
  where c.condition_concept_id <> 0 and s.born_on is not null
),
reached as (
  select person_id, concept_id, start_on, end_on,
    max(end_on) over (
      partition by person_id, concept_id order by start_on, end_on rows between unbounded preceding and 1 preceding
    ) as reached_on
  from occurrence
),
numbered as (
  select person_id, concept_id, start_on, end_on,
    count(*) filter (where reached_on is null or start_on > reached_on + 30)
      over (partition by person_id, concept_id order by start_on, end_on) as n
  from reached
)
select person_id * 100000 + row_number() over (partition by person_id order by min(start_on), concept_id), person_id,
  concept_id, min(start_on), max(end_on), count(*)
from numbered
group by person_id, concept_id, n;
