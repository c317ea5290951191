-- schema: sync
-- The name of a source may change, and its row in cdm_source changes with it: the row must be found again by the name
-- that it was written with.
alter table connection add column cdm_source_name text;
comment on column connection.cdm_source_name is 'Name under which the last completed run wrote this source into cdm_source; null before the first.';
update connection c set cdm_source_name = left(coalesce(c.target_source, c.site_name), 255)
where exists (select 1 from run r where r.connection_id = c.connection_id and r.status = 'completed');
