/** Events for receivers, in the transaction of what they tell: what is rolled back was never announced. */
import type { Tx } from '../../../sql/connect.ts';
import type { Clock } from '../../step/clock.ts';
import type { Queue } from '../../step/queue.ts';
import { bodyOf, type EventType, makeEventId } from './format.ts';

export interface Announcing {
  readonly queue: Queue;
  readonly clock: Clock;
}

export interface Event {
  readonly type: EventType;
  /** Null where it is of the installation. */
  readonly connection_id: number | null;
}

/** `read` gives ids, codes and counts; it is not called where nobody listens. */
export async function announceInTx(
  tx: Tx,
  { queue, clock }: Announcing,
  { type, connection_id }: Event,
  read: () => Promise<object | undefined>,
): Promise<void> {
  const receivers = await receiversInTx(tx, type, connection_id);
  const data = receivers.length === 0 ? undefined : await read();
  if (!data) return;
  const now = clock();
  const body = bodyOf(type, now, data);
  const made = await tx<{ delivery_id: number }[]>`
    insert into webhook_delivery (webhook_id, event_id, type, payload, created_at)
    select id, ${makeEventId()}, ${type}, ${body}, ${now} from unnest(${receivers}::integer[]) as t(id)
    returning delivery_id`;
  await queue.sendManyInTx(tx, 'webhook', made);
}

/** How a run ended, with what it did. */
export async function announceRunInTx(
  tx: Tx,
  announcing: Announcing,
  type: 'run.completed' | 'run.failed' | 'run.cancelled',
  { run_id, connection_id }: { readonly run_id: number; readonly connection_id: number },
): Promise<void> {
  await announceInTx(tx, announcing, { type, connection_id }, async () => {
    const [run] = await tx`
      select run_id, connection_id, site_key, kind, mode, status, triggered_by, created_at, finished_at, error_step,
        error_code, held_by, records_extracted, records_skipped as records_unchanged, records_loaded, records_excluded,
        records_failed, records_parked, records_removed
      from run_metrics where run_id = ${run_id}`;
    return run;
  });
}

async function receiversInTx(tx: Tx, type: EventType, connectionId: number | null): Promise<number[]> {
  const rows = await tx<{ webhook_id: number }[]>`
    select webhook_id from webhook
    where is_active and (events = '{}' or ${type} = any (events))
      and (connections is null or ${connectionId}::integer = any (connections))
    order by webhook_id`;
  return rows.map(({ webhook_id }) => webhook_id);
}
