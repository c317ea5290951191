/**
 * No row may point at a row that is gone. Targets are mapped in earlier phases than what refers to them, so a
 * worker may remember them. The exception is a Patient (or Encounter, …) that stands in a file of a later
 * phase, or is asked for once all is mapped (jobs/4-hydrate), and loses its rows: a chunk mapped at the same moment may
 * have used an answer that is no longer true.
 * Where that has happened, whatever still points at such resources is detached once everything is mapped.
 */
import type { Tx } from '../../sql/connect.ts';
import type { LoadContext } from '../load/context.ts';
import { phaseOf } from '../load/phases.ts';
import { detachInTx } from '../load/take-out/detach.ts';
import { bitOf, POINTS_AT } from '../load/write/cdm-tables.ts';
import { openLedger } from '../load/write/ledger.ts';

export async function settleWithdrawnInTx(
  tx: Tx,
  run: { readonly run_id: number; readonly connection_id: number },
  openChunk: (keys: readonly number[]) => Promise<LoadContext>,
): Promise<void> {
  const met = await tx<{ resource_type: string; phase: number; hydrated: boolean }[]>`
    select c.resource_type, max(k.phase) as phase, bool_or(f.kind = 'hydrated') as hydrated
    from chunk_count c join chunk k using (chunk_id) join export_file f using (file_id)
    where c.run_id = ${run.run_id} and f.kind in ('output', 'hydrated')
    group by c.resource_type`;
  const late = met
    .filter((one) => one.hydrated || one.phase > phaseOf(one.resource_type))
    .map((one) => one.resource_type);
  if (late.length === 0) return;
  const withdrawn = await tx<{ key: number }[]>`
    select resource_key as key from resource
    where connection_id = ${run.connection_id} and resource_type = any(${late}::text[])
      and last_run = ${run.run_id} and outcome <> 'loaded'`;
  if (withdrawn.length === 0) return;
  const row_tables = Object.values(POINTS_AT).reduce((bits, table) => bits | bitOf(table), 0);
  const context = await openChunk(withdrawn.map(({ key }) => key));
  const ledger = openLedger();
  await detachInTx(
    tx,
    context,
    withdrawn.map(({ key }) => ({ key, row_tables })),
    ledger,
  );
  await ledger.writeInTx(tx, context.chunkId, context.runId);
}
