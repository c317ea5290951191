/**
 * Settles resources that came only of a damaged or replaced reading of a file (3-download/take-back.ts).
 * Those that were new in this run are removed. What the EHR holds of those that were here before is unknown,
 * so the next sync is a full one.
 */
import type { Tx } from '../../sql/connect.ts';
import type { OpenChunk } from '../load/open-chunk.ts';
import { GONE } from '../load/reasons.ts';
import { type Removable, removeResourcesInTx } from '../load/take-out/remove-resources.ts';
import { openLedger } from '../load/write/ledger.ts';
import { type FailedFile, MISREAD, recordFileFailureInTx } from '../run/missing-parts.ts';
import type { Run } from '../step/run.ts';

/** Runs once everything that was sent is mapped. */
export async function settleMisreadInTx(tx: Tx, run: Run, openChunk: OpenChunk, now: Date): Promise<void> {
  const [file] = await tx<FailedFile[]>`
    select run_id, file_id from export_file where run_id = ${run.run_id} and restarts > 0
    order by file_no limit 1`;
  if (!file) return;
  const [settled] = await tx`
    select 1 from failure where run_id = ${run.run_id} and reason = ${MISREAD} limit 1`;
  if (settled) return;
  const left = await tx<(Removable & { readonly first_run: number })[]>`
    select resource_key as key, row_tables, resource_type as type, first_run from resource r
    where connection_id = ${run.connection_id} and last_run = ${run.run_id} and content_hash = ''
      and not exists (select 1 from chunk c where c.chunk_id = r.chunk_id)
    order by resource_key for update`;
  if (left.length === 0) return;
  const never = left.filter(({ first_run }) => first_run === run.run_id);
  if (never.length > 0) {
    const context = await openChunk(never.map(({ key }) => key));
    const ledger = openLedger();
    await removeResourcesInTx(tx, { ...context, now }, never, GONE.misread, ledger);
    await ledger.writeInTx(tx, context.chunkId, context.runId);
  }
  await recordFileFailureInTx(tx, file.file_id, MISREAD, null);
  await tx`update connection set watermark = null where connection_id = ${run.connection_id}`;
}
