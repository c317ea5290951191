/**
 * What points at a resource whose row goes away must not point at nothing. References to a visit, provider, care site
 * or location become NULL and an open link, as if the target had not arrived. Rows of a person who goes away cannot
 * stay: their resources are parked, with their line where its chunk is still kept, and come back with the Patient.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Tx } from '../../sql/connect.ts';
import { deleteDerivedInTx } from '../derive/derive.ts';
import type { TableName } from '../map/rows.ts';
import { bitOf, CDM_TABLES, IDS_PER_RESOURCE, LOAD_ORDER, POINTS_AT } from './cdm-tables.ts';
import { copyRows } from './copy.ts';
import type { Ledger } from './ledger.ts';
import { deleteRowsInTx } from './write.ts';

const decompress = promisify(gunzip);

export interface Leaving {
  readonly key: number;
  /** Tables that held its rows and hold them no more. */
  readonly row_tables: number;
}

export async function detachInTx(
  tx: Tx,
  context: { readonly connectionId: number; readonly runId: number; readonly now: Date },
  leaving: readonly Leaving[],
  ledger: Ledger,
): Promise<void> {
  for (const table of new Set(Object.values(POINTS_AT))) {
    const keys = leaving.filter((one) => (one.row_tables & bitOf(table)) !== 0).map((one) => one.key);
    if (keys.length === 0) continue;
    if (table === 'person') await parkPersons(tx, context, keys, ledger);
    else await loosen(tx, context.connectionId, table, keys);
  }
}

async function loosen(
  tx: Tx,
  connectionId: number,
  target: TableName,
  keys: readonly number[],
): Promise<void> {
  const columns = Object.keys(POINTS_AT).filter((column) => POINTS_AT[column] === target);
  for (const { table, column } of await pointers(tx, columns)) {
    const { idColumn, id } = CDM_TABLES[table];
    await tx`
      with loosened as (
        update ${tx(table)} t set ${tx(column)} = null
        from (select ${tx(idColumn)} as id, ${tx(column)} as target from ${tx(table)} where ${tx(column)} = any(${keys}::bigint[])) old
        where t.${tx(idColumn)} = old.id and old.target <> t.${tx(idColumn)}
        returning old.id, old.target
      )
      insert into open_link (connection_id, target_type, target_id, resource_key, table_name, column_name, row_id)
      select ${connectionId}, r.resource_type, r.fhir_id, ${id === 'key' ? tx`l.id` : tx`l.id / ${IDS_PER_RESOURCE}`}, ${table}, ${column}, l.id
      from loosened l join resource r on r.resource_key = l.target
      on conflict do nothing`;
  }
}

/** Which of our tables have these columns, according to the catalogue. */
async function pointers(tx: Tx, columns: readonly string[]): Promise<{ table: TableName; column: string }[]> {
  const tables = LOAD_ORDER.filter((table) => table !== 'location');
  return await tx<{ table: TableName; column: string }[]>`
    select c.relname as table, a.attname as column
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.oid = any(select to_regclass(name) from unnest(${tables as string[]}::text[]) as name)
      and a.attname = any(${columns as string[]}::text[])
      and not exists (select 1 from cdm_table t where t.table_name = c.relname and t.id_column = a.attname)`;
}

async function parkPersons(
  tx: Tx,
  context: { readonly connectionId: number; readonly runId: number; readonly now: Date },
  persons: readonly number[],
  ledger: Ledger,
): Promise<void> {
  await deleteDerivedInTx(tx, persons);
  const resources = new Map<
    number,
    { key: number; row_tables: number; chunk_id: number; chunk_line: number; patient: string }
  >();
  for (const { table } of await pointers(tx, ['person_id'])) {
    const { idColumn, id } = CDM_TABLES[table];
    if (table === 'person' || table === 'death') continue;
    const rows = await tx<
      { key: number; row_tables: number; chunk_id: number; chunk_line: number; patient: string }[]
    >`
      select distinct r.resource_key as key, r.row_tables, r.chunk_id, r.chunk_line, p.fhir_id as patient
      from ${tx(table)} t
      join resource r on r.resource_key = ${id === 'key' ? tx`t.${tx(idColumn)}` : tx`t.${tx(idColumn)} / ${IDS_PER_RESOURCE}`}
      join resource p on p.resource_key = t.person_id
      where t.person_id = any(${persons}::bigint[]) and r.resource_key <> all(${persons}::bigint[])`;
    for (const row of rows) resources.set(row.key, row);
  }
  const all = [...resources.values()];
  if (all.length === 0) return;
  const keys = all.map((one) => one.key);
  await loosen(
    tx,
    context.connectionId,
    'visit_occurrence',
    all.filter((one) => (one.row_tables & bitOf('visit_occurrence')) !== 0).map((one) => one.key),
  );
  await deleteRowsInTx(tx, all, ledger);
  for (const table of ['unmapped_use', 'open_link', 'waiting'])
    await tx`delete from ${tx(table)} where resource_key = any(${keys}::bigint[])`;
  // An empty hash equals no content: whenever the server sends the resource again, it is mapped.
  await tx`
    update resource set outcome = 'parked', reason = 'patient-removed', row_tables = 0, content_hash = ''
    where resource_key = any(${keys}::bigint[])`;
  const lines = await linesOf(tx, all);
  await copyRows(
    tx,
    'waiting',
    ['resource_key', 'connection_id', 'target_type', 'target_id', 'parked', 'line', 'since_run', 'since'],
    all.flatMap((one) => {
      const line = lines.get(one.key);
      return line
        ? [
            [
              one.key,
              context.connectionId,
              'Patient',
              one.patient,
              true,
              line,
              context.runId,
              context.now.toISOString(),
            ],
          ]
        : [];
    }),
  );
}

async function linesOf(
  tx: Tx,
  resources: readonly { key: number; chunk_id: number; chunk_line: number }[],
): Promise<Map<number, Buffer>> {
  const lines = new Map<number, Buffer>();
  for (const [chunkId, wanted] of Map.groupBy(resources, (one) => one.chunk_id)) {
    const [chunk] = await tx<{ body: Buffer }[]>`select body from chunk_body where chunk_id = ${chunkId}`;
    if (!chunk) continue;
    const text = await decompress(chunk.body);
    const byLine = new Map(wanted.map((one) => [one.chunk_line, one.key]));
    let line = 0;
    for (let start = 0; start < text.length; line++) {
      const newline = text.indexOf(10, start);
      const end = newline === -1 ? text.length : newline;
      const key = byLine.get(line);
      if (key !== undefined) lines.set(key, text.subarray(start, end));
      start = end + 1;
    }
  }
  return lines;
}
