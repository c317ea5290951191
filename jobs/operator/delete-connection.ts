/**
 * Step "delete" of a deletion: removes a connection with everything that it loaded. It works in bounded
 * batches, each a commit: first the resources with their rows, stage by stage; then the chunks; in the last
 * commit the connection with its runs, this one included. The checkpoint (stage and last resource_key) is in
 * the job. If the step starts over, it finds less to do.
 */
import type { Tx } from '../../sql/connect.ts';
import { deleteCdmSourceInTx } from '../connection/cdm-source.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import { deleteResourcesInTx, STAGES } from '../load/take-out/delete-resources.ts';
import { forgetTextsInTx } from '../load/take-out/purge-resources.ts';
import { WORKER } from '../record/actor.ts';
import { recordInTx } from '../record/record.ts';
import type { Clock } from '../step/clock.ts';
import type { Handler } from '../step/handler.ts';
import type { Queue } from '../step/queue.ts';
import { readRun } from '../step/run.ts';
import { startOperationInTx } from './start-operation.ts';

const RESOURCES = 2000;
/** Chunks per commit. Each has some four megabytes of text, and rows that refer to it. */
const CHUNKS = 100;

/**
 * Nothing syncs the connection meanwhile. If the run is cancelled, the next sync asks for everything, so that
 * what is gone comes again.
 */
export async function startDeletionInTx(
  tx: Tx,
  deps: { readonly queue: Queue; readonly clock: Clock },
  of: { readonly connection_id: number; readonly triggered_by: string },
): Promise<number> {
  const { connection_id, site_key } = await readConnection(tx, of.connection_id);
  await tx`
    update connection set is_active = false, watermark = null, watermark_scope = null
    where connection_id = ${connection_id}`;
  const { triggered_by } = of;
  return await startOperationInTx(tx, deps, {
    connection_id,
    site_key,
    kind: 'deletion',
    asked: {},
    triggered_by,
  });
}

export const deleteStep: Handler<'delete'> = async (deps, step) => {
  const { run_id, stage = 0, after = 0 } = step.payload;
  const run = await readRun(deps.sql, run_id);
  if (run?.status !== 'processing' || run.kind !== 'deletion') return step.commit(async () => {});
  const connection = await readConnection(deps.sql, run.connection_id);
  const connectionId = connection.connection_id;
  await step.commit(async (tx) => {
    // Keeps a second delivery from doing the same at the same time.
    await tx`select 1 from run where run_id = ${run_id} for no key update`;
    if (stage < STAGES) {
      const last = await deleteResourcesInTx(tx, { connectionId, stage, after, limit: RESOURCES });
      const next = last === undefined ? { stage: stage + 1 } : { stage, after: last };
      return deps.queue.sendInTx(tx, 'delete', { run_id, ...next });
    }
    if (await deleteChunksInTx(tx, connectionId)) return deps.queue.sendInTx(tx, 'delete', { run_id, stage });
    await deleteConnectionInTx(tx, connection);
    await recordInTx(tx, {
      ...{ at: deps.clock(), actor: WORKER, action: 'connection.gone', object: `connection/${connectionId}` },
      details: { run_id, site_key: connection.site_key },
    });
  });
  const [left] = await deps.sql`select 1 from connection where connection_id = ${connectionId}`;
  if (!left) deps.log.info({ run_id, site_key: connection.site_key }, 'connection deleted');
};

async function deleteChunksInTx(tx: Tx, connectionId: number): Promise<boolean> {
  const gone = await tx`
    delete from chunk where chunk_id in (
      select c.chunk_id from chunk c join run r using (run_id)
      where r.connection_id = ${connectionId} limit ${CHUNKS}
    )`;
  return gone.count > 0;
}

async function deleteConnectionInTx(tx: Tx, connection: Connection): Promise<void> {
  await deleteCdmSourceInTx(tx, connection.connection_id);
  await tx`delete from connection where connection_id = ${connection.connection_id}`;
  await tx`delete from unmapped_change where connection_id = ${connection.connection_id}`;
  await forgetTextsInTx(tx);
}
