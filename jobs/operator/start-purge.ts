/**
 * Asks for a patient to be purged. From this commit on, nothing of theirs is loaded. What is there is removed
 * by a run of kind purge, as soon as no other run of the connection is live. `liftPurge` lets them be loaded
 * again.
 */
import type { Tx } from '../../sql/connect.ts';
import { readConnection } from '../connection/connection.ts';
import type { Keyring } from '../connection/keyring.ts';
import { type Place, seal } from '../connection/secrets.ts';
import { openHash } from '../load/blocklist.ts';
import { WORKER } from '../record/actor.ts';
import { recordInTx } from '../record/record.ts';
import type { Clock } from '../step/clock.ts';
import { SyncError, syncError } from '../step/errors.ts';
import type { Handler } from '../step/handler.ts';
import type { Queue } from '../step/queue.ts';
import { startOperationInTx } from './start-operation.ts';

export interface PurgeRequest {
  readonly connection_id: number;
  /** FHIR id of the Patient. */
  readonly patient_id: string;
  /** Lets somebody be purged of whom nothing is here: nothing of theirs will be loaded. */
  readonly unknown: boolean;
  /** In the operator's words; must not name the patient. */
  readonly reason: string;
  readonly requested_by: string;
}

/** Where the ids of a purge's patients are kept. */
export const patientIdsOf = (connection: number, row: number): Place => ({
  ...{ table: 'purge', column: 'patient_ids_sealed', connection, row },
});

export async function startPurgeInTx(
  tx: Tx,
  deps: { readonly queue: Queue; readonly clock: Clock; readonly keyring: Keyring },
  request: PurgeRequest,
): Promise<number> {
  await readConnection(tx, request.connection_id);
  // A mistyped id would purge nobody, and whoever asked would believe that it is done.
  if (!request.unknown && !(await isKnown(tx, request))) throw syncError('patient-unknown', {});
  const hashOf = await openHash(tx, deps.keyring, request.connection_id);
  const [created] = await tx<{ purge_id: number }[]>`
      insert into purge (connection_id, reason, requested_by, requested_at)
      values (${request.connection_id}, ${request.reason}, ${request.requested_by}, ${deps.clock()})
      returning purge_id`;
  const purge_id = created?.purge_id ?? 0;
  const place = patientIdsOf(request.connection_id, purge_id);
  const sealed = await seal(deps.keyring, place, JSON.stringify([request.patient_id]));
  await tx`update purge set patient_ids_sealed = ${sealed} where purge_id = ${purge_id}`;
  await tx`
      insert into purge_patient (purge_id, connection_id, patient_hash)
      values (${purge_id}, ${request.connection_id}, ${hashOf(request.patient_id)})`;
  await deps.queue.sendInTx(tx, 'purge-start', { purge_id });
  return purge_id;
}

/** Patients that were merged are one human being, whichever of their ids was named. */
export async function samePersonInTx(tx: Tx, connection: number, ids: readonly string[]): Promise<string[]> {
  const same = await tx<{ id: string }[]>`
    with recursive same (id) as (
      select unnest(${[...ids]}::text[])
      union
      select case when l.replaced_id = s.id then l.survivor_id else l.replaced_id end
      from same s join patient_link l on l.connection_id = ${connection} and s.id in (l.replaced_id, l.survivor_id)
    )
    select id from same order by id`;
  return same.map((one) => one.id);
}

/** Whether the Patient has come, was merged into another, is waited for, or was purged before. */
async function isKnown(tx: Tx, { connection_id: id, patient_id }: PurgeRequest): Promise<boolean> {
  const rows = await tx`
    select 1 from resource
    where connection_id = ${id} and resource_type = 'Patient' and fhir_id = ${patient_id}
    union all
    select 1 from patient_merge where connection_id = ${id} and replaced_id = ${patient_id}
    union all
    select 1 from waiting
    where connection_id = ${id} and target_type = 'Patient' and target_id = ${patient_id}
    limit 1`;
  return rows.length > 0;
}

const LOOK_AGAIN_SECONDS = 30;

/** Waits for its turn among the runs of the connection, however long that takes. */
export const startPurgeStep: Handler<'purge-start'> = async (deps, step) => {
  const { purge_id } = step.payload;
  const [purge] = await deps.sql<{ connection_id: number; requested_by: string }[]>`
    select connection_id, requested_by from purge where purge_id = ${purge_id} and run_id is null`;
  if (!purge) return step.commit(async () => {});
  const { site_key } = await readConnection(deps.sql, purge.connection_id);
  await step.commit(async (tx) => {
    try {
      const run_id = await startOperationInTx(tx, deps, {
        ...{ connection_id: purge.connection_id, site_key, kind: 'purge', asked: { purge: purge_id } },
        triggered_by: purge.requested_by,
      });
      await tx`update purge set run_id = ${run_id} where purge_id = ${purge_id}`;
      const details = { connection_id: purge.connection_id, purge_id, asked_by: purge.requested_by };
      await recordInTx(tx, {
        ...{ at: deps.clock(), actor: WORKER, action: 'purge.begin', object: `run/${run_id}`, details },
      });
    } catch (error) {
      if (!(error instanceof SyncError) || error.code !== 'sync-already-running') throw error;
      await deps.queue.sendInTx(tx, 'purge-start', { purge_id }, { startAfter: LOOK_AGAIN_SECONDS });
    }
  });
};

export async function liftPurge(
  tx: Tx,
  of: {
    readonly connection_id: number;
    readonly purge_id: number;
    readonly lifted_by: string;
    readonly at: Date;
  },
): Promise<void> {
  const [found] = await tx<{ finished: boolean; lifted: boolean }[]>`
    select finished_at is not null as finished, lifted_at is not null as lifted from purge
    where purge_id = ${of.purge_id} and connection_id = ${of.connection_id} for update`;
  if (!found) {
    throw syncError('purge-not-found', { connection_id: of.connection_id, purge_id: of.purge_id });
  }
  if (!found.finished) throw syncError('purge-under-way', { purge_id: of.purge_id });
  if (found.lifted) return;
  await tx`update purge set lifted_at = ${of.at}, lifted_by = ${of.lifted_by} where purge_id = ${of.purge_id}`;
  await tx`delete from purge_patient where purge_id = ${of.purge_id}`;
}
