-- schema: sync
--
-- Full exports after the first store and map only the lines that are not what is loaded already.
comment on table chunk_body is 'The chunk''s lines, compressed, and sealed where SEAL_CHUNKS was on. Of a full export after the first, only those that were not loaded already: the others are empty, so that line numbers stay. Kept for the retention time of the connection, so that a new vocabulary can be applied without a new export.';
comment on table chunk_count is 'What became of a chunk''s resources. The constraint is the promise: every resource is accounted for. Unchanged lines of a full export are counted when their chunk is stored, the others when it is mapped.';
