/**
 * Starts a sync of some patients, now, by searches: everything that the server has of them. It may run beside an export or
 * an import of the connection, and moves no watermark. Whom it asks for stands in crawl_patient alone: not in jobs, logs or
 * the record.
 */
import type { Tx } from '../../sql/connect.ts';
import { exportScope, readConnection } from '../connection/connection.ts';
import { checkStartable, insertRunInTx } from '../run/start-run.ts';
import type { Clock } from '../step/clock.ts';
import type { Queue } from '../step/queue.ts';

/** A FHIR id, or a business identifier as system|value. */
export type Wanted = { readonly patient_id: string } | { readonly identifier: string };

export async function startPatientSyncInTx(
  tx: Tx,
  deps: { readonly queue: Queue; readonly clock: Clock },
  request: {
    readonly connection_id: number;
    readonly patients: readonly Wanted[];
    readonly triggered_by: string;
  },
): Promise<number> {
  const connection = await readConnection(tx, request.connection_id);
  checkStartable(connection);
  const run_id = await insertRunInTx(tx, {
    ...{
      connection_id: connection.connection_id,
      site_key: connection.site_key,
      kind: 'patient',
      mode: 'full',
    },
    ...{ since: null, scope: exportScope(connection), triggered_by: request.triggered_by, at: deps.clock() },
  });
  const asked = request.patients.map((one) => ({
    asked: 'identifier' in one ? one.identifier : null,
    patient_id: 'patient_id' in one ? one.patient_id : null,
  }));
  await tx`
    insert into crawl_patient (run_id, n, asked, patient_id, state)
    select ${run_id}, row_number() over (), p.asked, p.patient_id, 'wanted'
    from jsonb_to_recordset(${tx.json(asked)}) as p(asked text, patient_id text)`;
  await deps.queue.sendInTx(tx, 'export', { run_id });
  return run_id;
}
