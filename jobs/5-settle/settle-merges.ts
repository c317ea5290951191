/**
 * Patients that were merged (Patient.link): once everything sent is mapped, the events of a replaced Patient become those
 * of the surviving person, and the replaced one is no person any more; whichever of the two came first, and back again
 * when the link goes. A link counts from when the survivor is a person here: until then the replaced one stays what it is.
 *
 * Set-based and idempotent: which merges hold now is compared with which held before.
 */

import type { Tx } from '../../sql/connect.ts';
import { deleteDerivedInTx } from '../derive/derive.ts';
import { knownColumns } from '../load/compare/known.ts';
import type { LoadContext } from '../load/context.ts';
import { loadAgain } from '../load/load-chunk.ts';
import type { OpenChunk } from '../load/open-chunk.ts';
import { readAgain, type Sent } from '../load/read-again.ts';
import { deleteRowsInTx } from '../load/take-out/delete-rows.ts';
import { parkInTx, type ToPark } from '../load/take-out/park.ts';
import { bitOf, CDM_TABLES, OF_A_PERSON } from '../load/write/cdm-tables.ts';
import { type Ledger, openLedger } from '../load/write/ledger.ts';
import { IDS_PER_RESOURCE } from '../map/cdm/row-ids.ts';
import type { Deps } from '../step/deps.ts';
import { moveUsesInTx } from '../vocabulary/unmapped/changes.ts';
import { giveRowsInTx, giveRowsOfOthersInTx } from './give-rows.ts';

const REPLACED = 'patient-replaced';
const PERSON = bitOf('person');

export async function settleMergesInTx(
  tx: Tx,
  deps: Pick<Deps, 'resolver' | 'keyring'>,
  connectionId: number,
  openChunk: OpenChunk,
): Promise<void> {
  const [any] = await tx`
    select 1 where exists (select 1 from patient_link where connection_id = ${connectionId})
      or exists (select 1 from patient_merge where connection_id = ${connectionId})`;
  if (!any) return;
  // Whoever is restored may turn out to be no person, so that others are replaced no more either.
  do await decideInTx(tx, connectionId);
  while (await restoreInTx(tx, deps, connectionId, openChunk));
  const replaced = await replacedPersons(tx, connectionId);
  const moves = await wrongPersons(tx, connectionId, replaced);
  if (replaced.length === 0 && moves.length === 0) return;
  const context = await openChunk(replaced.map((one) => one.resource_key));
  const ledger = openLedger();
  await moveInTx(tx, context, moves, ledger);
  await dismissInTx(tx, context, replaced, ledger);
  await ledger.writeInTx(tx, context.chunkId, context.runId);
}

/**
 * Who stands for whom: to the end of the chain, as far as its Patients are here. What a Patient says of itself counts
 * before what another says of it. A circle merges nobody.
 */
async function decideInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`delete from patient_merge where connection_id = ${connectionId}`;
  await tx`
    insert into patient_merge (connection_id, replaced_id, person_id)
    with recursive link as (
      select distinct on (l.replaced_id) l.replaced_id, l.survivor_id
      from patient_link l join resource r on r.resource_key = l.resource_key
      where l.connection_id = ${connectionId}
      order by l.replaced_id, (r.fhir_id = l.replaced_id) desc, l.survivor_id
    ),
    walk (replaced_id, survivor_id, path, circular) as (
      select replaced_id, survivor_id, array[replaced_id, survivor_id], false from link
      union all
      select w.replaced_id, l.survivor_id, w.path || l.survivor_id, l.survivor_id = any(w.path)
      from walk w join link l on l.replaced_id = w.survivor_id
      where not w.circular
    )
    select distinct on (w.replaced_id) ${connectionId}::integer, w.replaced_id, r.resource_key
    from walk w
    join resource r on r.connection_id = ${connectionId} and r.resource_type = 'Patient' and r.fhir_id = w.survivor_id
      and (r.outcome = 'loaded' and (r.row_tables & ${PERSON}) <> 0
        or r.reason = ${REPLACED} and length(r.content_hash) > 0)
    where not exists (select 1 from walk c where c.replaced_id = w.replaced_id and c.circular)
    order by w.replaced_id, cardinality(w.path) desc`;
}

/**
 * Patients that are replaced no more are mapped again, where their line is kept; else when they are sent again, and until
 * then they stand for nobody. False when there are none.
 */
async function restoreInTx(
  tx: Tx,
  deps: Pick<Deps, 'resolver' | 'keyring'>,
  connectionId: number,
  openChunk: OpenChunk,
): Promise<boolean> {
  const known = await tx<Sent[]>`
    select ${knownColumns(tx)}, r.chunk_id, r.chunk_line
    from resource r
    where r.connection_id = ${connectionId} and r.resource_type = 'Patient' and r.reason = ${REPLACED}
      and length(r.content_hash) > 0
      and r.fhir_id not in (select replaced_id from patient_merge where connection_id = ${connectionId})
    order by r.resource_key`;
  if (known.length === 0) return false;
  const items = await readAgain(tx, deps.keyring, known);
  const kept = new Set(items.flatMap((item) => item.known?.resource_key ?? []));
  const lost = known.map((one) => one.resource_key).filter((key) => !kept.has(key));
  await tx`update resource set content_hash = '' where resource_key = any(${lost}::bigint[])`;
  if (items.length === 0) return true;
  const context = await openChunk([...kept]);
  await loadAgain(tx, { resolver: deps.resolver }, context, items);
  return true;
}

interface Replaced {
  readonly resource_key: number;
  readonly fhir_id: string;
  readonly row_tables: number;
  readonly last_run: number;
  /** Who stands for them. */
  readonly person_id: number;
}

/** Replaced Patients that are persons still. */
async function replacedPersons(tx: Tx, connectionId: number): Promise<Replaced[]> {
  return await tx<Replaced[]>`
    select r.resource_key, r.fhir_id, r.row_tables, r.last_run, m.person_id
    from patient_merge m
    join resource r on r.connection_id = m.connection_id and r.resource_type = 'Patient' and r.fhir_id = m.replaced_id
    where m.connection_id = ${connectionId} and r.outcome = 'loaded' and (r.row_tables & ${PERSON}) <> 0
    order by r.resource_key for update of r`;
}

interface Move extends ToPark {
  readonly from: number;
  /** NULL: nobody stands for the Patient, and it is no person itself. */
  readonly to: number | null;
}

/** Resources whose rows name another person than they should. Those of newly replaced Patients are listed first. */
async function wrongPersons(tx: Tx, connectionId: number, replaced: readonly Replaced[]): Promise<Move[]> {
  for (const table of replaced.length > 0 ? OF_A_PERSON : []) {
    const { idColumn, id } = CDM_TABLES[table];
    const key = id === 'key' ? tx`t.${tx(idColumn)}` : tx`t.${tx(idColumn)} / ${IDS_PER_RESOURCE}`;
    const persons = replaced.map((one) => one.resource_key);
    // Read before it is compared with tables that on Citus lie elsewhere.
    const theirs = await tx<{ key: number; person_id: number }[]>`
      select distinct ${key} as key, t.person_id
      from ${tx(table)} t where t.person_id = any(${persons}::bigint[]) and ${key} <> t.person_id`;
    await tx`
      insert into merged_resource (resource_key, connection_id, replaced_id, person_id)
      select r.resource_key, ${connectionId}::integer, p.fhir_id, p.resource_key
      from unnest(${theirs.map((one) => one.key)}::bigint[], ${theirs.map((one) => one.person_id)}::bigint[])
        as t(key, person_id)
      join resource r on r.resource_key = t.key
      join resource p on p.resource_key = t.person_id
      on conflict (resource_key) do nothing`;
  }
  return await tx<Move[]>`
    select m.resource_key as key, r.row_tables, r.chunk_id, r.chunk_line, 'Patient' as target_type,
      m.replaced_id as target_id, m.person_id as from, coalesce(g.person_id, p.resource_key) as to
    from merged_resource m
    join resource r on r.resource_key = m.resource_key
    left join patient_merge g on g.connection_id = m.connection_id and g.replaced_id = m.replaced_id
    left join resource p on p.connection_id = m.connection_id and p.resource_type = 'Patient'
      and p.fhir_id = m.replaced_id and p.outcome = 'loaded' and (p.row_tables & ${PERSON}) <> 0
    where m.connection_id = ${connectionId}
      and m.person_id is distinct from coalesce(g.person_id, p.resource_key)
    order by m.resource_key`;
}

async function moveInTx(tx: Tx, context: LoadContext, moves: readonly Move[], ledger: Ledger): Promise<void> {
  const nobody = moves.filter((one) => one.to === null);
  await parkInTx(tx, context, nobody, 'patient-removed', ledger);
  const moved = moves.flatMap(({ to, ...one }) => (to === null ? [] : [{ ...one, to }]));
  const keys = moved.map((one) => one.key);
  const persons = moved.map((one) => one.to);
  await giveRowsInTx(tx, { keys, persons });
  await moveUsesInTx(tx, { keys, persons });
  for (const table of ['resource_link', 'merged_resource']) {
    await tx`
      update ${tx(table)} t set person_id = m.person
      from unnest(${keys}::bigint[], ${persons}::bigint[]) as m(key, person) where t.resource_key = m.key`;
  }
  // Back with their own Patient, they are merged with nobody.
  await tx`
    delete from merged_resource m using resource p
    where m.connection_id = ${context.connectionId} and p.resource_key = m.person_id and p.fhir_id = m.replaced_id`;
  for (const { from } of moves) ledger.touched(from);
  for (const { to } of moved) ledger.touched(to);
}

/** They are no persons any more; what they are is kept (hash, links), so that sent again unchanged they are unchanged. */
async function dismissInTx(
  tx: Tx,
  context: LoadContext,
  replaced: readonly Replaced[],
  ledger: Ledger,
): Promise<void> {
  if (replaced.length === 0) return;
  const keys = replaced.map((one) => one.resource_key);
  await deleteDerivedInTx(tx, keys);
  await giveRowsOfOthersInTx(tx, { from: keys, to: replaced.map((one) => one.person_id) });
  await deleteRowsInTx(
    tx,
    replaced.map((one) => ({ key: one.resource_key, row_tables: one.row_tables })),
    ledger,
  );
  await tx`delete from open_link where resource_key = any(${keys}::bigint[])`;
  await tx`
    update resource set outcome = 'excluded', reason = ${REPLACED}, row_tables = 0
    where resource_key = any(${keys}::bigint[])`;
  for (const one of replaced) {
    if (one.last_run === context.runId) ledger.takeBack('Patient', 'loaded');
    else ledger.redriven('Patient');
    ledger.add('Patient', 'excluded', REPLACED);
  }
}
