-- The worklist: codes in use that have no Standard concept, the most frequent first. cumulative_share shows the few
-- codes that make most of the gap. Words that few persons have are counted in one row without a text.
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
),
told as (
  select c.connection_id, c.site_key, s.system, s.code, s.display, uses.resource_type, uses.element, uses.records,
    uses.persons, uses.first_seen, uses.last_seen,
    unmapped_is_common(uses.resource_type, uses.persons, c.sync_config) as is_common,
    unmapped_is_words(s.system, s.code)
      and not unmapped_is_common(uses.resource_type, uses.persons, c.sync_config) as is_withheld
  from uses
  join source_code s using (code_id)
  join connection c on c.connection_id = uses.connection_id
),
listed as (
  select connection_id, site_key, system, code, case when is_common then display end as display, resource_type, element,
    records, persons, first_seen, last_seen, 0::bigint as codes_withheld
  from told where not is_withheld
  union all
  select connection_id, site_key, system, null, null, resource_type, element, sum(records), null, min(first_seen),
    max(last_seen), count(*)
  from told where is_withheld
  group by connection_id, site_key, system, resource_type, element
)
select connection_id, site_key, system, code, display, resource_type, element, records, persons, first_seen, last_seen,
  round(100.0 * sum(records) over (partition by connection_id order by records desc, system, code, element, resource_type)
    / sum(records) over (partition by connection_id), 2) as cumulative_share,
  codes_withheld
from listed
order by connection_id, records desc, system, code;
comment on view unmapped_codes is 'Codes of loaded resources without a Standard concept: where they occur, how often, in how many persons.';
comment on column unmapped_codes.system is 'Code system URI as sent; "text" where there was only text.';
comment on column unmapped_codes.code is 'The code or the words; NULL in the row that counts words of few persons (sync_config.unmapped_text_persons).';
comment on column unmapped_codes.display is 'What the EHR calls the code; NULL also where few persons have it.';
comment on column unmapped_codes.element is 'Where in the resource: code (the row has concept 0), value, unit, route ...';
comment on column unmapped_codes.cumulative_share is 'Percent of all unmapped uses of the connection that this code and the more frequent ones make.';
comment on column unmapped_codes.codes_withheld is 'Different words that the row counts without telling them.';
comment on column unmapped_codes.first_seen is 'When a resource with it was received first.';
comment on column unmapped_codes.last_seen is 'When one was received last.';
comment on column unmapped_codes.persons is 'Persons who have it; NULL in the row that counts words of few persons.';
comment on column unmapped_codes.records is 'Resources that use it.';
