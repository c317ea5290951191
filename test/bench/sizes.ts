/**
 * How much space the database has taken for what a first sync loaded, and how many resources a patient has.
 */
import type { Sql } from '../../sql/connect.ts';

export async function databaseSize(sql: Sql): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`select pg_database_size(current_database()) as bytes`;
  return row?.bytes ?? 0;
}

/** `empty` is the size of the database before, with its vocabulary. */
export async function sizesOf(sql: Sql, empty: number): Promise<Record<string, number>> {
  const [row] = await sql<{ resources: number; patients: number; lines: number }[]>`
    select count(*)::int as resources, count(*) filter (where resource_type = 'Patient')::int as patients,
      pg_total_relation_size('chunk_body') as lines
    from resource`;
  const { resources = 0, patients = 0, lines = 0 } = row ?? {};
  return {
    resources_per_patient: resources / patients,
    database_bytes_per_resource: ((await databaseSize(sql)) - empty) / resources,
    kept_line_bytes_per_resource: lines / resources,
  };
}
