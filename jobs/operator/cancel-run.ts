/**
 * Ends a live run because a person wants it to end. What is loaded stays loaded, whole chunks only; the watermark does
 * not move, so the next sync asks for everything of this one again. The export is released on the server by a job.
 */

import type { Tx } from '../../sql/connect.ts';
import { announceRunInTx } from '../alerts/webhooks/announce.ts';
import { clearRetriesInTx } from '../run/retries.ts';
import { freezeTotalsInTx } from '../run/totals.ts';
import type { Clock } from '../step/clock.ts';
import { syncError } from '../step/errors.ts';
import type { Queue } from '../step/queue.ts';
import { notEnded } from '../step/run.ts';

export async function cancelRunInTx(
  tx: Tx,
  deps: { readonly queue: Queue; readonly clock: Clock },
  run: { readonly connection_id: number; readonly run_id: number },
): Promise<void> {
  const [cancelled] = await tx<{ on_server: boolean }[]>`
      update run set status = 'cancelled', finished_at = ${deps.clock()}, next_poll_at = null
      where run_id = ${run.run_id} and connection_id = ${run.connection_id}
        and ${notEnded(tx)} and kind <> 'purge'
      returning status_url is not null
        or exists (select 1 from finished_export f where f.run_id = run.run_id) as on_server`;
  if (!cancelled) throw await notLive(tx, run);
  await freezeTotalsInTx(tx, run.run_id);
  await clearRetriesInTx(tx, run.run_id);
  await announceRunInTx(tx, deps, 'run.cancelled', run);
  if (cancelled.on_server) await deps.queue.sendInTx(tx, 'release', { run_id: run.run_id });
}

async function notLive(tx: Tx, run: { connection_id: number; run_id: number }) {
  const [found] = await tx<{ status: string; kind: string }[]>`
    select status, kind from run where run_id = ${run.run_id} and connection_id = ${run.connection_id}`;
  if (found?.kind === 'purge') {
    return syncError('run-not-live', {
      run_id: run.run_id,
      state: 'purges a patient; half a purge is none, so it is not cancelled',
    });
  }
  return found
    ? syncError('run-not-live', {
        run_id: run.run_id,
        state: `is ${found.status} already; only a live run can be cancelled`,
      })
    : syncError('run-not-found', { connection_id: run.connection_id, run_id: run.run_id });
}
