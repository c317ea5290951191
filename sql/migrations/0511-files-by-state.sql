-- schema: sync
--
-- Whoever finishes a file or a chunk looks how many files are being downloaded, and for the next that wait. Both were
-- looked for among all that are open: for each of 20,000 files the others were counted, several times.

create index export_file_by_state on export_file (run_id, state, phase, file_no) where state in ('pending', 'queued');
