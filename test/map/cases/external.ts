/** What a loaded site lacks of what a case from outside expects (partial rows, counts). */
import type { Resource } from '../../../jobs/map/types.ts';
import type { Sql } from '../../../sql/connect.ts';
import { contentOf } from '../../world/content.ts';

export interface ExternalCase {
  readonly id: string;
  readonly rule: string;
  readonly fhir: readonly Resource[];
  readonly expect: Readonly<Record<string, unknown>>;
}

type Row = Readonly<Record<string, unknown>>;

export async function shortfalls(sql: Sql, connectionId: number, one: ExternalCase): Promise<string[]> {
  const missing: string[] = [];
  for (const [key, wanted] of Object.entries(one.expect)) {
    const check = CHECKS[key] ?? checkTable(key);
    missing.push(...(await check(sql, connectionId, wanted)));
  }
  return missing;
}

type Check = (sql: Sql, connectionId: number, wanted: unknown) => Promise<string[]>;

const CHECKS: Readonly<Record<string, Check>> = {
  quarantined: async (sql, id, wanted) => {
    const rows = await sql`
      select 1 from resource where connection_id = ${id} and reason = 'modifier-extension'`;
    return equal('quarantined', rows.length, wanted);
  },
  qualifier: async (sql, id, wanted) => {
    const rows = await rowsOf(sql, id, 'observation');
    const ids = rows.map((row) => Number(row['qualifier_concept_id'] ?? 0));
    const named = await sql<
      { name: string }[]
    >`select lower(concept_name) as name from concept where concept_id = any(${ids})`;
    const said = [...named.map((row) => row.name), ...rows.map((row) => row['qualifier_source_value'])];
    return said.includes(wanted) ? [] : [`qualifier ${String(wanted)}: found ${said.join(', ')}`];
  },
  measurement_values_present: async (sql, id, wanted) => {
    const values = (await rowsOf(sql, id, 'measurement')).map((row) => row['value_as_number']);
    return list(wanted).flatMap((value) => (values.includes(value) ? [] : [`no measurement ${value}`]));
  },
  measurement_values_absent: async (sql, id, wanted) => {
    const values = (await rowsOf(sql, id, 'measurement')).map((row) => row['value_as_number']);
    return list(wanted).flatMap((value) => (values.includes(value) ? [`measurement ${value}`] : []));
  },
  strings_absent_everywhere: async (sql, id, wanted) => {
    const all = JSON.stringify(await contentOf(sql, id));
    return list(wanted).flatMap((text) => (all.includes(String(text)) ? [`${text} is in the CDM`] : []));
  },
};

function checkTable(key: string): Check {
  if (key.endsWith('_count')) {
    return async (sql, id, wanted) =>
      equal(key, (await rowsOf(sql, id, key.slice(0, -'_count'.length))).length, wanted);
  }
  return async (sql, id, wanted) => {
    const left = [...(await rowsOf(sql, id, key))];
    return list(wanted).flatMap((row) => {
      const at = left.findIndex((actual) => holds(actual, row));
      if (at === -1) return [`no row of ${key} is ${JSON.stringify(row)} among ${JSON.stringify(left)}`];
      left.splice(at, 1);
      return [];
    });
  };
}

async function rowsOf(sql: Sql, connectionId: number, table: string): Promise<readonly Row[]> {
  const [known] = await sql<
    { id_column: string }[]
  >`select id_column from cdm_table where table_name = ${table}`;
  if (!known) throw new Error(`Expected the name of a CDM table in a case, found ${table}`);
  const key = ['person', 'death', 'visit_occurrence'].includes(table) ? 1 : 1000;
  const provider =
    table === 'procedure_occurrence'
      ? sql`coalesce(
          (select p.resource_type || '/' || p.fhir_id from resource p where p.resource_key = t.provider_id),
          (select l.target_type || '/' || l.target_id from open_link l where l.column_name = 'provider_id'
            and l.table_name = ${table} and l.row_id = t.procedure_occurrence_id))`
      : sql`null`;
  return await sql<Row[]>`
    select t.*, ${provider} as provider from ${sql(table)} t
    join resource r on r.resource_key = t.${sql(known.id_column)} / ${key}
    where r.connection_id = ${connectionId}`;
}

function holds(actual: Row, wanted: unknown): boolean {
  return (
    typeof wanted === 'object' &&
    wanted !== null &&
    Object.entries(wanted).every(([column, value]) => plain(actual[column]) === plain(value))
  );
}

/** `2024-01-02T03:04:05Z` and `2024-01-02 03:04:05` are the same wall-clock time. */
function plain(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? null;
  return value.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)Z$/, '$1 $2');
}

function equal(what: string, found: unknown, wanted: unknown): string[] {
  return found === wanted ? [] : [`${what}: expected ${String(wanted)}, found ${String(found)}`];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
