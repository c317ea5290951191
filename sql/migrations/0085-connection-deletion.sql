-- schema: sync
--
-- A connection taken out with all that it loaded, as a run of its own kind.

alter table run drop constraint run_kind_known;
alter table run add constraint run_kind_known check (kind in ('export', 'import', 'remap', 'redrive', 'removal', 'purge', 'deletion'));
comment on column run.kind is 'export, import; remap (stored resources mapped with a new vocabulary), redrive (failures mapped again), removal (of what vanished), purge (of a patient), deletion (of the connection: at its end the run is gone with it).';
