/**
 * What the operator should know about a run although nothing failed. Notices are shown with the run, one line
 * each; their sentences are in step/catalogue/notice.ts.
 */
import type { Tx } from '../../sql/connect.ts';
import { NOTICES, type NoticeEntry, type NoticeName, type NoticeParams } from '../step/catalogue/notice.ts';
import { filled } from '../step/catalogue/template.ts';
import type { ErrorCode, SyncError } from '../step/errors.ts';

export interface Notice extends Particulars {
  readonly code: string;
  /** What happened and what to do. Ids, codes and counts only. */
  readonly message: string;
}

interface Particulars {
  /** What the notice is about, where there may be several: a type, a scope, a file. */
  readonly subject?: string;
  readonly amount?: number;
}

/** A notice of the catalogue; the compiler refuses other names and parameters. */
export function notice<N extends NoticeName>(
  name: N,
  ...[params, particulars]: keyof NoticeParams<N> extends never
    ? [params?: Record<string, never>, particulars?: Particulars]
    : [params: NoticeParams<N>, particulars?: Particulars]
): Notice {
  const { code = name, says, todo = '' }: NoticeEntry = NOTICES[name];
  return { ...particulars, code, message: filled(`${says} ${todo}`.trimEnd(), params ?? {}) };
}

/** The notice of an error that has the same code and says the same. */
export function noticeOf(code: NoticeName & ErrorCode, { message }: SyncError): Notice {
  return { code, message };
}

/** Replaces an earlier notice of the same code and subject, so that a step may run twice. */
export function noteInTx(tx: Tx, runId: number, at: Date, told: Notice): Promise<void> {
  return writeInTx(tx, runId, at, told, false);
}

/** Adds to an earlier notice of the same code and subject: for work that is committed once. */
export function countInTx(tx: Tx, runId: number, at: Date, told: Notice): Promise<void> {
  return writeInTx(tx, runId, at, told, true);
}

async function writeInTx(tx: Tx, runId: number, at: Date, told: Notice, adds: boolean): Promise<void> {
  const { code, subject = '', amount = 1, message } = told;
  await tx`
    insert into run_notice (run_id, code, subject, amount, message, at)
    values (${runId}, ${code}, ${subject}, ${amount}, ${message}, ${at})
    on conflict (run_id, code, subject) do update
    set amount = excluded.amount + case when ${adds} then run_notice.amount else 0 end,
      message = excluded.message, at = excluded.at`;
}
