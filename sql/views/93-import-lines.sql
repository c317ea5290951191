-- From file and line, as failures and lineage name them, to where an import read it.
create view import_lines as
select r.connection_id, c.run_id, c.chunk_id, f.file_no, c.first_line + l.n as line, s.url, s.part, l.entry_no + 1 as entry
from chunk_source o
join chunk c using (chunk_id)
join export_file f using (file_id)
join run r on r.run_id = c.run_id
cross join lateral unnest(o.source_nos, o.entry_nos) with ordinality as l(source_no, entry_no, n)
join import_source s on s.run_id = c.run_id and s.source_no = l.source_no;
comment on view import_lines is 'From file and line (from 1), as failures and lineage name them, to the Bundle or archive of an import: which file, which entry of it (from 1).';
comment on column import_lines.entry is 'Which entry of the Bundle or part, from 1.';
comment on column import_lines.part is 'Entry of the archive; NULL where the file is none.';
comment on column import_lines.url is 'The file that was imported.';
