-- schema: sync
--
-- Deletions in an account of their own: what is taken out of the CDM was not received, so it is no part of the sum of
-- a run, and no exclusion.

alter table run add column records_removed bigint;
comment on column run.records_removed is 'Resources taken out of the CDM: deleted or vanished at the source, or purged. They were not received, so they are no part of the sum.';

update chunk_reason n set outcome = 'removed' from run r
where r.run_id = n.run_id and n.outcome = 'excluded'
  and (n.reason in ('deleted-at-source', 'vanished-at-source', 'misread') or r.kind = 'purge' and n.reason = 'purged');
update run r set records_removed = coalesce(
  (select sum(resources) from chunk_reason n where n.run_id = r.run_id and n.outcome = 'removed'), 0)
where r.records_extracted is not null;
comment on table chunk_reason is 'Why resources of a chunk were excluded, failed or parked, or were removed from the CDM, counted.';

-- The server's words on its progress are of no use once the export is there.
update run set export_progress = null where manifest_at is not null;
