/**
 * What a connection has in the CDM, in words that do not depend on the order in which things came: every id
 * is replaced by the FHIR resource that it was made from. Two loads of the same EHR state must give the same
 * content, whatever their steps, databases and order.
 */
import type { Sql } from '../../sql/connect.ts';
import { namesWithRows } from './tables-with-rows.ts';

type Row = Record<string, unknown>;
export type Content = Record<string, string[]>;

/** Tables that are derived from the others; their own ids mean nothing. */
const DERIVED = ['observation_period', 'condition_era', 'drug_era', 'dose_era'];

/** Ids that are a resource_key; all others are resource_key * 1000 + n. */
const BY_KEY = new Set([
  ...['person_id', 'visit_occurrence_id', 'preceding_visit_occurrence_id', 'provider_id', 'care_site_id'],
  ...['location_id', 'cost_event_id'],
]);

export async function contentOf(sql: Sql, connectionId: number): Promise<Content> {
  const names = await namesOf(sql, connectionId);
  const name = (column: string, id: unknown): string | undefined => {
    if (typeof id !== 'number') return undefined;
    if (BY_KEY.has(column)) return names.get(id);
    const resource = names.get(Math.floor(id / 1000));
    return resource && `${resource} row ${id % 1000}`;
  };
  const content: Content = {};
  const filled = await namesWithRows(sql);
  const rowsOf = async (table: string): Promise<Row[]> =>
    filled.has(table) ? await sql<Row[]>`select * from ${sql(table)}` : [];
  const tables = await sql<{ table_name: string; id_column: string }[]>`
    select table_name, id_column from cdm_table order by bit`;
  for (const { table_name, id_column } of tables) {
    content[table_name] = (await rowsOf(table_name))
      .filter((row) => name(id_column, row[id_column]) !== undefined)
      .map((row) => describe(row, name))
      .sort();
  }
  for (const table of DERIVED) {
    content[table] = (await rowsOf(table))
      .filter((row) => name('person_id', row['person_id']) !== undefined)
      .map((row) => describe({ ...row, [`${table}_id`]: null }, name))
      .sort();
  }
  return content;
}

function describe(row: Row, name: (column: string, id: unknown) => string | undefined): string {
  const cells = Object.entries(row)
    .filter(([, value]) => value !== null)
    .map(([column, value]) => {
      const points = column.endsWith('_id') && !column.endsWith('concept_id') && typeof value === 'number';
      return `${column}=${points ? (name(column, value) ?? `nothing that is known (${value})`) : String(value)}`;
    });
  return cells.join(' | ');
}

async function namesOf(sql: Sql, connectionId: number): Promise<Map<number, string>> {
  const rows = await sql<{ resource_key: number; name: string }[]>`
    select resource_key, resource_type || '/' || fhir_id as name from resource where connection_id = ${connectionId}`;
  return new Map(rows.map((row) => [row.resource_key, row.name]));
}

/** How many rows each table has, tables without any left out. */
export function sizes(content: Content): Record<string, number> {
  return Object.fromEntries(
    Object.entries(content)
      .filter(([, rows]) => rows.length > 0)
      .map(([table, rows]) => [table, rows.length]),
  );
}

/** Id columns of CDM rows whose target is not there: column of table → how many. Empty when all is well. */
export async function orphans(sql: Sql): Promise<string[]> {
  const targets: [column: string, table: string, key: string][] = [
    ['person_id', 'person', 'person_id'],
    ['visit_occurrence_id', 'visit_occurrence', 'visit_occurrence_id'],
    ['preceding_visit_occurrence_id', 'visit_occurrence', 'visit_occurrence_id'],
    ['visit_detail_id', 'visit_detail', 'visit_detail_id'],
    ['provider_id', 'provider', 'provider_id'],
    ['care_site_id', 'care_site', 'care_site_id'],
    ['location_id', 'location', 'location_id'],
  ];
  const filled = await namesWithRows(sql);
  const columns = await sql<{ column_name: string; table_name: string }[]>`
    select column_name, table_name from information_schema.columns
    where table_schema = 'cdm' and column_name = any(${targets.map(([column]) => column)})`;
  const found: string[] = [];
  for (const [column, target, key] of targets) {
    const holders = columns.filter(
      ({ column_name, table_name }) =>
        column_name === column && table_name !== target && filled.has(table_name),
    );
    for (const { table_name } of holders) {
      const [row] = await sql<{ n: number }[]>`
        with k as materialized (select ${sql(key)} as key from ${sql(target)}),
        t as materialized (select ${sql(column)} as key from ${sql(table_name)} where ${sql(column)} is not null)
        select count(*)::int as n from t where not exists (select 1 from k where k.key = t.key)`;
      if (row && row.n > 0) found.push(`${table_name}.${column}: ${row.n}`);
    }
  }
  return found;
}

/** Rows whose own resource does not say that it has rows in that table: leftovers. Empty when all is well. */
export async function leftovers(sql: Sql): Promise<string[]> {
  const filled = await namesWithRows(sql);
  const found: string[] = [];
  for (const { bit, table_name, id_column } of await sql<
    { bit: number; table_name: string; id_column: string }[]
  >`select bit, table_name, id_column from cdm_table order by bit`) {
    if (!filled.has(table_name)) continue;
    const divisor = ['person', 'death', 'visit_occurrence', 'location', 'care_site', 'provider'].includes(
      table_name,
    )
      ? 1
      : 1000;
    const [row] = await sql<{ n: number }[]>`
      with t as materialized (select ${sql(id_column)} / ${divisor} as key from ${sql(table_name)})
      select count(*)::int as n from t
      where not exists (select 1 from resource r where r.resource_key = t.key
        and r.outcome = 'loaded' and (r.row_tables & (1 << ${bit}::int)) <> 0)`;
    if (row && row.n > 0) found.push(`${table_name}: ${row.n}`);
  }
  return found;
}
