/**
 * Confirms a reconciliation: a person states the number of vanished resources that they saw, and a run of
 * kind removal removes these. A reconciliation can no longer be confirmed after a later full export.
 */
import type { Tx } from '../../sql/connect.ts';
import { readConnection } from '../connection/connection.ts';
import type { Clock } from '../step/clock.ts';
import { syncError } from '../step/errors.ts';
import type { Queue } from '../step/queue.ts';
import { startOperationInTx } from './start-operation.ts';

export interface Confirmation {
  readonly connection_id: number;
  readonly run_id: number;
  /** The number as reported, which shows that the person who confirms has read it. */
  readonly vanished: number;
  /** Removes them although there are doubts. */
  readonly override: boolean;
  readonly confirmed_by: string;
}

export async function confirmReconciliationInTx(
  tx: Tx,
  deps: { readonly queue: Queue; readonly clock: Clock },
  given: Confirmation,
): Promise<number> {
  const { site_key } = await readConnection(tx, given.connection_id);
  await checkInTx(tx, given);
  const run_id = await startOperationInTx(tx, deps, {
    ...{ connection_id: given.connection_id, site_key, kind: 'removal' },
    ...{ asked: { reconciliation: given.run_id }, triggered_by: given.confirmed_by },
  });
  await tx`
      update reconciliation set confirmed_at = ${deps.clock()}, confirmed_by = ${given.confirmed_by}, removal_run = ${run_id}
      where run_id = ${given.run_id}`;
  return run_id;
}

async function checkInTx(tx: Tx, given: Confirmation): Promise<void> {
  const [found] = await tx<
    {
      vanished: number;
      obstacles: string[];
      doubts: string[];
      removal_run: number | null;
      later: number | null;
    }[]
  >`
    select vanished, obstacles, doubts, removal_run, (
        select max(r.run_id) from run r
        where r.connection_id = c.connection_id and r.run_id > c.run_id and r.kind = 'export' and r.mode = 'full'
          and r.status = 'completed'
      ) as later
    from reconciliation c
    where run_id = ${given.run_id} and connection_id = ${given.connection_id} for update`;
  if (!found) {
    throw syncError('reconciliation-not-found', { run_id: given.run_id, connection_id: given.connection_id });
  }
  if (found.removal_run !== null) {
    throw syncError('reconciliation-confirmed', { removal_run: found.removal_run });
  }
  if (found.later !== null) {
    throw syncError('reconciliation-outdated', { later: found.later });
  }
  if (found.obstacles.length > 0) {
    throw syncError('reconciliation-obstructed', { obstacles: found.obstacles.join(', ') });
  }
  if (found.vanished !== given.vanished) {
    throw syncError('reconciliation-count-differs', { vanished: found.vanished, given: given.vanished });
  }
  if (found.doubts.length > 0 && !given.override) {
    throw syncError('reconciliation-doubtful', { doubts: found.doubts.join(', ') });
  }
}
