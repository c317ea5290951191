-- Of the rows that are in the CDM now: how many have a Standard concept. Read from the CDM itself, so it is never out
-- of step; on very large databases it takes as long as counting the tables does.
create view mapping_coverage as
with facts (table_name, resource_key, mapped) as (
  select 'condition_occurrence', condition_occurrence_id / 1000, condition_concept_id <> 0 from condition_occurrence
  union all
  select 'drug_exposure', drug_exposure_id / 1000, drug_concept_id <> 0 from drug_exposure
  union all
  select 'procedure_occurrence', procedure_occurrence_id / 1000, procedure_concept_id <> 0 from procedure_occurrence
  union all
  select 'device_exposure', device_exposure_id / 1000, device_concept_id <> 0 from device_exposure
  union all
  select 'measurement', measurement_id / 1000, measurement_concept_id <> 0 from measurement
  union all
  select 'observation', observation_id / 1000, observation_concept_id <> 0 from observation
  union all
  select 'visit_occurrence', visit_occurrence_id, visit_concept_id <> 0 from visit_occurrence
)
select c.connection_id, c.site_key, f.table_name, count(*) as row_count,
  count(*) filter (where f.mapped) as mapped_rows,
  round(100.0 * count(*) filter (where f.mapped) / count(*), 2) as coverage
from facts f
join resource r on r.resource_key = f.resource_key
join connection c on c.connection_id = r.connection_id
group by c.connection_id, c.site_key, f.table_name
order by c.site_key, f.table_name;
comment on view mapping_coverage is 'Rows of each clinical CDM table with a Standard concept, per connection, in percent.';
comment on column mapping_coverage.coverage is 'mapped_rows in percent of row_count.';
comment on column mapping_coverage.mapped_rows is 'Of them, those with a Standard concept.';
comment on column mapping_coverage.row_count is 'Rows in the table now.';
