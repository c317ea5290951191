-- Which data quality checks pass, failing ones first. is_latest is the newest assessment of its scope and connection; it
-- is found among the assessments, so that whoever asks for the latest reads the results of these alone.
create view quality_results as
select a.assessment_id, a.assessed_at, a.scope, a.connection_id, c.site_key, a.run_id, a.persons,
  a.is_latest,
  k.kind, k.check_id, k.name, r.table_name, r.field_name, k.description, r.violated, r.total,
  round(100.0 * r.violated / nullif(r.total, 0), 2) as percent, r.threshold,
  100.0 * r.violated <= r.threshold * r.total as passed
from (
  select *, assessment_id = max(assessment_id) over (partition by scope, connection_id) as is_latest
  from quality_assessment
) a
join quality_result r using (assessment_id)
join quality_check k using (check_id)
left join connection c on c.connection_id = a.connection_id
order by passed, a.assessment_id desc, 100.0 * r.violated / nullif(r.total, 0) desc nulls last, k.check_id, r.table_name,
  r.field_name;
comment on view quality_results is 'Data quality checks with their results, failing ones first: one row for each assessment, check, table and field.';
comment on column quality_results.scope is 'touched: the persons that the run touched; all: everyone, asked for on demand.';
comment on column quality_results.is_latest is 'Of the newest assessment of this connection (scope touched), or of everyone (scope all).';
comment on column quality_results.violated is 'Rows that break the rule.';
comment on column quality_results.total is 'Rows that the rule applies to. 0: nothing to check, and passed.';
comment on column quality_results.percent is 'violated in percent of total; NULL when there was nothing to check.';
comment on column quality_results.threshold is 'Greatest percentage with which the check passes, as it was at the time.';
comment on column quality_results.assessed_at is 'When the assessment was made.';
comment on column quality_results.assessment_id is 'Number of the assessment.';
comment on column quality_results.check_id is 'Number of the check.';
comment on column quality_results.description is 'What the check demands.';
comment on column quality_results.field_name is 'Column that is checked; NULL for a check of the table.';
comment on column quality_results.kind is 'Conformance, completeness or plausibility.';
comment on column quality_results.name is 'Name of the check.';
comment on column quality_results.passed is 'Whether percent is not above threshold.';
comment on column quality_results.persons is 'Persons that were looked at.';
comment on column quality_results.run_id is 'Run after which it was assessed; NULL for one on demand.';
