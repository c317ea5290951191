/**
 * Writes what a chunk became, in the chunk's transaction: identities and hashes, CDM rows by COPY, unmapped codes,
 * open links, what waits, failures. New resources need no conflict handling; of changed ones the old rows go first,
 * by their id range, from the tables that are known to hold them.
 */
import type { Tx } from '../../../sql/connect.ts';
import type { Unreadable } from '../../lines/read-lines.ts';
import type { TableName } from '../../map/cdm/rows.ts';
import { type Finished, idOf } from '../assemble.ts';
import type { WriteContext } from '../context.ts';
import { deleteRowsInTx } from '../take-out/delete-rows.ts';
import { deleteTermsOfOldWordsInTx } from '../take-out/old-words.ts';
import { type Cell, copyRows } from './copy.ts';
import { forgetDetailsInTx, writeRelationsInTx, writeUnkeptInTx } from './details.ts';
import type { Ledger } from './ledger.ts';
import { writeContents, writeContentUses } from './write-contents.ts';
import { insertResources, updateResources } from './write-resources.ts';
import { copyCdmRows } from './write-rows.ts';
import { writeUnmapped } from './write-unmapped.ts';
import { writeOpenLinks, writeWaiting } from './write-waiting.ts';

export async function writeFinished(
  tx: Tx,
  context: WriteContext,
  finished: readonly Finished[],
  ledger: Ledger,
): Promise<void> {
  const changed = finished.filter((one) => one.item.known);
  await deleteTermsOfOldWordsInTx(tx, changed, ledger);
  await deleteRowsInTx(
    tx,
    changed.map((one) => ({ key: one.key, row_tables: one.item.known?.row_tables ?? 0 })),
    ledger,
    idsOf(changed),
  );
  await forgetDetails(tx, context, changed);
  await insertResources(
    tx,
    context,
    finished.filter((one) => !one.item.known),
  );
  await updateResources(tx, context, changed);
  await copyCdmRows(tx, finished, ledger);
  for (const { rows, personKey } of finished) {
    if (rows.length > 0 && personKey !== undefined) ledger.touched(personKey);
  }
  await writeUnmapped(tx, context, finished);
  await writeUnkeptInTx(tx, finished);
  await writeOpenLinks(tx, context, finished);
  await writeWaiting(tx, context, finished);
  await writeContents(tx, context, finished);
  await writeContentUses(tx, context, finished);
  await writeRelationsInTx(tx, context.connectionId, finished);
}

/** The ids of their rows, by table. */
function idsOf(finished: readonly Finished[]): Map<TableName, Set<number>> {
  const ids = new Map<TableName, Set<number>>();
  for (const { key, rows } of finished) {
    rows.forEach(({ table }, index) => {
      const ofTable = ids.get(table) ?? new Set();
      ids.set(table, ofTable.add(idOf(table, key, index)));
    });
  }
  return ids;
}

async function forgetDetails(tx: Tx, context: WriteContext, changed: readonly Finished[]): Promise<void> {
  if (changed.length === 0) return;
  await forgetDetailsInTx(
    tx,
    changed.map((one) => one.key),
  );
  const failedBefore = changed.filter((one) => one.item.known?.outcome === 'failed');
  if (failedBefore.length > 0) {
    await tx`
      update failure f set resolved_at = ${context.now}
      from unnest(${failedBefore.map((one) => one.item.entry.type)}::text[], ${failedBefore.map((one) => one.item.entry.id)}::text[]) as e(type, id)
      where f.connection_id = ${context.connectionId} and f.resource_type = e.type and f.fhir_id = e.id and f.resolved_at is null`;
  }
}

export async function writeFailures(
  tx: Tx,
  context: WriteContext,
  unreadable: readonly Unreadable[],
  finished: readonly Finished[],
): Promise<void> {
  const cells: Cell[][] = [
    ...unreadable.map((one) => [context.chunkId, one.line, one.type, one.id, one.reason, null]),
    ...finished
      .filter((one) => one.result === 'failed')
      .map(({ item: { entry, origin }, reason, field }) => [
        ...[origin ?? context.chunkId, entry.line, entry.type, entry.id, reason, field],
      ]),
  ];
  await copyRows(
    tx,
    'failure',
    ['connection_id', 'run_id', 'chunk_id', 'chunk_line', 'resource_type', 'fhir_id', 'reason', 'field'],
    cells.map((cell) => [context.connectionId, context.runId, ...cell]),
  );
}
