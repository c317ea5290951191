-- schema: sync
--
-- Only some chunks of a run are queued at a time, the earliest phase first. What is queued is counted, and what comes
-- next is found, at every chunk that is done.

drop index chunk_open;
create index chunk_open on chunk (run_id, phase, chunk_id) where state <> 'done';
create index chunk_queued on chunk (run_id) where state = 'queued';
