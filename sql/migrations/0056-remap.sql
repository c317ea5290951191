-- schema: sync
--
-- Mapping again from the lines that are kept, after a new release or a changed map.

alter table chunk add column origin_chunk_id bigint references chunk on delete cascade;
create index chunk_of_origin on chunk (origin_chunk_id) where origin_chunk_id is not null;
comment on column chunk.origin_chunk_id is 'Of a chunk that maps lines again: the chunk that holds them. It has no lines of its own.';

create table mapping_equal (
  connection_id      integer not null references connection on delete cascade,
  mapping_version_id integer not null references mapping_version,
  equals_id          integer not null references mapping_version,
  primary key (connection_id, mapping_version_id)
);
comment on table mapping_equal is 'After a remap: which older mapping versions gave the connection''s resources what the one of the remap gives, since all that differs was mapped again. So the next full sync finds them unchanged.';

-- What was mapped before answers were kept: unknown, so any remap maps it again.
insert into vocabulary_answer (answer_key, kind, system, vocabularies, code, answer)
values ('00000000-0000-0000-0000-000000000000', 'code', '', '{}', '', 'null');
insert into chunk_answer (chunk_id, answers, resources)
select k.chunk_id, array['00000000-0000-0000-0000-000000000000'::uuid], array[k.lines]
from chunk k join export_file f using (file_id)
where f.kind = 'output' and k.state = 'done'
on conflict do nothing;
