/**
 * Step "purge": removes a patient, and those merged with them. First, chunk by chunk, it erases their lines
 * from the retained text and notes the resources in them, including those that gave no row; then, where words were
 * attached to their documents, the lines of these, which name nobody. The checkpoint is the last chunk_id, in the job.
 * Then one transaction removes everything that is kept of these resources: rows of all CDM tables, derived rows,
 * identities, hashes, history, waiting lines, failures.
 */
import type { Tx } from '../../sql/connect.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import type { Keyring } from '../connection/keyring.ts';
import { openLine } from '../connection/sealed-data.ts';
import { seal, unseal } from '../connection/secrets.ts';
import { forgetAllServerTextInTx } from '../connection/server-text.ts';
import { mappingSettings } from '../connection/sync-config.ts';
import { forgetInCopyInTx } from '../deid/forget.ts';
import { forgetNamesInTx } from '../import/forget-names.ts';
import { openHash } from '../load/blocklist.ts';
import { openChunkInTx } from '../load/open-chunk.ts';
import { eraseInTx, lockTextInTx } from '../load/take-out/erase-text.ts';
import { keysOfPatients, purgeResourcesInTx } from '../load/take-out/purge-resources.ts';
import { type TextOfPatients, textOfPatients, textOfResources } from '../load/take-out/text-of-patients.ts';
import { openLedger } from '../load/write/ledger.ts';
import { ATTACHMENT } from '../map/clinical/attached-by-url.ts';
import type { Deps } from '../step/deps.ts';
import type { Handler } from '../step/handler.ts';
import { type Run, readRun } from '../step/run.ts';
import { patientIdsOf, samePersonInTx } from './start-purge.ts';

/** Chunks per commit. */
const BATCH = 16;

export const purgeStep: Handler<'purge'> = async (deps, step) => {
  const { run_id, after, attached = false } = step.payload;
  const run = await readRun(deps.sql, run_id);
  if (run?.status !== 'processing' || run.kind !== 'purge') return step.commit(async () => {});
  const connection = await readConnection(deps.sql, run.connection_id);
  await step.commit(async (tx) => {
    // Keeps a second delivery from doing the same at the same time.
    await tx`select 1 from run where run_id = ${run_id} for no key update`;
    const purge = await openPurge(tx, deps, run);
    if (!purge) return deps.queue.sendInTx(tx, 'redrive', { run_id });
    if (after === undefined && !attached) await followMergesInTx(tx, deps, run, purge);
    const find = attached
      ? await attachmentsInTx(tx, deps.keyring, connection, purge)
      : linesOfPatients(connection, purge);
    const last = await eraseBatchInTx(tx, deps.keyring, connection, purge, find, after ?? 0);
    if (last !== undefined) return deps.queue.sendInTx(tx, 'purge', { run_id, after: last, attached });
    await noteWaitingInTx(tx, deps.keyring, connection, purge);
    if (!attached && (await attachmentsInTx(tx, deps.keyring, connection, purge))) {
      return deps.queue.sendInTx(tx, 'purge', { run_id, attached: true });
    }
    await finishInTx(tx, deps, run, connection, purge);
    await deps.queue.sendInTx(tx, 'redrive', { run_id });
  });
};

interface Purge {
  readonly purge_id: number;
  patients: string[];
}

/** Returns undefined when the purge is done. */
async function openPurge(tx: Tx, deps: Deps, run: Run): Promise<Purge | undefined> {
  const [row] = await tx<{ purge_id: number; patient_ids_sealed: string | null }[]>`
    select purge_id, patient_ids_sealed from purge where run_id = ${run.run_id}`;
  if (!row?.patient_ids_sealed) return undefined;
  const ids: unknown = JSON.parse(
    await unseal(deps.keyring, patientIdsOf(run.connection_id, row.purge_id), row.patient_ids_sealed),
  );
  const patients = Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  return { purge_id: row.purge_id, patients };
}

async function followMergesInTx(tx: Tx, deps: Deps, run: Run, purge: Purge): Promise<void> {
  purge.patients = await samePersonInTx(tx, run.connection_id, purge.patients);
  const place = patientIdsOf(run.connection_id, purge.purge_id);
  const sealed = await seal(deps.keyring, place, JSON.stringify(purge.patients));
  await tx`update purge set patient_ids_sealed = ${sealed} where purge_id = ${purge.purge_id}`;
  const hashOf = await openHash(tx, deps.keyring, run.connection_id);
  for (const id of purge.patients) {
    await tx`
      insert into purge_patient (purge_id, connection_id, patient_hash)
      values (${purge.purge_id}, ${run.connection_id}, ${hashOf(id)}) on conflict do nothing`;
  }
}

type Find = (text: Buffer) => TextOfPatients;

function linesOfPatients(connection: Connection, { patients }: Purge): Find {
  const settings = mappingSettings(connection);
  return (text) => textOfPatients(text, patients, settings);
}

/** Finds the words that were attached to what is theirs; undefined where none were. */
async function attachmentsInTx(
  tx: Tx,
  keyring: Keyring,
  { connection_id: connectionId }: Connection,
  purge: Purge,
): Promise<Find | undefined> {
  const keys = await keysOfPatients(tx, { connectionId, keyring }, purge);
  const binaries = await tx<{ id: string }[]>`
    select fhir_id as id from resource where resource_key = any(${keys}::bigint[]) and resource_type = ${ATTACHMENT}`;
  if (binaries.length === 0) return undefined;
  const ids = binaries.map((one) => one.id);
  return (text) => textOfResources(text, ATTACHMENT, ids);
}

/**
 * Erases what is found in a few chunks, including chunks that a failed run has not mapped. Returns the last chunk.
 */
async function eraseBatchInTx(
  tx: Tx,
  keyring: Keyring,
  connection: Connection,
  purge: Purge,
  find: Find | undefined,
  after: number,
): Promise<number | undefined> {
  if (!find) return undefined;
  const chunks = await tx<{ chunk_id: number }[]>`
    select c.chunk_id from chunk c join run r using (run_id)
    where r.connection_id = ${connection.connection_id} and c.chunk_id > ${after}
      and exists (select 1 from chunk_body b where b.chunk_id = c.chunk_id)
    order by c.chunk_id limit ${BATCH}`;
  for (const { chunk_id } of chunks) {
    const locked = await lockTextInTx(tx, keyring, chunk_id);
    if (!locked) continue;
    const { ranges, resources } = find(locked.text);
    const erased = await eraseInTx(tx, keyring, locked, ranges);
    await tx`delete from failure where chunk_id = ${chunk_id} and chunk_line = any(${erased}::int[])`;
    await tx`
      insert into purge_target (purge_id, resource_key)
      select distinct ${purge.purge_id}::integer, r.resource_key
      from unnest(${resources.map((one) => one.type)}::text[], ${resources.map((one) => one.id)}::text[]) as t(type, id)
      cross join lateral (
        select resource_key from resource
        where connection_id = ${connection.connection_id} and resource_type = t.type and fhir_id = t.id limit 1
      ) r
      on conflict do nothing`;
  }
  return chunks.at(-1)?.chunk_id;
}

/** Lines that are opened at a time. */
const WAITING_BATCH = 2000;

/**
 * What waits for something else than its Patient has no row, and keeps its line longer than its chunk is kept. Whom a
 * sealed line names, only opening it tells.
 */
async function noteWaitingInTx(
  tx: Tx,
  keyring: Keyring,
  connection: Connection,
  purge: Purge,
): Promise<void> {
  const find = linesOfPatients(connection, purge);
  for (let after = 0; ; ) {
    const waiting = await tx<{ resource_key: number; line: Buffer }[]>`
      select w.resource_key, w.line from waiting w
      where w.connection_id = ${connection.connection_id} and w.parked and w.target_type <> 'Patient'
        and w.resource_key > ${after}
        and (sealed_with(w.line) is not null or exists (
          select 1 from unnest(${purge.patients}::text[]) as p(id) where position(convert_to(p.id, 'UTF8') in w.line) > 0
        ))
      order by w.resource_key limit ${WAITING_BATCH}`;
    const lines = await Promise.all(waiting.map((one) => openLine(keyring, one.resource_key, one.line)));
    const theirs = waiting.filter((one, n) => find(lines[n] ?? one.line).ranges.length > 0);
    await tx`
      insert into purge_target (purge_id, resource_key)
      select ${purge.purge_id}, key from unnest(${theirs.map((one) => one.resource_key)}::bigint[]) as k(key)
      on conflict do nothing`;
    const last = waiting.at(-1);
    if (!last || waiting.length < WAITING_BATCH) return;
    after = last.resource_key;
  }
}

async function finishInTx(tx: Tx, deps: Deps, run: Run, connection: Connection, purge: Purge): Promise<void> {
  const of = { connectionId: run.connection_id, keyring: deps.keyring };
  const keys = await keysOfPatients(tx, of, purge);
  const context = await openChunkInTx(tx, deps, run, connection, keys);
  const ledger = openLedger();
  await forgetInCopyInTx(tx, deps, keys);
  await purgeResourcesInTx(tx, context, keys, purge.patients, ledger);
  // Whose names servers told, and whose files have, nobody can say.
  await forgetAllServerTextInTx(tx, run.connection_id);
  await forgetNamesInTx(tx, run.connection_id);
  await ledger.writeInTx(tx, context.chunkId, context.runId);
  await tx`delete from purge_target where purge_id = ${purge.purge_id}`;
  await tx`
    update purge set finished_at = ${deps.clock()}, patient_ids_sealed = null, resources = ${keys.length}
    where purge_id = ${purge.purge_id}`;
}
