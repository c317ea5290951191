/**
 * What the operator should know about a run although nothing failed. Notices are shown with the run, one line
 * each.
 */
import type { Tx } from '../../sql/connect.ts';

export interface Notice {
  readonly code: string;
  /** What the notice is about, where there may be several: a type, a scope, a file. */
  readonly subject?: string;
  readonly amount?: number;
  /** What happened and what to do. Ids, codes and counts only. */
  readonly message: string;
}

/** Replaces an earlier notice of the same code and subject, so that a step may run twice. */
export async function noteInTx(tx: Tx, runId: number, at: Date, notice: Notice): Promise<void> {
  const { code, subject = '', amount = 1, message } = notice;
  await tx`
    insert into run_notice (run_id, code, subject, amount, message, at)
    values (${runId}, ${code}, ${subject}, ${amount}, ${message}, ${at})
    on conflict (run_id, code, subject)
    do update set amount = excluded.amount, message = excluded.message, at = excluded.at`;
}

/** Adds to an earlier notice of the same code and subject: for work that is committed once. */
export async function countInTx(tx: Tx, runId: number, at: Date, notice: Notice): Promise<void> {
  const { code, subject = '', amount = 1, message } = notice;
  await tx`
    insert into run_notice (run_id, code, subject, amount, message, at)
    values (${runId}, ${code}, ${subject}, ${amount}, ${message}, ${at})
    on conflict (run_id, code, subject)
    do update set amount = run_notice.amount + excluded.amount, message = excluded.message, at = excluded.at`;
}
