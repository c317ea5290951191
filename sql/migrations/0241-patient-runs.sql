-- schema: sync
--
-- Runs of kind patient: one or some patients, now, by searches. One may be live beside an export or an import of its
-- connection, so of each of these two groups of kinds one run is live at a time.

alter table run drop constraint run_kind_known;
alter table run add constraint run_kind_known
  check (kind in ('export', 'import', 'remap', 'redrive', 'removal', 'purge', 'deletion', 'patient'));

create unique index run_one_live_of_group on run (connection_id, (kind = 'patient'))
  where status in ('pending', 'exporting', 'downloading', 'processing');
drop index run_one_live_per_connection;
