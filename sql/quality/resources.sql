-- Types of which every resource is excluded, and all for one reason: more often a rule that does not fit the source than
-- a source that has nothing. Rules that are about whole types, and what was taken out again, do not count; nor do types
-- of fewer than ten resources. $1 is the run whose resources are asked about; NULL: all that are stored.

with sent (resource_type, resources, excluded) as (
  select resource_type, sum(extracted + redriven - unchanged), sum(excluded)
  from chunk_count where run_id = $1::bigint group by resource_type
  union all
  select resource_type, count(*), count(*) filter (where outcome = 'excluded')
  from resource where $1::bigint is null group by connection_id, resource_type
),
why (resource_type, reasons, rightly) as (
  select resource_type, count(distinct reason), bool_or(reason = any(array['no-omop-target', 'claim-without-adjudication']))
  from chunk_reason where run_id = $1::bigint and outcome = 'excluded' group by resource_type
  union all
  select resource_type, count(distinct reason), bool_or(reason = any(array[
    'no-omop-target', 'claim-without-adjudication', 'deleted-at-source', 'vanished-at-source', 'misread', 'purged'
  ]))
  from resource where $1::bigint is null and outcome = 'excluded' group by resource_type
)
select 'type-excluded-whole' as check_id, 'resource' as table_name, 'resource_type' as field_name,
  coalesce(sum(s.resources) filter (where s.excluded = s.resources and w.reasons = 1 and not w.rightly), 0)::bigint as violated,
  coalesce(sum(s.resources), 0)::bigint as total
from sent s left join why w using (resource_type)
where s.resources >= 10
