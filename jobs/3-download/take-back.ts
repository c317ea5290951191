/**
 * What came of text that a file does not hold. Chunks are mapped while their file is still being read, and only the
 * end of a compressed file tells whether it was sound; or the server puts another file in its place. Then what was
 * read is taken back: its chunks go, and the resources that they brought equal no content any more, so that they are
 * mapped anew where the next reading has them.
 *
 * Resources that no later reading has are settled before the run closes. New ones were never there: they go. Of those
 * that were here before nobody knows what the EHR holds of them, so the next sync is a full one.
 */
import type { Tx } from '../../sql/connect.ts';
import type { OpenChunk } from '../5-settle/settle-merges.ts';
import { GONE, type Removable, removeResourcesInTx } from '../load/take-out/remove-resources.ts';
import { openLedger } from '../load/write/ledger.ts';
import { type FailedFile, MISREAD, recordFileFailureInTx } from '../run/hold-watermark.ts';
import type { Run } from '../step/run.ts';

export async function takeBackInTx(
  tx: Tx,
  { file_id, run_id }: Pick<FailedFile, 'file_id' | 'run_id'>,
): Promise<void> {
  await tx`select 1 from export_file where file_id = ${file_id} for update`;
  // A chunk that is being mapped is waited for: what comes of it is taken back with the others.
  const chunks = await tx<{ chunk_id: number }[]>`
    select chunk_id from chunk where file_id = ${file_id} order by chunk_id for update`;
  if (chunks.length === 0) return;
  const ids = chunks.map(({ chunk_id }) => chunk_id);
  await tx`
    update resource set content_hash = '', last_updated = null, position = 0
    where chunk_id = any(${ids}::bigint[])`;
  await tx`delete from failure where run_id = ${run_id} and chunk_id = any(${ids}::bigint[])`;
  await tx`delete from chunk where chunk_id = any(${ids}::bigint[])`;
  await tx`
    update export_file set bytes_done = 0, lines_done = 0, next_seq = 0, etag = null, restarts = restarts + 1
    where file_id = ${file_id}`;
}

/** Once everything that was sent is mapped. */
export async function settleMisreadInTx(tx: Tx, run: Run, openChunk: OpenChunk, now: Date): Promise<void> {
  const [file] = await tx<FailedFile[]>`
    select run_id, file_id, phase from export_file where run_id = ${run.run_id} and restarts > 0
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
    const { connection_id: connectionId, run_id: runId } = run;
    await removeResourcesInTx(tx, { connectionId, runId, now }, never, GONE.misread, ledger);
    await ledger.writeInTx(tx, context.chunkId, context.runId);
  }
  await recordFileFailureInTx(tx, file, MISREAD, null);
  await tx`update connection set watermark = null where connection_id = ${run.connection_id}`;
}
