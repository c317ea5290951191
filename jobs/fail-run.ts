/** Ends a live run as failed. The watermark stays where it was, the chunks stay: a retry goes on from there. */
import type { Tx } from '../sql/connect.ts';
import type { Clock } from './deps.ts';
import type { Described } from './describe-error.ts';
import { freezeTotalsInTx } from './totals.ts';

export async function failRunInTx(
  tx: Tx,
  clock: Clock,
  runId: number | undefined,
  step: string,
  error: Described,
): Promise<void> {
  if (runId === undefined) return;
  const failed = await tx`
    update run set status = 'failed', finished_at = ${clock()}, next_poll_at = null,
      error_step = ${step}, error_code = ${error.code}, error_message = ${error.message}, error_stack = ${error.stack ?? null}
    where run_id = ${runId} and status in ('pending', 'exporting', 'downloading', 'processing')
    returning run_id`;
  if (failed.length > 0) await freezeTotalsInTx(tx, runId);
}
