/**
 * Writes what a resource waits for: a target without which it is parked or incomplete, and references that
 * stay NULL meanwhile.
 */
import type { Tx } from '../../../sql/connect.ts';
import { storedLine } from '../../connection/sealed-data.ts';
import type { Finished } from '../assemble.ts';
import { targetId } from '../compare/known.ts';
import type { WriteContext } from '../context.ts';
import { copyRows } from './copy.ts';

export async function writeOpenLinks(
  tx: Tx,
  context: WriteContext,
  finished: readonly Finished[],
): Promise<void> {
  await copyRows(
    tx,
    'open_link',
    ['connection_id', 'target_type', 'target_id', 'resource_key', 'table_name', 'column_name', 'row_id'],
    finished.flatMap((one) =>
      one.openLinks.map((link) => [
        context.connectionId,
        link.target_type,
        link.target_id,
        link.resource_key,
        link.table_name,
        link.column_name,
        link.row_id,
      ]),
    ),
  );
}

export async function writeWaiting(
  tx: Tx,
  context: WriteContext,
  finished: readonly Finished[],
): Promise<void> {
  const waiting = finished.filter((one) => one.awaits);
  await copyRows(
    tx,
    'waiting',
    ['resource_key', 'connection_id', 'target_type', 'target_id', 'parked', 'line', 'since_run', 'since'],
    await Promise.all(
      waiting.map(async (one) => [
        ...[
          one.key,
          context.connectionId,
          one.awaits?.types[0],
          one.awaits && targetId(one.awaits),
          one.result === 'parked',
        ],
        ...[
          await storedLine(context.keyring, one.key, one.item.entry.bytes),
          context.runId,
          context.now.toISOString(),
        ],
      ]),
    ),
  );
}
