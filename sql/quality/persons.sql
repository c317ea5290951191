-- Who the persons are, and that each can be found by tools that ask for observation periods. Reads persons_in_scope.
-- Gender 8521 and 8551 (other, unknown) are not Standard and written on purpose.

with described as (
  select p.*, s.pulled_on,
    exists (select from observation_period o where o.person_id = p.person_id) as observed,
    g.domain_id as gender_domain, r.domain_id as race_domain, r.standard_concept as race_standard,
    t.domain_id as ethnicity_domain, t.standard_concept as ethnicity_standard
  from persons_in_scope s
  join person p using (person_id)
  left join concept g on g.concept_id = p.gender_concept_id
  left join concept r on r.concept_id = p.race_concept_id
  left join concept t on t.concept_id = p.ethnicity_concept_id
),
counted as (
  select count(*) as persons,
    count(*) filter (where not observed) as unobserved,
    count(*) filter (where year_of_birth not between 1850 and extract(year from pulled_on)) as implausible_year,
    count(*) filter (
      where month_of_birth not between 1 and 12 or day_of_birth not between 1 and 31
        or extract(year from birth_datetime) <> year_of_birth
        or extract(month from birth_datetime) <> month_of_birth
        or extract(day from birth_datetime) <> day_of_birth
    ) as torn_birth_date,
    count(*) filter (where gender_concept_id = 0) as gender_missing,
    count(*) filter (where gender_concept_id not in (0, 8507, 8532, 8521, 8551)
      and gender_domain is distinct from 'Gender') as gender_invalid,
    count(*) filter (where race_concept_id = 0) as race_missing,
    count(*) filter (where race_concept_id <> 0
      and (race_domain is distinct from 'Race' or race_standard is distinct from 'S')) as race_invalid,
    count(*) filter (where ethnicity_concept_id <> 0
      and (ethnicity_domain is distinct from 'Ethnicity' or ethnicity_standard is distinct from 'S'))
      as ethnicity_invalid,
    count(*) filter (where person_id < 0) as negative_id
  from described
)
select r.check_id, 'person' as table_name, r.field_name, r.violated, r.total
from counted cross join lateral (
  values
    ('person-without-observation-period', 'person_id', unobserved, persons),
    ('birth-year-implausible', 'year_of_birth', implausible_year, persons),
    ('birth-date-torn', 'birth_datetime', torn_birth_date, persons),
    ('concept-unmapped', 'gender_concept_id', gender_missing, persons),
    ('concept-unmapped', 'race_concept_id', race_missing, persons),
    ('demographic-concept-invalid', 'gender_concept_id', gender_invalid, persons),
    ('demographic-concept-invalid', 'race_concept_id', race_invalid, persons),
    ('demographic-concept-invalid', 'ethnicity_concept_id', ethnicity_invalid, persons),
    ('id-negative', 'person_id', negative_id, persons)
) r (check_id, field_name, violated, total)
