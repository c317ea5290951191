/**
 * The tables that hold rows, whoever's they are. A database has some three hundred, of which a test fills few, so that
 * whoever looks into each of them need not ask the others. A table without a page has no row; with Citus the rows lie
 * elsewhere, and so every table is named.
 */
import type { Sql } from '../../sql/connect.ts';

/** Of all schemas: `schema.table`. */
export async function tablesWithRows(sql: Sql): Promise<string[]> {
  return (await filled(sql)).map(({ full }) => full);
}

/** Those that are found without their schema, by their names alone. */
export async function namesWithRows(sql: Sql): Promise<ReadonlySet<string>> {
  return new Set((await filled(sql)).flatMap(({ name, visible }) => (visible ? [name] : [])));
}

async function filled(sql: Sql): Promise<{ full: string; name: string; visible: boolean }[]> {
  return await sql<{ full: string; name: string; visible: boolean }[]>`
    select format('%I.%I', n.nspname, c.relname) as full, c.relname as name, pg_table_is_visible(c.oid) as visible
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
      and (pg_relation_size(c.oid) > 0 or exists (select from pg_extension where extname = 'citus'))
    order by 1`;
}
