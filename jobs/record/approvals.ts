/** Requests for which no second person was found in time: they are closed, and what they held is forgotten. */
import type { Tx } from '../../sql/connect.ts';
import { CRON } from './actor.ts';
import { recordInTx } from './record.ts';

export async function expireApprovalsInTx(tx: Tx, now: Date): Promise<void> {
  const expired = await tx<{ approval_id: number; requested_by: string; object: string }[]>`
    update approval set decision = 'expired', decided_at = ${now}, request_sealed = null
    where decision is null and expires_at <= ${now}
    returning approval_id, requested_by, object`;
  for (const { approval_id, requested_by, object } of expired) {
    const details = { requested_by, object };
    await recordInTx(tx, {
      ...{ at: now, actor: CRON, action: 'approval.expire', object: `approval/${approval_id}`, details },
    });
  }
}
