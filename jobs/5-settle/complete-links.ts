/**
 * Completes open links whose target has arrived, set-based, once everything that a run sent is mapped and
 * what waited has been taken up. Only links to types of which the run loaded something can have found their
 * target.
 */
import { readCdmVersion } from '../../sql/cdm-version.ts';
import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import { detailColumn } from '../load/assemble.ts';
import { bitOf, CDM_TABLES, idFactor, isTable, POINTS_AT } from '../load/write/cdm-tables.ts';
import { IDS_PER_RESOURCE } from '../map/cdm/row-ids.ts';
import type { TableName } from '../map/cdm/rows.ts';

export async function completeLinksInTx(
  tx: Tx,
  connectionId: number,
  runIds: readonly number[],
): Promise<void> {
  // Of links of columns that CDM 5.4 has not, none must go between being found and being completed.
  await readCdmVersion(tx);
  const columns = await tx<{ table_name: string; column_name: string }[]>`
    select distinct l.table_name, l.column_name
    from open_link l
    where l.connection_id = ${connectionId}
      and l.target_type in (select resource_type from chunk_count where run_id = any(${list(runIds)}::bigint[]) and loaded > 0)`;
  for (const { table_name, column_name } of columns) {
    if (!isTable(table_name)) continue;
    await complete(tx, connectionId, table_name, column_name);
    await completeIdentified(tx, { connectionId, runIds }, table_name, column_name);
    if (column_name === 'visit_occurrence_id') await completeParts(tx, connectionId, table_name);
  }
}

async function complete(tx: Tx, connectionId: number, table: TableName, column: string): Promise<void> {
  const target = POINTS_AT[column];
  const bits = target ? bitOf(target) : -1;
  const factor = target ? idFactor(target) : 1;
  await tx`
    with arrived as (
      delete from open_link l using resource r
      where l.connection_id = ${connectionId} and l.table_name = ${table} and l.column_name = ${column}
        and r.connection_id = l.connection_id and r.resource_type = l.target_type and r.fhir_id = l.target_id
        and r.outcome = 'loaded' and (r.row_tables & ${bits}) <> 0
      returning l.row_id, r.resource_key
    ), ${others(tx, connectionId, table, column)}
    update ${tx(table)} t set ${tx(column)} = arrived.resource_key * ${factor}
    from arrived where t.${tx(CDM_TABLES[table].idColumn)} = arrived.row_id`;
}

/** Completes links by business identifier: of what has arrived, since all that wait for one may be very many. */
async function completeIdentified(
  tx: Tx,
  { connectionId, runIds }: { readonly connectionId: number; readonly runIds: readonly number[] },
  table: TableName,
  column: string,
): Promise<void> {
  const target = POINTS_AT[column];
  if (!target) return;
  await tx`
    with identified as materialized (
      -- Of several with the same identifier the same one is taken as by references.ts.
      select distinct on (i.resource_type, i.hash) i.resource_type, '?' || i.hash as target_id, r.resource_key
      from resource_identifier i join resource r using (resource_key)
      where i.connection_id = ${connectionId}
        and i.resource_type in (
          select resource_type from chunk_count where run_id = any(${list(runIds)}::bigint[]) and loaded > 0
        )
        and r.last_run = any(${list(runIds)}::bigint[]) and r.outcome = 'loaded' and (r.row_tables & ${bitOf(target)}) <> 0
      order by i.resource_type, i.hash, r.fhir_id
    ), arrived as (
      delete from open_link l using identified i
      where l.connection_id = ${connectionId} and l.table_name = ${table} and l.column_name = ${column}
        and l.target_type = i.resource_type and l.target_id = i.target_id
      returning l.row_id, i.resource_key
    ), ${others(tx, connectionId, table, column)}
    update ${tx(table)} t set ${tx(column)} = arrived.resource_key
    from arrived where t.${tx(CDM_TABLES[table].idColumn)} = arrived.row_id`;
}

/**
 * Completes links to an Encounter that is part of another one: the row gets the visit of the whole, and the
 * visit_detail of the part.
 */
async function completeParts(tx: Tx, connectionId: number, table: TableName): Promise<void> {
  const part = detailColumn(table);
  if (!part) return;
  // In steps: on Citus no statement may join a table by person with others and write one of these.
  await tx`
    create temporary table part_arrived on commit drop as
    select l.row_id, d.visit_detail_id, d.visit_occurrence_id
    from (
      select o.row_id, r.resource_key * ${IDS_PER_RESOURCE} as part
      from open_link o join resource r on r.connection_id = o.connection_id and r.resource_type = o.target_type
        and r.fhir_id = o.target_id
      where o.connection_id = ${connectionId} and o.table_name = ${table} and o.column_name = 'visit_occurrence_id'
        and r.outcome = 'loaded' and (r.row_tables & ${bitOf('visit_occurrence')}) = 0
    ) l
    join visit_detail d on d.visit_detail_id = l.part`;
  await tx`
    delete from open_link l using part_arrived p
    where l.connection_id = ${connectionId} and l.table_name = ${table} and l.column_name = 'visit_occurrence_id'
      and l.row_id = p.row_id`;
  await tx`
    update ${tx(table)} t set visit_occurrence_id = p.visit_occurrence_id, ${tx(part)} = p.visit_detail_id
    from part_arrived p where t.${tx(CDM_TABLES[table].idColumn)} = p.row_id`;
  await tx`drop table part_arrived`;
}

/** A urn:uuid may be of several types; this deletes the links to the types that it turned out not to be. */
function others(tx: Tx, connectionId: number, table: TableName, column: string) {
  return tx`others as (
      delete from open_link l using arrived
      where l.connection_id = ${connectionId} and l.table_name = ${table} and l.column_name = ${column}
        and l.row_id = arrived.row_id
    )`;
}
