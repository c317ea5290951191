/**
 * Takes resources out of the CDM that are gone at the source. Their rows go, and what pointed at them is detached.
 * Their identity stays, so that they keep their ids if they ever come back.
 */
import type { Tx } from '../../../sql/connect.ts';
import type { GONE } from '../reasons.ts';
import { forgetDetailsInTx } from '../write/details.ts';
import type { Ledger } from '../write/ledger.ts';
import { deleteRowsInTx } from './delete-rows.ts';
import { detachInTx } from './detach.ts';
import type { TakeOutContext } from './park.ts';

export interface Removable {
  readonly key: number;
  readonly row_tables: number;
  readonly type: string;
}

export async function removeResourcesInTx(
  tx: Tx,
  context: TakeOutContext,
  gone: readonly Removable[],
  reason: (typeof GONE)[keyof typeof GONE],
  ledger: Ledger,
): Promise<void> {
  if (gone.length === 0) return;
  const keys = gone.map((one) => one.key);
  await detachInTx(tx, context, gone, ledger);
  await deleteRowsInTx(tx, gone, ledger);
  await forgetDetailsInTx(tx, keys);
  await tx`
    insert into resource_history (resource_key, replaced_hash, replaced_at, run_id)
    select resource_key, content_hash, ${context.now}, ${context.runId} from resource where resource_key = any(${keys}::bigint[])`;
  // An empty hash equals no content: should the resource come back, whole or not, it is mapped.
  await tx`
    update resource set outcome = 'excluded', reason = ${reason}, row_tables = 0, content_hash = '', incomplete = true,
      last_run = ${context.runId}
    where resource_key = any(${keys}::bigint[])`;
  // What is gone need not be loaded any more.
  await tx`
    update failure f set resolved_at = ${context.now} from resource r
    where r.resource_key = any(${keys}::bigint[]) and f.connection_id = r.connection_id
      and f.resource_type = r.resource_type and f.fhir_id = r.fhir_id and f.resolved_at is null`;
  for (const one of gone) ledger.removed(one.type, reason);
}
