/** Takes patients who are purged out of whom a connection asks for by searches. That it did is recorded, not whom. */
import type { Tx } from '../../../sql/connect.ts';
import { readConnection } from '../../connection/connection.ts';
import { WORKER } from '../../record/actor.ts';
import { recordInTx } from '../../record/record.ts';

interface Entries {
  readonly patients: readonly string[];
  readonly identifiers: readonly string[];
}

/** An empty cohort stays one: without any, everybody would be asked for. */
export async function forgetEntriesInTx(
  tx: Tx,
  connectionId: number,
  gone: Entries,
  now: Date,
): Promise<void> {
  await tx`select from connection where connection_id = ${connectionId} for no key update`;
  const { cohort } = (await readConnection(tx, connectionId)).config;
  if (!cohort) return;
  const left = {
    patients: cohort.patients.filter((one) => !gone.patients.includes(one)),
    identifiers: cohort.identifiers.filter((one) => !gone.identifiers.includes(one)),
  };
  const [before, after] = [sizes(cohort), sizes(left)];
  if (before.patients === after.patients && before.identifiers === after.identifiers) return;
  await tx`
    update connection set sync_config = jsonb_set(sync_config, '{cohort}', ${JSON.stringify(left)}::text::jsonb),
      updated_at = greatest(${now}, updated_at + interval '1 millisecond')
    where connection_id = ${connectionId}`;
  await recordInTx(tx, {
    ...{ at: now, actor: WORKER, action: 'connection.update', object: `connection/${connectionId}` },
    ...{ before: { cohort: before }, after: { cohort: after }, details: { why: 'purge' } },
  });
}

const sizes = ({ patients, identifiers }: Entries) => ({
  patients: patients.length,
  identifiers: identifiers.length,
});
