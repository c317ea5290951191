/**
 * Step "remove" of a removal: takes out what a confirmed reconciliation found vanished, as if the server had sent
 * deletions. What has come again since stays. Bounded batches; the checkpoint is vanished.removed.
 */
import type { Tx } from '../../sql/connect.ts';
import { readConnection } from '../connection/connection.ts';
import { openChunkInTx } from '../load/open-chunk.ts';
import { GONE } from '../load/reasons.ts';
import { type Removable, removeResourcesInTx } from '../load/take-out/remove-resources.ts';
import { openLedger } from '../load/write/ledger.ts';
import type { Deps } from '../step/deps.ts';
import type { Handler } from '../step/handler.ts';
import { type Run, readRun } from '../step/run.ts';

const BATCH = 2000;

export const removeStep: Handler<'remove'> = async (deps, step) => {
  const { run_id } = step.payload;
  const run = await readRun(deps.sql, run_id);
  if (run?.status !== 'processing' || run.kind !== 'removal') return step.commit(async () => {});
  await step.commit(async (tx) => {
    // Keeps a second delivery from doing it at once.
    await tx`select 1 from run where run_id = ${run_id} for no key update`;
    const more = await removeBatchInTx(tx, deps, run, reconciliationOf(run.asked));
    await deps.queue.sendInTx(tx, more ? 'remove' : 'redrive', { run_id });
  });
};

function reconciliationOf(asked: unknown): number {
  const run: unknown =
    typeof asked === 'object' && asked !== null ? Reflect.get(asked, 'reconciliation') : undefined;
  if (typeof run !== 'number') throw new Error('a removal without the reconciliation that it belongs to');
  return run;
}

interface Vanished extends Removable {
  readonly came_again: boolean;
}

/** What depends on others goes before them, so that it is not parked first. */
async function removeBatchInTx(tx: Tx, deps: Deps, run: Run, reconciliation: number): Promise<boolean> {
  const batch = await tx<Vanished[]>`
    select v.resource_key as key, r.row_tables, r.resource_type as type, r.last_run > ${reconciliation} as came_again
    from vanished v join resource r using (resource_key)
    where v.run_id = ${reconciliation} and not v.removed
    order by case r.resource_type when 'Patient' then 2 when 'Encounter' then 1 else 0 end, v.resource_key
    limit ${BATCH}
    for update of r`;
  if (batch.length === 0) return false;
  const connection = await readConnection(tx, run.connection_id);
  const context = await openChunkInTx(
    tx,
    deps,
    run,
    connection,
    batch.map((one) => one.key),
  );
  const ledger = openLedger();
  await removeResourcesInTx(
    tx,
    context,
    batch.filter((one) => !one.came_again),
    GONE.vanished,
    ledger,
  );
  await ledger.writeInTx(tx, context.chunkId, context.runId);
  await tx`
    update vanished set removed = true
    where run_id = ${reconciliation} and resource_key = any(${batch.map((one) => one.key)}::bigint[])`;
  return true;
}
