/** Where a row of the CDM came from, and which rows a resource became: the view lineage, asked from either end. */
import type { Sql } from '../../sql/connect.ts';

export interface Origin {
  readonly table_name: string;
  /** The row, where the table has one for each resource. */
  readonly row_id: number | null;
  readonly row_id_from: number;
  readonly row_id_to: number;
  readonly connection_id: number;
  readonly site_key: string;
  readonly resource_type: string;
  readonly fhir_id: string;
  readonly first_run: number;
  readonly last_run: number;
  readonly code_version: string;
  readonly vocabulary_version: string;
  readonly file_no: number | null;
  readonly line: number | null;
}

const COLUMNS = [
  ...([
    'table_name',
    'row_id',
    'row_id_from',
    'row_id_to',
    'connection_id',
    'site_key',
    'resource_type',
  ] as const),
  ...(['fhir_id', 'first_run', 'last_run', 'code_version', 'vocabulary_version', 'file_no', 'line'] as const),
];

/** Tables whose rows bear the key of their resource; ids of the others are a thousand times that. */
const BY_KEY = ['person', 'death', 'visit_occurrence', 'location', 'care_site', 'provider'];

/** The resource that became this row. */
export async function originOfRow(
  sql: Sql,
  row: { readonly table: string; readonly id: number },
  connections: readonly number[] | null,
): Promise<Origin[]> {
  const key = BY_KEY.includes(row.table) ? row.id : Math.floor(row.id / 1000);
  return await sql<Origin[]>`
    select ${sql(COLUMNS)} from lineage
    where resource_key = ${key} and table_name = ${row.table}
      and (${connections}::integer[] is null or connection_id = any (${connections}))`;
}

/** The rows that a resource became, at most one entry for each table and connection. */
export async function rowsOfResource(
  sql: Sql,
  resource: { readonly type: string; readonly fhirId: string },
  connections: readonly number[] | null,
): Promise<Origin[]> {
  return await sql<Origin[]>`
    select ${sql(COLUMNS)} from lineage
    where resource_type = ${resource.type} and fhir_id = ${resource.fhirId}
      and (${connections}::integer[] is null or connection_id = any (${connections}))
    order by connection_id, table_name
    limit 200`;
}

export interface Outcome {
  readonly connection_id: number;
  readonly site_key: string;
  readonly outcome: 'loaded' | 'excluded' | 'failed' | 'parked';
  readonly reason: string | null;
  readonly last_run: number;
}

/** What became of a resource, also where that is no row; at most one entry for each connection. */
export async function outcomesOfResource(
  sql: Sql,
  resource: { readonly type: string; readonly fhirId: string },
  connections: readonly number[] | null,
): Promise<Outcome[]> {
  return await sql<Outcome[]>`
    select connection_id, site_key, outcome, reason, last_run
    from resource join connection using (connection_id)
    where resource_type = ${resource.type} and fhir_id = ${resource.fhirId}
      and (${connections}::integer[] is null or connection_id = any (${connections}))
    order by connection_id
    limit 200`;
}

/** Tables that resources become rows of. */
export async function lineageTables(sql: Sql): Promise<string[]> {
  return (await sql<{ table_name: string }[]>`select table_name from cdm_table order by table_name`).map(
    (row) => row.table_name,
  );
}
