-- Values of measurements: that there is one, in a unit, of a plausible size. Reads persons_in_scope.
--
-- These units cannot go with a negative value: kg, cm, mmHg, per minute, beats per minute, mg/dL, g/dL, g/L, cells per
-- volume, U/L, kg/m2. (mmol/L can, for base excess.) The limits of the vital signs are those of a living adult or
-- child, with room to spare. Beyond them either the unit is wrong or somebody mistyped.

with vital (measurement_concept_id, unit_concept_id, low, high) as (
  values
    (3025315, 9529, 0.2, 700),   -- body weight, kg
    (3036277, 8582, 20, 280),    -- body height, cm
    (3004249, 8876, 20, 350),    -- systolic pressure, mmHg
    (3012888, 8876, 5, 250),     -- diastolic pressure, mmHg
    (3027018, 8541, 10, 350),    -- heart rate, per minute
    (3027018, 8483, 10, 350),    -- heart rate, counts per minute
    (3024171, 8541, 2, 150),     -- respiratory rate, per minute
    (3020891, 586323, 20, 46),   -- body temperature, degree Celsius
    (3038553, 9531, 5, 150)      -- body mass index, kg/m2
),
-- A code of which some numbers have a unit is one that has units: the others have lost theirs.
of_code as (
  select sum(numbers) as numbers, sum(numbers - in_unit) as unit_lost
  from (
    select count(*) as numbers, count(*) filter (where unit_concept_id <> 0) as in_unit
    from persons_in_scope join measurement using (person_id)
    where value_as_number is not null
    group by measurement_concept_id, measurement_source_value
  ) c
  where in_unit > 0
),
counted as (
  select count(*) as rows_seen,
    count(*) filter (where m.value_as_number is null and coalesce(m.value_as_concept_id, 0) = 0
      and coalesce(m.value_source_value, '') = '') as valueless,
    count(m.value_as_number) as numeric_values,
    count(*) filter (where m.value_as_number is not null and m.unit_concept_id is null) as without_unit,
    count(*) filter (where m.unit_source_value is not null) as units_sent,
    count(*) filter (where m.unit_source_value is not null and m.unit_concept_id = 0) as unit_unmapped,
    count(*) filter (where m.unit_concept_id <> 0) as with_unit,
    count(*) filter (where m.unit_concept_id <> 0
      and (u.domain_id is distinct from 'Unit' or u.standard_concept is distinct from 'S')) as unit_invalid,
    count(*) filter (where m.value_as_number is not null and m.unit_concept_id in
      (9529, 8582, 8876, 8541, 8483, 8840, 8713, 8636, 8848, 8815, 8647, 8645, 9531)) as never_negative,
    count(*) filter (where m.value_as_number < 0 and m.unit_concept_id in
      (9529, 8582, 8876, 8541, 8483, 8840, 8713, 8636, 8848, 8815, 8647, 8645, 9531)) as negative,
    count(*) filter (where m.range_low is not null and m.range_high is not null) as with_range,
    count(*) filter (where m.range_low > m.range_high) as reversed,
    count(*) filter (where m.value_as_number is not null and (m.range_low > 0 or m.range_high > 0)) as with_limit,
    count(*) filter (where m.range_high > 0 and m.value_as_number > m.range_high * 10
      or m.range_low > 0 and m.value_as_number < m.range_low / 10) as far_outside,
    count(*) filter (where v.low is not null and m.value_as_number is not null) as vitals,
    count(*) filter (where m.value_as_number not between v.low and v.high) as vital_implausible
  from persons_in_scope
  join measurement m using (person_id)
  left join concept u on u.concept_id = m.unit_concept_id
  left join vital v on v.measurement_concept_id = m.measurement_concept_id and v.unit_concept_id = m.unit_concept_id
)
select r.check_id, 'measurement' as table_name, r.field_name, r.violated, r.total
from counted, of_code cross join lateral (
  values
    ('measurement-without-value', 'value_as_number', valueless, rows_seen),
    ('number-without-unit', 'unit_concept_id', without_unit, numeric_values),
    ('unit-unmapped', 'unit_concept_id', unit_unmapped, units_sent),
    ('unit-lost', 'unit_concept_id', coalesce(unit_lost, 0)::bigint, coalesce(numbers, 0)::bigint),
    ('unit-invalid', 'unit_concept_id', unit_invalid, with_unit),
    ('value-negative', 'value_as_number', negative, never_negative),
    ('range-reversed', 'range_low', reversed, with_range),
    ('value-far-outside-range', 'value_as_number', far_outside, with_limit),
    ('vital-sign-implausible', 'value_as_number', vital_implausible, vitals)
) r (check_id, field_name, violated, total)
