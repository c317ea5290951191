/**
 * Why steps of a live run are being tried again: noted with the next try, in the transaction that sends it, and gone when
 * the step succeeds or the run ends. A run may have several at once (files, chunks), so each is noted for itself.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Described } from '../step/describe-error.ts';
import { notEnded } from '../step/run.ts';

export interface Retry {
  readonly step: string;
  /** Tries so far. */
  readonly attempt: number;
  readonly error: Pick<Described, 'code' | 'message'>;
  readonly failed_at: Date;
  readonly seconds: number;
}

/** Of a step that belongs to no live run nothing is noted. */
export async function noteRetryInTx(tx: Tx, payload: object, retry: Retry): Promise<void> {
  const runId = idIn(payload, 'run_id');
  if (runId === undefined) return;
  const { step, attempt, error, failed_at, seconds } = retry;
  const next = new Date(failed_at.getTime() + seconds * 1000);
  await tx`
    insert into run_retry (run_id, step, item, attempt, code, message, failed_at, next_at)
    select run_id, ${step}, ${itemOf(payload)}, ${attempt}::integer, ${error.code}, ${error.message},
      ${failed_at}::timestamptz, ${next}::timestamptz
    from run where run_id = ${runId} and ${notEnded(tx)}
    on conflict (run_id, step, item) do update set attempt = excluded.attempt, code = excluded.code,
      message = excluded.message, failed_at = excluded.failed_at, next_at = excluded.next_at`;
}

export async function clearRetryInTx(tx: Tx, payload: object, step: string): Promise<void> {
  const runId = idIn(payload, 'run_id');
  if (runId === undefined) return;
  await tx`delete from run_retry where run_id = ${runId} and step = ${step} and item = ${itemOf(payload)}`;
}

/** The run has ended, or begins anew. */
export async function clearRetriesInTx(tx: Tx, runId: number): Promise<void> {
  await tx`delete from run_retry where run_id = ${runId}`;
}

function itemOf(payload: object): number {
  return idIn(payload, 'file_id') ?? idIn(payload, 'chunk_id') ?? idIn(payload, 'search_id') ?? 0;
}

/** An id in a job's payload, where it holds one of that name. */
export function idIn(payload: object, name: string): number | undefined {
  const id: unknown = Reflect.get(payload, name);
  return typeof id === 'number' ? id : undefined;
}
