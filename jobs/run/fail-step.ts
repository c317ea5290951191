/** What fails with a step that is not tried again: its run, the load of a vocabulary, or a pass of the checks. */
import type { Tx } from '../../sql/connect.ts';
import type { Alarm } from '../alerts/raise.ts';
import { WORKER } from '../record/actor.ts';
import { recordInTx } from '../record/record.ts';
import type { Described } from '../step/describe-error.ts';
import { failRunInTx } from './fail-run.ts';
import { idIn } from './retries.ts';

export async function failStepInTx(
  tx: Tx,
  alarm: Alarm,
  payload: object,
  step: string,
  error: Described,
): Promise<void> {
  await failRunInTx(tx, alarm, idIn(payload, 'run_id'), step, error);
  await failPassInTx(tx, alarm, idIn(payload, 'dqd_run_id'), error);
  const loadId = idIn(payload, 'load_id');
  if (loadId === undefined) return;
  const failed = await tx`
    update vocabulary_load
    set state = 'failed', finished_at = ${alarm.clock()}, error_code = ${error.code}, error_message = ${error.message}
    where load_id = ${loadId} and state in ('queued', 'running') returning load_id`;
  if (failed.length === 0) return;
  await recordInTx(tx, {
    ...{ at: alarm.clock(), actor: WORKER, action: 'vocabulary.fail', object: `vocabulary-load/${loadId}` },
    ...{ outcome: 'failed', details: { error: error.code } },
  });
}

/** What it has found so far is no whole, and goes. */
async function failPassInTx(
  tx: Tx,
  alarm: Alarm,
  passId: number | undefined,
  error: Described,
): Promise<void> {
  if (passId === undefined) return;
  const failed = await tx`
    update dqd_run
    set state = 'failed', ended_at = greatest(${alarm.clock()}, started_at), error_code = ${error.code}, error_message = ${error.message}
    where dqd_run_id = ${passId} and state in ('queued', 'running') returning dqd_run_id`;
  if (failed.length === 0) return;
  await tx`delete from dqd_finding where dqd_run_id = ${passId}`;
  await recordInTx(tx, {
    ...{ at: alarm.clock(), actor: WORKER, action: 'dqd-pass.fail', object: `dqd-pass/${passId}` },
    ...{ outcome: 'failed', details: { error: error.code } },
  });
}
