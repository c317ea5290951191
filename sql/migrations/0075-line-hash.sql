-- schema: sync
--
-- A line that is byte for byte the one that is loaded needs no parsing to be known as unchanged. What counts is
-- content_hash still: another line hash says nothing.

alter table resource add column line_hash bytea;
comment on column resource.line_hash is 'First 16 bytes of the SHA-256 of the line that the loaded version was sent in. The same line is unchanged; another one may be, see content_hash.';
