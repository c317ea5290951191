/**
 * What points at a resource whose row goes away must not point at nothing. References to a visit, provider, care site
 * or location become NULL and an open link, as if the target had not arrived. What cannot be without its target is
 * parked until that comes back: rows of a person, parts and costs of a visit.
 */

import { readCdmVersion } from '../../../sql/cdm-version.ts';
import type { Tx } from '../../../sql/connect.ts';
import { list } from '../../../sql/list.ts';
import { deleteDerivedInTx } from '../../derive/derive.ts';
import { IDS_PER_RESOURCE } from '../../map/cdm/row-ids.ts';
import type { TableName } from '../../map/cdm/rows.ts';
import { UNDATED } from '../reasons.ts';
import { bitOf, CDM_TABLES, idFactor, LOAD_ORDER, POINTS_AT, REQUIRED_LINKS } from '../write/cdm-tables.ts';
import type { Ledger } from '../write/ledger.ts';
import { parkInTx, type TakeOutContext, type ToPark } from './park.ts';

export interface Leaving {
  readonly key: number;
  /** Tables that held its rows and no longer do. */
  readonly row_tables: number;
}

export async function detachInTx(
  tx: Tx,
  context: TakeOutContext,
  leaving: readonly Leaving[],
  ledger: Ledger,
): Promise<void> {
  const persons = leaversOf(leaving, 'person');
  if (persons.length > 0) await parkPersons(tx, context, persons, ledger);
  const visits = leaversOf(leaving, 'visit_occurrence');
  const parts = leaversOf(leaving, 'visit_detail');
  if (visits.length > 0 || parts.length > 0) {
    await park(tx, context, await dependents(tx, visits, parts), 'target-removed', ledger);
    await parkUndated(tx, context, await datedBy(tx, context, visits, parts), ledger);
  }
  await loosenInTx(tx, context.connectionId, leaving);
  if (visits.length > 0) await forgetPreceding(tx, visits);
}

/** References that may be without their target. */
export async function loosenInTx(tx: Tx, connectionId: number, leaving: readonly Leaving[]): Promise<void> {
  const parts = leaversOf(leaving, 'visit_detail');
  if (parts.length > 0) await loosenFromParts(tx, connectionId, parts);
  for (const table of new Set(Object.values(POINTS_AT))) {
    const keys = leaversOf(leaving, table);
    if (keys.length > 0 && table !== 'person') await loosen(tx, connectionId, table, keys);
  }
}

const leaversOf = (leaving: readonly Leaving[], table: TableName): number[] =>
  leaving.filter((one) => (one.row_tables & bitOf(table)) !== 0).map((one) => one.key);

/** Whether an Encounter was part of a visit and no longer is, whatever its wards. */
export function partLeaves(before: number, after: number): boolean {
  const isPart = (tables: number) =>
    (tables & bitOf('visit_detail')) !== 0 && (tables & bitOf('visit_occurrence')) === 0;
  return isPart(before) && !isPart(after);
}

async function park(
  tx: Tx,
  context: TakeOutContext,
  resources: readonly ToPark[],
  reason: string,
  ledger: Ledger,
): Promise<void> {
  if (resources.length === 0) return;
  await detachInTx(tx, context, resources, ledger);
  await parkInTx(tx, context, resources, reason, ledger);
}

/** The parts and costs of these visits, and the parts of these parts, that belong to other resources. */
async function dependents(tx: Tx, visits: readonly number[], parts: readonly number[]): Promise<ToPark[]> {
  return await tx<ToPark[]>`
    with dependent (key, target) as (
      select visit_detail_id / ${IDS_PER_RESOURCE}, visit_occurrence_id from visit_detail
      where visit_occurrence_id = any(${visits}::bigint[])
      union
      select cost_id / ${IDS_PER_RESOURCE}, cost_event_id from cost
      where cost_event_id = any(${visits}::bigint[]) and cost_domain_id = 'Visit'
      union
      select d.visit_detail_id / ${IDS_PER_RESOURCE}, d.parent_visit_detail_id / ${IDS_PER_RESOURCE}
      from visit_detail d
      where d.parent_visit_detail_id = any(${firstRows(parts)}::bigint[])
    )
    select distinct on (r.resource_key) r.resource_key as key, r.row_tables, r.chunk_id, r.chunk_line,
      t.resource_type as target_type, t.fhir_id as target_id
    from dependent d
    join resource r on r.resource_key = d.key
    join resource t on t.resource_key = d.target
    where d.key <> all(${[...visits, ...parts]}::bigint[])
    order by r.resource_key, t.resource_key`;
}

/** Parks events that no Encounter dates any longer. */
async function parkUndated(
  tx: Tx,
  context: TakeOutContext,
  events: readonly ToPark[],
  ledger: Ledger,
): Promise<void> {
  await park(tx, context, events, UNDATED.removed, ledger);
  await tx`
    delete from content_use
    where resource_key = any(${events.map((one) => one.key)}::bigint[]) and content_type = 'Encounter'`;
}

/** Events that have their date from these visits and parts. */
async function datedBy(
  tx: Tx,
  context: TakeOutContext,
  visits: readonly number[],
  parts: readonly number[],
): Promise<ToPark[]> {
  return await tx<ToPark[]>`
    select r.resource_key as key, r.row_tables, r.chunk_id, r.chunk_line,
      'Encounter' as target_type, e.fhir_id as target_id
    from resource e
    join content_use u on u.connection_id = ${context.connectionId} and u.content_type = 'Encounter'
      and u.content_id = e.fhir_id
    join resource r on r.resource_key = u.resource_key
    where e.resource_key = any(${[...visits, ...parts]}::bigint[]) and e.resource_type = 'Encounter'
      and r.outcome = 'loaded'
    order by r.resource_key`;
}

const firstRows = (keys: readonly number[]) => keys.map((key) => key * IDS_PER_RESOURCE);

/** Rows that no resource gave, others' ones, have nothing that would complete them. */
async function loosen(
  tx: Tx,
  connectionId: number,
  target: TableName,
  keys: readonly number[],
): Promise<void> {
  const columns = Object.keys(POINTS_AT).filter((column) => POINTS_AT[column] === target);
  for (const { table, column } of await pointers(tx, columns)) {
    if (REQUIRED_LINKS[table]?.includes(column)) continue;
    const { idColumn, id } = CDM_TABLES[table];
    const factor = idFactor(target);
    await tx`
      with loosened as (
        update ${tx(table)} t set ${tx(column)} = null
        from (select ${tx(idColumn)} as id, ${tx(column)} as target from ${tx(table)} where ${tx(column)} = any(${keys.map((key) => key * factor)}::bigint[])) old
        where t.${tx(idColumn)} = old.id and old.target <> t.${tx(idColumn)}
        returning old.id, old.target
      )
      insert into open_link (connection_id, target_type, target_id, resource_key, table_name, column_name, row_id)
      select ${connectionId}, r.resource_type, r.fhir_id, own.resource_key, ${table}, ${column}, l.id
      from loosened l join resource r on r.resource_key = l.target / ${factor}
      join resource own on own.resource_key = ${id === 'key' ? tx`l.id` : tx`l.id / ${IDS_PER_RESOURCE}`}
      on conflict do nothing`;
  }
}

/** Events of a part of a visit lose both the part and the visit, and wait for the Encounter that they name. */
async function loosenFromParts(tx: Tx, connectionId: number, parts: readonly number[]): Promise<void> {
  for (const { table } of await pointers(tx, ['visit_detail_id'])) {
    const { idColumn } = CDM_TABLES[table];
    await tx`
      with loosened as (
        update ${tx(table)} t set visit_detail_id = null, visit_occurrence_id = null
        from (
          select ${tx(idColumn)} as id, visit_detail_id / ${IDS_PER_RESOURCE} as part from ${tx(table)}
          where visit_detail_id = any(${firstRows(parts)}::bigint[])
        ) old
        where t.${tx(idColumn)} = old.id
        returning old.id, old.part
      )
      insert into open_link (connection_id, target_type, target_id, resource_key, table_name, column_name, row_id)
      select ${connectionId}, r.resource_type, r.fhir_id, own.resource_key, ${table}, 'visit_occurrence_id', l.id
      from loosened l join resource r on r.resource_key = l.part
      join resource own on own.resource_key = l.id / ${IDS_PER_RESOURCE}
      on conflict do nothing`;
  }
}

/** Which visit came before is derived when the run closes. */
async function forgetPreceding(tx: Tx, visits: readonly number[]): Promise<void> {
  await tx`
    update visit_occurrence set preceding_visit_occurrence_id = null
    where preceding_visit_occurrence_id = any(${visits}::bigint[])
      and person_id in (select person_id from visit_occurrence where visit_occurrence_id = any(${visits}::bigint[]))`;
}

/** Which of our tables have these columns, according to the catalogue, which stays as it is until the transaction ends. */
async function pointers(tx: Tx, columns: readonly string[]): Promise<{ table: TableName; column: string }[]> {
  const tables = LOAD_ORDER.filter((table) => table !== 'location');
  await readCdmVersion(tx);
  return await tx<{ table: TableName; column: string }[]>`
    select c.relname as table, a.attname as column
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.oid = any(select to_regclass(name) from unnest(${list(tables)}::text[]) as name)
      and a.attname = any(${list(columns)}::text[])
      and not exists (select 1 from cdm_table t where t.table_name = c.relname and t.id_column = a.attname)`;
}

/** Resources of a replaced Patient wait for that Patient, not for the one whose rows they gave. */
async function parkPersons(
  tx: Tx,
  context: TakeOutContext,
  persons: readonly number[],
  ledger: Ledger,
): Promise<void> {
  await deleteDerivedInTx(tx, persons);
  const resources = new Map<number, ToPark>();
  for (const { table } of await pointers(tx, ['person_id'])) {
    const { idColumn, id } = CDM_TABLES[table];
    const rows = await tx<ToPark[]>`
      select distinct r.resource_key as key, r.row_tables, r.chunk_id, r.chunk_line,
        'Patient' as target_type, coalesce(m.replaced_id, p.fhir_id) as target_id
      from ${tx(table)} t
      join resource r on r.resource_key = ${id === 'key' ? tx`t.${tx(idColumn)}` : tx`t.${tx(idColumn)} / ${IDS_PER_RESOURCE}`}
      join resource p on p.resource_key = t.person_id
      left join merged_resource m on m.resource_key = r.resource_key
      where t.person_id = any(${persons}::bigint[]) and r.resource_key <> all(${persons}::bigint[])`;
    for (const row of rows) resources.set(row.key, row);
  }
  await park(tx, context, [...resources.values()], 'patient-removed', ledger);
}
