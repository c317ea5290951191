-- schema: sync
--
-- Chunks, waiting lines, contents and URLs of exports may be sealed (SEAL_CHUNKS; jobs/connection/sealed-data.ts). Sealed and
-- clear ones live side by side.

alter table export_file add column url_hash bytea;
comment on column export_file.url is 'Where the file is. Sealed (v2.<key id>.<iv>.<ciphertext>) where SEAL_CHUNKS was on when it was told.';
comment on column export_file.url_hash is 'SHA-256 of run and URL, by which sealed URLs are compared; NULL of a clear one.';

alter table manifest_entry add column url_hash bytea;
comment on column manifest_entry.url_hash is 'As of export_file.';

create function sealed_with(bytes bytea) returns text language sql immutable parallel safe as $$
  select case when substr(bytes, 1, 3) = '\x005301'::bytea
    then convert_from(substr(bytes, 5, get_byte(substr(bytes, 4, 1), 0)), 'UTF8') end
$$;
comment on function sealed_with(bytea) is 'Id of the key with which a chunk or line is sealed; NULL of a clear one.';

create function sealed_with(stored text) returns text language sql immutable parallel safe as $$
  select case when stored like 'v2.%.%.%' then split_part(stored, '.', 2) end
$$;
comment on function sealed_with(text) is 'Id of the key with which a URL or content is sealed; NULL of a clear one.';

comment on table chunk_body is 'The chunk''s lines, compressed, and sealed where SEAL_CHUNKS was on. Kept for the retention time of the connection, so that a new vocabulary can be applied without a new export.';
comment on column waiting.line is 'The line as it was sent; sealed where SEAL_CHUNKS was on.';
comment on column medication_content.content is 'What others are mapped with; a JSON string where it is sealed (SEAL_CHUNKS).';
comment on column substance_content.content is 'What others are mapped with; a JSON string where it is sealed (SEAL_CHUNKS).';
comment on column device_content.content is 'What others are mapped with; a JSON string where it is sealed (SEAL_CHUNKS).';
comment on column run.status_url is 'Where the export is asked about; sealed where SEAL_CHUNKS was on.';
