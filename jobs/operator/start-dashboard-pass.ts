/**
 * Asks for a pass of the Data Quality Dashboard's checks, and calls one off. The row and its first job are one
 * transaction, and one pass is under way at a time.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Clock } from '../step/clock.ts';
import { syncError } from '../step/errors.ts';
import type { Queue } from '../step/queue.ts';

/** Returns the number of the pass. */
export async function startDashboardPassInTx(
  tx: Tx,
  deps: { readonly queue: Queue; readonly clock: Clock },
  { program, requested_by }: { readonly program: string; readonly requested_by: string },
): Promise<number> {
  const [created] = await tx<{ dqd_run_id: number }[]>`
    insert into dqd_run (state, started_at, program, source, requested_by)
    values ('queued', ${deps.clock()}, ${program}, '{}', ${requested_by})
    on conflict ((true)) where state in ('queued', 'running') do nothing
    returning dqd_run_id`;
  if (!created) throw await running(tx);
  await deps.queue.sendInTx(tx, 'dqd', created);
  return created.dqd_run_id;
}

async function running(tx: Tx): Promise<Error> {
  const [live] = await tx<{ dqd_run_id: number; state: string }[]>`
    select dqd_run_id, state from dqd_run where state in ('queued', 'running')`;
  return syncError('dqd-pass-running', {
    dqd_run_id: live?.dqd_run_id ?? 'before',
    state: live?.state ?? 'at its end',
  });
}

/** A table that is being read is read to its end; nothing of it is kept. */
export async function cancelDashboardPassInTx(
  tx: Tx,
  { clock }: { readonly clock: Clock },
  dqd_run_id: number,
): Promise<void> {
  const [pass] = await tx<{ state: string }[]>`
    select state from dqd_run where dqd_run_id = ${dqd_run_id} for update`;
  if (!pass) throw syncError('dqd-pass-not-found', { dqd_run_id });
  if (pass.state !== 'queued' && pass.state !== 'running')
    throw syncError('dqd-pass-ended', { dqd_run_id, state: pass.state });
  await tx`
    update dqd_run set state = 'cancelled', ended_at = greatest(${clock()}, started_at) where dqd_run_id = ${dqd_run_id}`;
  await tx`delete from dqd_finding where dqd_run_id = ${dqd_run_id}`;
}
