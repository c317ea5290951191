/** Takes resources out without a trace: their rows, and all that is kept of them besides counts. */

import type { Tx } from '../../../sql/connect.ts';
import { list } from '../../../sql/list.ts';
import { deleteDerivedInTx } from '../../derive/derive.ts';
import { IDS_PER_RESOURCE } from '../../map/cdm/row-ids.ts';
import { CDM_TABLES, OF_A_PERSON } from '../write/cdm-tables.ts';
import { forgetDetailsInTx } from '../write/details.ts';
import type { Ledger } from '../write/ledger.ts';
import { deleteRowsInTx } from './delete-rows.ts';
import { detachInTx } from './detach.ts';
import { eraseLinesInTx } from './erase-text.ts';
import { forgetEntriesInTx } from './forget-cohort.ts';
import { linesOf, type TakeOutContext } from './park.ts';
import { deleteRowsOfOthersInTx } from './rows-of-others.ts';

/**
 * All resources of these Patients: by their rows, by what they wait for, and those found in their lines, which are
 * erased before.
 */
export async function keysOfPatients(
  tx: Tx,
  { connectionId, keyring }: Pick<TakeOutContext, 'connectionId' | 'keyring'>,
  of: { readonly purge_id: number; readonly patients: readonly string[] },
): Promise<number[]> {
  const patients = list(of.patients);
  const persons = await tx<{ key: number }[]>`
    select resource_key as key from resource
    where connection_id = ${connectionId} and resource_type = 'Patient' and fhir_id = any(${patients}::text[])`;
  const keys = new Set(persons.map((one) => one.key));
  const personKeys = [...keys];
  for (const table of OF_A_PERSON) {
    const { idColumn, id } = CDM_TABLES[table];
    const rows = await tx<{ key: number }[]>`
      select distinct ${id === 'key' ? tx`t.${tx(idColumn)}` : tx`t.${tx(idColumn)} / ${IDS_PER_RESOURCE}`} as key
      from ${tx(table)} t where t.person_id = any(${personKeys}::bigint[])`;
    for (const row of rows) keys.add(row.key);
  }
  const others = await tx<{ key: number }[]>`
    select resource_key as key from waiting
    where connection_id = ${connectionId} and target_type = 'Patient' and target_id = any(${patients}::text[])
    union
    select resource_key from merged_resource
    where connection_id = ${connectionId} and replaced_id = any(${patients}::text[])`;
  for (const one of others) keys.add(one.key);
  const found = await tx<{ key: number; chunk_id: number; chunk_line: number }[]>`
    select r.resource_key as key, r.chunk_id, r.chunk_line
    from purge_target t join resource r on r.resource_key = t.resource_key
    where t.purge_id = ${of.purge_id} and r.resource_key <> all(${[...keys]}::bigint[])`;
  // Lines of these Patients are erased by now: a resource that has its line was sent since as somebody else's.
  const sent = await linesOf(tx, keyring, found);
  for (const { key } of found) if (!sent.get(key)?.includes('{')) keys.add(key);
  // What hangs on theirs, whether that has rows, waits, or failed: it names nobody itself.
  const costs = await tx<{ key: number }[]>`
    select cost_id / ${IDS_PER_RESOURCE} as key from cost
    where cost_event_id = any(${[...keys]}::bigint[]) and cost_domain_id = 'Visit'`;
  const attached = await attachedTo(tx, connectionId, [...keys]);
  for (const key of [...attached, ...costs.map((one) => one.key)]) keys.add(key);
  return [...keys].sort((a, b) => a - b);
}

/** Words that are attached to these documents. */
async function attachedTo(tx: Tx, connectionId: number, keys: readonly number[]): Promise<number[]> {
  const binaries = await tx<{ key: number }[]>`
    select b.resource_key as key from content_use u
    join resource b on b.connection_id = u.connection_id and b.resource_type = u.content_type and b.fhir_id = u.content_id
    where u.connection_id = ${connectionId} and u.content_type = 'Binary' and u.resource_key = any(${list(keys)}::bigint[])`;
  return binaries.map((one) => one.key);
}

export async function purgeResourcesInTx(
  tx: Tx,
  context: TakeOutContext,
  keys: readonly number[],
  patients: readonly string[],
  ledger: Ledger,
): Promise<void> {
  const gone = await takeOutWholeInTx(tx, context, keys, ledger);
  await tx`
    delete from open_link l
    using unnest(${list(gone.map((one) => one.type))}::text[], ${list(gone.map((one) => one.id))}::text[]) as r(type, id)
    where l.connection_id = ${context.connectionId} and l.target_type = r.type and l.target_id = r.id`;
  // Ids of what is a patient's, whosever they are: the next sync asks again for what is still referred to.
  await tx`
    delete from hydration_request
    where connection_id = ${context.connectionId} and resource_type in ('Encounter', 'Observation', 'Device', 'Binary')`;
  for (const table of ['patient_merge', 'patient_link']) {
    await tx`
      delete from ${tx(table)}
      where connection_id = ${context.connectionId} and replaced_id = any(${list(patients)}::text[])`;
  }
  await tx`
    delete from group_member
    where connection_id = ${context.connectionId} and fhir_id = any(${list(patients)}::text[])`;
  await forgetSearchesInTx(tx, context.connectionId, patients, context.now);
}

/**
 * Resources that are a purged patient's now, and were somebody else's: with what is attached to them, and the lines that
 * hold what was loaded. What pointed at them has open links, as if they had not come yet.
 */
export async function takeOutMovedInTx(
  tx: Tx,
  context: TakeOutContext,
  moved: readonly number[],
  ledger: Ledger,
): Promise<void> {
  const keys = [...moved, ...(await attachedTo(tx, context.connectionId, moved))];
  const lines = await tx<{ chunk_id: number; numbers: number[] }[]>`
    select chunk_id, array_agg(chunk_line) as numbers from resource
    where resource_key = any(${list(keys)}::bigint[]) and chunk_id is not null
    group by chunk_id order by chunk_id`;
  await takeOutWholeInTx(tx, context, keys, ledger);
  for (const { chunk_id, numbers } of lines) await eraseLinesInTx(tx, context.keyring, chunk_id, numbers);
}

async function takeOutWholeInTx(
  tx: Tx,
  context: TakeOutContext,
  keys: readonly number[],
  ledger: Ledger,
): Promise<readonly { readonly type: string; readonly id: string }[]> {
  const resources = await tx<{ key: number; type: string; id: string; row_tables: number }[]>`
    select resource_key as key, resource_type as type, fhir_id as id, row_tables from resource
    where connection_id = ${context.connectionId} and resource_key = any(${list(keys)}::bigint[])
    order by resource_key for update`;
  const all = resources.map((one) => one.key);
  // Their events before them, so that none is parked for want of its Patient.
  for (const patient of [false, true]) {
    const some = resources.filter((one) => (one.type === 'Patient') === patient);
    await deleteRowsInTx(tx, some, ledger);
    await detachInTx(tx, context, some, ledger);
  }
  await deleteDerivedInTx(tx, all);
  // Before others' rows went with each row that goes, some were left behind.
  await deleteRowsOfOthersInTx(
    tx,
    new Map([
      ['person', resources.filter((one) => one.type === 'Patient').map((one) => one.key)],
      ['note', all.map((key) => key * IDS_PER_RESOURCE)],
    ]),
    ledger,
  );
  await forgetDetailsInTx(tx, all);
  await tx`delete from resource_history where resource_key = any(${all}::bigint[])`;
  await tx`
    delete from failure f using resource r
    where r.resource_key = any(${all}::bigint[]) and f.connection_id = r.connection_id
      and f.resource_type = r.resource_type and f.fhir_id = r.fhir_id`;
  await tx`delete from resource where resource_key = any(${all}::bigint[])`;
  await forgetTextsInTx(tx);
  for (const { type } of resources) ledger.removed(type, 'purged');
  return resources;
}

/** Who was asked for by searches, and what of them. */
async function forgetSearchesInTx(
  tx: Tx,
  connectionId: number,
  patients: readonly string[],
  now: Date,
): Promise<void> {
  const theirs = tx`
    select p.run_id, p.n from crawl_patient p join run r using (run_id)
    where r.connection_id = ${connectionId}
      and (p.patient_id = any(${list(patients)}::text[]) or p.matches && ${list(patients)}::text[])`;
  const asked = await tx<{ asked: string }[]>`
    select distinct asked from crawl_patient where (run_id, n) in (${theirs}) and asked is not null`;
  const identifiers = asked.map((one) => one.asked);
  await forgetEntriesInTx(tx, connectionId, { patients, identifiers }, now);
  await tx`delete from crawl_search where (run_id, n) in (${theirs})`;
  await tx`delete from crawl_patient where (run_id, n) in (${theirs})`;
  await tx`
    delete from crawl_watermark
    where connection_id = ${connectionId} and patient_id = any(${list(patients)}::text[])`;
}

/** Free text that nobody uses any more: it may say whose it was. */
export async function forgetTextsInTx(tx: Tx): Promise<void> {
  await tx`
    delete from unmapped_change n using source_code s
    where s.code_id = n.code_id and s.system = 'text'
      and not exists (select 1 from unmapped_use u where u.code_id = s.code_id)`;
  await tx`
    delete from unmapped_summary m using source_code s
    where s.code_id = m.code_id and s.system = 'text'
      and not exists (select 1 from unmapped_use u where u.code_id = s.code_id)`;
  await tx`
    with gone as (
      delete from source_code s
      where s.system = 'text' and not exists (select 1 from unmapped_use u where u.code_id = s.code_id)
      returning code
    )
    delete from vocabulary_answer a using gone where a.kind = 'code' and a.system = 'text' and a.code = gone.code`;
}
