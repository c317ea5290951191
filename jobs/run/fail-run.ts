/** Ends a live run as failed. The watermark stays where it was, the chunks stay: a retry goes on from there. */

import type { Tx } from '../../sql/connect.ts';
import { type Alarm, raiseInTx } from '../alerts/raise.ts';
import { announceRunInTx } from '../alerts/webhooks/announce.ts';
import { countFailureInTx } from '../connection/breaker.ts';
import { WORKER } from '../record/actor.ts';
import { recordInTx } from '../record/record.ts';
import type { Described } from '../step/describe-error.ts';
import { notEnded } from '../step/run.ts';
import { clearRetriesInTx } from './retries.ts';
import { freezeTotalsInTx } from './totals.ts';

export async function failRunInTx(
  tx: Tx,
  alarm: Alarm,
  runId: number | undefined,
  step: string,
  error: Described,
): Promise<void> {
  if (runId === undefined) return;
  const [failed] = await tx<{ connection_id: number; kind: string; sync_config: unknown }[]>`
    update run set status = 'failed', finished_at = ${alarm.clock()}, next_poll_at = null,
      error_step = ${step}, error_code = ${error.code}, error_message = ${error.message}
    where run_id = ${runId} and ${notEnded(tx)}
    returning connection_id, kind, (select sync_config from connection c where c.connection_id = run.connection_id)`;
  if (!failed) return;
  await freezeTotalsInTx(tx, runId);
  await clearRetriesInTx(tx, runId);
  // Some patients are asked for by persons, as often as they like, and none that comes through closes the breaker again.
  if (failed.kind !== 'patient')
    await countFailureInTx(tx, { connection_id: failed.connection_id, step, now: alarm.clock() });
  const message = `Run ${runId} failed in its step "${step}" (${error.code}). The run says what to do; the watermark has not moved.`;
  await raiseInTx(tx, alarm, { ...failed, run_id: runId }, [
    { kind: 'run-failed', subject: error.code, message, measured: null, expected: null },
  ]);
  await announceRunInTx(tx, alarm, 'run.failed', { ...failed, run_id: runId });
  await recordInTx(tx, {
    ...{ at: alarm.clock(), actor: WORKER, action: 'run.fail', object: `run/${runId}`, outcome: 'failed' },
    details: { connection_id: failed.connection_id, step, error: error.code },
  });
}
