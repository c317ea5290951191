-- The checks of OHDSI's Data Quality Dashboard, pass by pass, with what they mean by the thresholds of today. The newest
-- pass is looked for among the passes, so that whoever asks for it reads its results alone. It is the one that ended last:
-- of two at once, the one that was begun first may.
create view dqd_results as
select r.dqd_run_id, d.ended_at, r.dqd_run_id = (
    select dqd_run_id from dqd_run where state = 'ended' order by ended_at desc, dqd_run_id desc limit 1
  ) as is_latest,
  s.status, r.check_name, r.level, r.category, r.subcategory, r.context, r.table_name, r.field_name, r.concept_id,
  r.description, r.violated, r.total, round(100.0 * r.violated / nullif(r.total, 0), 2) as percent,
  t.threshold, h.note as threshold_note, r.not_applicable, r.query, r.check_id
from dqd_result r
join dqd_run d using (dqd_run_id)
left join dqd_threshold h using (check_id)
cross join lateral (select coalesce(h.threshold, r.default_threshold) as threshold) t
cross join lateral (
  select case
    when r.not_applicable is not null then 'not applicable'
    when 100.0 * r.violated > t.threshold * r.total then 'fail'
    else 'pass'
  end as status
) s
order by d.ended_at desc, r.dqd_run_id desc, array_position(array['fail', 'pass', 'not applicable'], s.status),
  100.0 * r.violated / nullif(r.total, 0) desc nulls last, r.check_id;
comment on view dqd_results is 'Checks of OHDSI''s Data Quality Dashboard over the whole CDM, newest pass and failing ones first; one row for each pass and check. Filled by `cli quality --dqd` and `POST …/quality/dqd/passes`.';
comment on column dqd_results.dqd_run_id is 'The pass.';
comment on column dqd_results.ended_at is 'When the pass ended.';
comment on column dqd_results.is_latest is 'Of the pass that ended last.';
comment on column dqd_results.status is 'pass, fail, or not applicable: there was nothing to check. By the thresholds of today.';
comment on column dqd_results.check_name is 'Type of the check, as the Data Quality Dashboard calls it: isRequired, fkDomain, plausibleAfterBirth.';
comment on column dqd_results.level is 'TABLE, FIELD or CONCEPT.';
comment on column dqd_results.category is 'Completeness, Conformance or Plausibility (Kahn et al. 2016).';
comment on column dqd_results.subcategory is 'Relational, Value, Computational, Temporal or Atemporal; NULL where the category has none.';
comment on column dqd_results.context is 'Verification (by rules of the model) or Validation (by what is known elsewhere).';
comment on column dqd_results.table_name is 'Table of the CDM.';
comment on column dqd_results.field_name is 'Its field; NULL of level TABLE.';
comment on column dqd_results.concept_id is 'Of level CONCEPT: the concept, or several with commas between.';
comment on column dqd_results.description is 'What counts as a violation.';
comment on column dqd_results.violated is 'Rows that break the rule.';
comment on column dqd_results.total is 'Rows that the rule applies to.';
comment on column dqd_results.percent is 'violated in percent of total; NULL when there was nothing to check.';
comment on column dqd_results.threshold is 'Greatest percentage with which the check passes: the site''s (dqd_threshold), or the Data Quality Dashboard''s.';
comment on column dqd_results.threshold_note is 'Why the site has set the threshold.';
comment on column dqd_results.not_applicable is 'Why there was nothing to check.';
comment on column dqd_results.query is 'SQL that gives the two figures of this check alone.';
comment on column dqd_results.check_id is 'The check, as the Data Quality Dashboard names it.';
