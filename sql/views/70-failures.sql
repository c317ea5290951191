-- What should have been loaded and was not, with where it stood. Ids, offsets and reasons; never content.
create view failures as
select f.failure_id, c.connection_id, c.site_key, f.run_id, f.resource_type, f.fhir_id, f.reason, f.field,
  e.file_no, case when e.file_id is null then null else k.first_line + f.chunk_line + 1 end as line,
  f.chunk_id, f.created_at, f.resolved_at
from failure f
join connection c using (connection_id)
left join chunk k on k.chunk_id = f.chunk_id
left join export_file e on e.file_id = k.file_id;
comment on view failures is 'Resources that should have been loaded and were not: reason, element at fault, file and line (from 1).';
comment on column failures.resolved_at is 'When a later version of the resource was processed; NULL while it is open.';
comment on column failures.failure_id is 'Number of the failure.';
comment on column failures.created_at is 'When it was found.';
comment on column failures.field is 'Element at fault, as FHIRPath; NULL where it is the whole.';
comment on column failures.reason is 'Stable code of the reason.';
