-- From a resource to the rows that it may have, and to the run, file and line that it came from. Filter by resource or
-- connection; from a row, ask lineage_of (91-lineage-of.sql).
create view lineage as
select t.table_name,
  case when t.by_key then r.resource_key end as row_id,
  case when t.by_key then r.resource_key else r.resource_key * 1000 end as row_id_from,
  case when t.by_key then r.resource_key else r.resource_key * 1000 + 999 end as row_id_to,
  c.connection_id, c.site_key, r.resource_type, r.fhir_id, r.resource_key, encode(r.content_hash, 'hex') as content_hash,
  r.first_run, r.last_run, m.code_version, v.version as vocabulary_version,
  e.file_no, case when e.file_id is null then null else k.first_line + r.chunk_line + 1 end as line, r.chunk_id
from resource r
join connection c using (connection_id)
join mapping_version m using (mapping_version_id)
join vocabulary_release v using (release_id)
join lateral (
  select ct.table_name, ct.table_name in ('person', 'death', 'visit_occurrence', 'location', 'care_site', 'provider') as by_key
  from cdm_table ct where (r.row_tables & (1 << ct.bit)) <> 0
) t on true
left join chunk k on k.chunk_id = r.chunk_id
left join export_file e on e.file_id = k.file_id;
comment on view lineage is 'Where the rows of a resource came from. A row of an event table belongs to the resource with resource_key = id / 1000; persons, visits, providers, care sites and locations have the resource_key as their id.';
comment on column lineage.row_id_from is 'Ids that this resource''s rows may have in that table: from here …';
comment on column lineage.row_id_to is '… to here.';
comment on column lineage.code_version is 'Version of the mapping that made the rows.';
comment on column lineage.content_hash is 'SHA-256 of the resource''s content, in hexadecimal.';
comment on column lineage.first_run is 'Run that brought the resource first.';
comment on column lineage.last_run is 'Run that brought its version now.';
comment on column lineage.row_id is 'Id of the row, where the table has one for each resource; else NULL.';
comment on column lineage.vocabulary_version is 'Release of the vocabulary that the codes were mapped with.';
