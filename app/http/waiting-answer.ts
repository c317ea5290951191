/**
 * A kept answer that says that the request waits for a second person (`second-person-needed`): it holds no longer than the
 * request waits. Where that was approved, what it has led to is said; where it came to nothing, it may be asked for anew.
 */
import type { Tx } from '../../sql/connect.ts';
import { problem } from '../problems.ts';

interface Kept {
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
}

const APPROVAL = /\/approvals\/(\d{1,18})$/;

/**
 * Whether a kept answer tells of a request that waited and came to nothing.
 * @throws Problem `idempotency-answer-lost` where it was approved since.
 */
export async function waitedInVain(tx: Tx, { status, headers }: Kept, now: Date): Promise<boolean> {
  const id = status === 409 ? APPROVAL.exec(headers?.['location'] ?? '')?.[1] : undefined;
  if (id === undefined) return false;
  const [approval] = await tx<{ decision: string | null; expires_at: Date; result: string | null }[]>`
    select decision, expires_at, result from approval where approval_id = ${id}`;
  if (approval?.decision === 'approved') {
    const result = approval.result ? ` (${approval.result})` : '';
    throw problem(
      'idempotency-answer-lost',
      `The first request with this key waited for a second person, approval ${id}. It was approved and done${result}. ` +
        'Nothing was started now.',
    );
  }
  return !approval || approval.decision !== null || approval.expires_at <= now;
}
