/** What the database says of its tables and fields, read once before the checks. */
import type { Tx } from '../../../sql/connect.ts';
import { isDistributed } from '../../../sql/distribute.ts';
import type { Present } from './statements.ts';

interface Column {
  readonly table: string;
  readonly field: string;
  readonly whole: boolean;
  readonly unique: boolean;
}

/** Tables are found by the search path, as the checks' statements find them. */
export async function presentInTx(tx: Tx): Promise<Present> {
  const rows = await tx<Column[]>`
    select c.relname as table, a.attname as field,
      a.atttypid in ('smallint'::regtype, 'integer'::regtype, 'bigint'::regtype) as whole,
      exists (
        select from pg_index i
        where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indnkeyatts = 1 and i.indkey[0] = a.attnum
          and i.indpred is null
      ) as unique
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and pg_table_is_visible(c.oid)
      and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`;
  const columns = new Map(rows.map((row) => [`${row.table}.${row.field}`, row]));
  const tables = new Set(rows.map((row) => row.table));
  return {
    isDistributed: await isDistributed(tx),
    has: (table, field) => (field === undefined ? tables.has(table) : columns.has(`${table}.${field}`)),
    isUnique: (table, field) => columns.get(`${table}.${field}`)?.unique ?? false,
    isWhole: (table, field) => columns.get(`${table}.${field}`)?.whole ?? false,
  };
}
