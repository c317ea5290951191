/**
 * Starts a remap: a run that asks nothing of the EHR. It maps again what the present vocabulary would map
 * differently or, with `all`, whatever was not mapped with the present mapping code, settings and vocabulary.
 * It is the connection's one live run, and is resumed, cancelled and retried like a sync.
 */

import type { Tx } from '../../sql/connect.ts';
import { readConnection } from '../connection/connection.ts';
import { insertRunInTx } from '../run/start-run.ts';
import type { Clock } from '../step/clock.ts';
import type { Queue } from '../step/queue.ts';
import { lastToldAt } from './start-operation.ts';

export interface StartRemap {
  readonly connection_id: number;
  readonly triggered_by: string;
  readonly all?: boolean | undefined;
}

export async function startRemapInTx(
  tx: Tx,
  deps: { queue: Queue; clock: Clock },
  request: StartRemap,
): Promise<{ run_id: number }> {
  const connection = await readConnection(tx, request.connection_id);
  const now = deps.clock();
  const run_id = await insertRunInTx(tx, {
    ...{ connection_id: connection.connection_id, site_key: connection.site_key, kind: 'remap' },
    ...{ mode: request.all ? 'full' : 'incremental', since: null, scope: null },
    ...{ triggered_by: request.triggered_by, at: now },
  });
  // The data reach as far as the last run said, which matters for open stays: nothing new has come.
  await tx`
    update run set status = 'processing', started_at = ${now}, manifest_at = ${now}, closing_at = ${now},
      transaction_time = ${lastToldAt(tx, connection.connection_id)}
    where run_id = ${run_id}`;
  await deps.queue.sendInTx(tx, 'redrive', { run_id });
  return { run_id };
}
