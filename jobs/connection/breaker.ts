/**
 * Circuit breaker of a connection. After several runs in a row have failed for the EHR's reasons (its token
 * endpoint, its export, its files), scheduled syncs are skipped for a while, so that a server in trouble is
 * not asked again and again. The pause grows with each further failure. A sync that a person starts closes
 * the breaker, and so does an export that completes.
 */
import type { Tx } from '../../sql/connect.ts';

/** Steps that talk to the EHR. */
const EHR_STEPS: readonly string[] = ['export', 'poll', 'download'];
const FAILURES = 3;
const FIRST_PAUSE_MINUTES = 30;
const LONGEST_PAUSE_MINUTES = 24 * 60;

export async function countFailureInTx(
  tx: Tx,
  failed: { readonly connection_id: number; readonly step: string; readonly now: Date },
): Promise<void> {
  if (!EHR_STEPS.includes(failed.step)) return;
  const [row] = await tx<{ failures: number }[]>`
    update connection set failures_in_row = failures_in_row + 1 where connection_id = ${failed.connection_id}
    returning failures_in_row as failures`;
  const failures = row?.failures ?? 0;
  if (failures < FAILURES) return;
  const minutes = Math.min(LONGEST_PAUSE_MINUTES, FIRST_PAUSE_MINUTES * 2 ** (failures - FAILURES));
  await tx`
    update connection set paused_until = ${new Date(failed.now.getTime() + minutes * 60_000)}
    where connection_id = ${failed.connection_id}`;
}

export async function closeBreakerInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`
    update connection set failures_in_row = 0, paused_until = null
    where connection_id = ${connectionId} and (failures_in_row > 0 or paused_until is not null)`;
}
