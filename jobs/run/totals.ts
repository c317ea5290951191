/** Sums the chunks' counts into the run, where they stay when the chunks are gone. */
import type { Tx } from '../../sql/connect.ts';

export async function freezeTotalsInTx(tx: Tx, runId: number): Promise<void> {
  await tx`
    update run set
      records_extracted = c.extracted, records_redriven = c.redriven, records_unchanged = c.unchanged,
      records_loaded = c.loaded, records_excluded = c.excluded, records_failed = c.failed,
      records_parked = c.parked, records_mapped = c.mapped, rows_written = r.written, rows_deleted = r.deleted,
      records_removed = n.removed
    from (
      select coalesce(sum(extracted), 0) as extracted, coalesce(sum(redriven), 0) as redriven,
        coalesce(sum(unchanged), 0) as unchanged, coalesce(sum(loaded), 0) as loaded,
        coalesce(sum(excluded), 0) as excluded, coalesce(sum(failed), 0) as failed,
        coalesce(sum(parked), 0) as parked, coalesce(sum(mapped), 0) as mapped
      from chunk_count where run_id = ${runId}
    ) c, (
      select coalesce(sum(written), 0) as written, coalesce(sum(deleted), 0) as deleted
      from chunk_rows where run_id = ${runId}
    ) r, (
      select coalesce(sum(resources), 0) as removed
      from chunk_reason where run_id = ${runId} and outcome = 'removed'
    ) n
    where run.run_id = ${runId}`;
}
