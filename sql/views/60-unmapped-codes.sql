-- The worklist: codes in use that have no Standard concept, the most frequent first. cumulative_share shows the few
-- codes that make most of the gap.
create view unmapped_codes as
with uses as (
  select u.code_id, r.connection_id, u.element, r.resource_type,
    count(distinct u.resource_key) as records, count(distinct u.person_id) as persons,
    min(run_first.created_at) as first_seen, max(run_last.created_at) as last_seen
  from unmapped_use u
  join resource r using (resource_key)
  join run run_first on run_first.run_id = r.first_run
  join run run_last on run_last.run_id = r.last_run
  group by u.code_id, r.connection_id, u.element, r.resource_type
)
select c.connection_id, c.site_key, s.system, s.code, s.display, uses.resource_type, uses.element,
  uses.records, uses.persons, uses.first_seen, uses.last_seen,
  round(100.0 * sum(uses.records) over (partition by c.connection_id order by uses.records desc, s.system, s.code, uses.element, uses.resource_type)
    / sum(uses.records) over (partition by c.connection_id), 2) as cumulative_share
from uses
join source_code s using (code_id)
join connection c on c.connection_id = uses.connection_id
order by c.connection_id, uses.records desc, s.system, s.code;
comment on view unmapped_codes is 'Codes of loaded resources without a Standard concept: where they occur, how often, in how many persons.';
comment on column unmapped_codes.system is 'Code system URI as sent; "text" where there was only text.';
comment on column unmapped_codes.element is 'Where in the resource: code (the row has concept 0), value, unit, route ...';
comment on column unmapped_codes.cumulative_share is 'Percent of all unmapped uses of the connection that this code and the more frequent ones make.';
