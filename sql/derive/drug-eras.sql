-- drug_era of the persons in scope: exposures to one ingredient that follow each other within 30 days are one era. An
-- exposure counts for each ingredient of its drug.
--
-- An exposure lasts to its end date, else start + days_supply, else the day after its start (OHDSI's order). gap_days
-- is the number of days within the era on which no exposure held, both ends of an exposure counted as exposed: 1-30 and
-- 31-60 leave no gap. (OHDSI's script subtracts dates without that, and then counts a gap of one.)
--
-- Ids: person_id * 100000 + n. No parameters; reads persons_in_scope and ingredient_of.

delete from drug_era e using persons_in_scope s where e.person_id = s.person_id;

insert into drug_era (
  drug_era_id, person_id, drug_concept_id, drug_era_start_date, drug_era_end_date, drug_exposure_count, gap_days
)
with exposure as (
  select d.person_id, i.ingredient_concept_id as concept_id, d.drug_exposure_start_date as start_on,
    greatest(
      coalesce(d.drug_exposure_end_date, d.drug_exposure_start_date + d.days_supply, d.drug_exposure_start_date + 1),
      d.drug_exposure_start_date
    ) as end_on
  from persons_in_scope s
  join drug_exposure d using (person_id)
  join ingredient_of i on i.drug_concept_id = d.drug_concept_id
  where s.born_on is not null
),
reached as (
  select person_id, concept_id, start_on, end_on,
    max(end_on) over (
      partition by person_id, concept_id order by start_on, end_on rows between unbounded preceding and 1 preceding
    ) as reached_on
  from exposure
),
numbered as (
  select person_id, concept_id, start_on, end_on,
    case when start_on <= reached_on + 30 then greatest(start_on - reached_on - 1, 0) else 0 end as gap_days,
    count(*) filter (where reached_on is null or start_on > reached_on + 30)
      over (partition by person_id, concept_id order by start_on, end_on) as n
  from reached
)
select person_id * 100000 + row_number() over (partition by person_id order by min(start_on), concept_id), person_id,
  concept_id, min(start_on), max(end_on), count(*), sum(gap_days)
from numbered
group by person_id, concept_id, n;
