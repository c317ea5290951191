-- How the checks of the Data Quality Dashboard went, pass by pass: what has begun to fail, and what has been mended.
create view dqd_trend as
with known as (
  select dqd_run_id, ended_at, check_id, category, status,
    lag(status) over (partition by check_id order by ended_at, dqd_run_id) as before
  from dqd_results
)
select dqd_run_id, ended_at,
  count(*) filter (where status = 'pass') as passed,
  count(*) filter (where status = 'fail') as failed,
  count(*) filter (where status = 'not applicable') as not_applicable,
  count(*) filter (where status = 'fail' and category = 'Completeness') as failed_completeness,
  count(*) filter (where status = 'fail' and category = 'Conformance') as failed_conformance,
  count(*) filter (where status = 'fail' and category = 'Plausibility') as failed_plausibility,
  coalesce(array_agg(check_id order by check_id) filter (where status = 'fail' and before <> 'fail'), '{}') as began_to_fail,
  coalesce(array_agg(check_id order by check_id) filter (where status = 'pass' and before = 'fail'), '{}') as mended
from known
group by dqd_run_id, ended_at
order by ended_at desc, dqd_run_id desc;
comment on view dqd_trend is 'Passes of the checks of OHDSI''s Data Quality Dashboard, newest first, by the thresholds of today.';
comment on column dqd_trend.dqd_run_id is 'The pass.';
comment on column dqd_trend.ended_at is 'When the pass ended.';
comment on column dqd_trend.passed is 'Checks that pass.';
comment on column dqd_trend.failed is 'Checks that fail.';
comment on column dqd_trend.not_applicable is 'Checks with nothing to check.';
comment on column dqd_trend.failed_completeness is 'Failing checks of the category Completeness.';
comment on column dqd_trend.failed_conformance is 'Failing checks of the category Conformance.';
comment on column dqd_trend.failed_plausibility is 'Failing checks of the category Plausibility.';
comment on column dqd_trend.began_to_fail is 'Checks that fail and did not in the pass before.';
comment on column dqd_trend.mended is 'Checks that pass and failed in the pass before.';
