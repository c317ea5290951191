-- dose_era of the persons in scope: exposures to one ingredient at one daily dose that follow each other within 30
-- days are one era. The dose is known where drug_strength knows the drug (OHDSI, "How to calculate drug dose"):
--
--   fixed amounts (tablets)      quantity * amount_value / days_supply
--   per mL, mg, actuation ...    quantity * numerator_value / days_supply
--   released over hours (patch)  24 * numerator_value / denominator_value; needs no quantity
--
-- Nothing is written where quantity or days_supply is missing (days_supply is only ever what the source said), and for
-- packs of a given volume (denominator_value other than 1): whether their quantity counts packs or millilitres is not
-- recorded, and the answers lie a factor of the volume apart.
--
-- Ids: person_id * 100000 + n. No parameters; reads persons_in_scope and ingredient_of.

delete from dose_era e using persons_in_scope s where e.person_id = s.person_id;

insert into dose_era (
  dose_era_id, person_id, drug_concept_id, unit_concept_id, dose_value, dose_era_start_date, dose_era_end_date
)
with strength as (
  select distinct drug_concept_id, ingredient_concept_id,
    case when denominator_unit_concept_id is null then amount_value else numerator_value end as strength,
    case when denominator_unit_concept_id is null then amount_unit_concept_id else numerator_unit_concept_id end
      as unit_concept_id,
    case when denominator_unit_concept_id = 8505 then nullif(denominator_value, 0) end as hours,
    coalesce(denominator_unit_concept_id, 0) = 8505 as is_per_hour
  from drug_strength join ingredient_of using (drug_concept_id, ingredient_concept_id)
  where invalid_reason is null
    and (coalesce(denominator_value, 1) = 1 or denominator_unit_concept_id = 8505)
),
exposure as (
  select d.person_id, t.ingredient_concept_id as concept_id, t.unit_concept_id, d.drug_exposure_start_date as start_on,
    greatest(coalesce(d.drug_exposure_end_date, d.drug_exposure_start_date + d.days_supply), d.drug_exposure_start_date)
      as end_on,
    trim_scale(round(
      case
        when t.is_per_hour then 24 * t.strength / coalesce(t.hours, 1)
        when d.days_supply > 0 and d.quantity > 0 then d.quantity * t.strength / d.days_supply
      end, 6)) as dose_value
  from persons_in_scope s
  join drug_exposure d using (person_id)
  join strength t on t.drug_concept_id = d.drug_concept_id
  where s.born_on is not null and t.strength > 0 and t.unit_concept_id <> 0
),
reached as (
  select person_id, concept_id, unit_concept_id, dose_value, start_on, end_on,
    max(end_on) over (
      partition by person_id, concept_id, unit_concept_id, dose_value order by start_on, end_on
      rows between unbounded preceding and 1 preceding
    ) as reached_on
  from exposure
  where dose_value > 0
),
numbered as (
  select person_id, concept_id, unit_concept_id, dose_value, start_on, end_on,
    count(*) filter (where reached_on is null or start_on > reached_on + 30)
      over (partition by person_id, concept_id, unit_concept_id, dose_value order by start_on, end_on) as n
  from reached
)
select person_id * 100000
    + row_number() over (partition by person_id order by min(start_on), concept_id, unit_concept_id, dose_value),
  person_id, concept_id, unit_concept_id, dose_value, min(start_on), max(end_on)
from numbered
group by person_id, concept_id, unit_concept_id, dose_value, n;

drop table ingredient_of;
