/**
 * What an operator asks for besides a sync (redrive, removal, purge, deletion): a run of its own kind that
 * works on what is stored. Since it is a run, it is the only live one of its connection, counts what it does,
 * resumes after a crash, and can be retried when it has failed. All but a deletion end like a sync: waiting
 * resources are taken up, and derived tables are rebuilt.
 */
import type { Tx } from '../../sql/connect.ts';
import { insertRunInTx } from '../run/start-run.ts';
import type { Clock } from '../step/clock.ts';
import type { Queue, StepName } from '../step/queue.ts';
import type { RunKind } from '../step/run.ts';

/** The first step of each kind. */
export const FIRST_STEPS = {
  redrive: 'redo',
  removal: 'remove',
  purge: 'purge',
  deletion: 'delete',
} as const satisfies { readonly [K in RunKind]?: StepName };

export type OperationKind = keyof typeof FIRST_STEPS;

export const isOperation = (kind: string): kind is OperationKind => Object.hasOwn(FIRST_STEPS, kind);

export interface Operation {
  readonly connection_id: number;
  readonly site_key: string;
  readonly kind: OperationKind;
  /** Filters and our own ids; never anything about a patient. */
  readonly asked: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly triggered_by: string;
}

/** The operation is refused while another run of the connection is live. */
export async function startOperationInTx(
  tx: Tx,
  deps: { readonly queue: Queue; readonly clock: Clock },
  operation: Operation,
): Promise<number> {
  const { connection_id, site_key, kind, asked, triggered_by } = operation;
  const at = deps.clock();
  const run_id = await insertRunInTx(tx, {
    ...{ connection_id, site_key, kind, triggered_by, at },
    ...{ mode: 'incremental', since: null, scope: null },
  });
  // The source tells us nothing new here, so the time up to which it has told us everything stays.
  await tx`
    update run set status = 'processing', started_at = ${at}, closing_at = ${at}, asked = ${tx.json({ ...asked })},
      transaction_time = ${lastToldAt(tx, connection_id)}
    where run_id = ${run_id}`;
  await sendFirstStepInTx(tx, deps.queue, kind, run_id);
  return run_id;
}

/** The time up to which the source had told us everything when the last run was completed. */
export const lastToldAt = (tx: Tx, connectionId: number) => tx`(
  select coalesce(transaction_time, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) from run
  where connection_id = ${connectionId} and status = 'completed' order by run_id desc limit 1
)`;

export async function sendFirstStepInTx(
  tx: Tx,
  queue: Queue,
  kind: OperationKind,
  run_id: number,
): Promise<void> {
  await queue.sendInTx(tx, FIRST_STEPS[kind], { run_id });
}
