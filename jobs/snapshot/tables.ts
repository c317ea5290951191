/** Which tables a snapshot holds, and as what DuckDB and Parquet have their columns. */

import { ADDED_TABLES } from '../../sql/cdm-version.ts';
import type { Tx } from '../../sql/connect.ts';
import { literal, quoted } from '../../sql/quoted.ts';
import { VOCABULARY_TABLES } from '../../sql/vocabulary-tables.ts';
import { CDM_FIELDS } from '../quality/dashboard/cdm-fields.ts';
import { syncError } from '../step/errors.ts';

export interface Column {
  readonly name: string;
  /** DuckDB's name of the type, which Parquet's follows from. */
  readonly type: string;
}

export interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly Column[];
}

const TYPES: Readonly<Record<string, string>> = {
  bigint: 'BIGINT',
  integer: 'INTEGER',
  smallint: 'SMALLINT',
  numeric: 'DOUBLE',
  'double precision': 'DOUBLE',
  date: 'DATE',
  'timestamp without time zone': 'TIMESTAMP',
  text: 'VARCHAR',
  'character varying': 'VARCHAR',
};

/**
 * The tables of the CDM in the specification's order. The vocabulary comes out of the CDM where the schema has none of its
 * own, as the copy for researchers has not: without source_to_concept_map, which has the EHRs' own codes and words. `only`: names; one that is not there is refused.
 */
export async function tablesInTx(
  tx: Tx,
  of: { readonly schema: string; readonly cdm: string; readonly only: readonly string[] | undefined },
): Promise<Table[]> {
  const names = [...Object.keys(CDM_FIELDS), ...ADDED_TABLES];
  const rows = await tx<{ schema: string; name: string; columns: { name: string; type: string }[] }[]>`
    select distinct on (c.relname) n.nspname as schema, c.relname as name,
      (select jsonb_agg(jsonb_build_object('name', attname, 'type', format_type(atttypid, null)) order by attnum)
       from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm') and c.relname = any(${names})
      and (n.nspname = ${of.schema} or (n.nspname = ${of.cdm} and c.relname = any(${[...VOCABULARY_TABLES]})))
    order by c.relname, n.nspname = ${of.schema} desc`;
  if (!rows.some((row) => row.schema === of.schema))
    throw syncError('snapshot-schema', { schema: of.schema });
  const wrong = (of.only ?? []).filter((name) => !rows.some((row) => row.name === name));
  if (wrong.length > 0) throw syncError('snapshot-tables', { schema: of.schema, names: wrong.join(', ') });
  return rows
    .filter((row) => !of.only || of.only.includes(row.name))
    .sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
    .map((row) => ({
      ...row,
      columns: row.columns.map(({ name, type }) => ({ name, type: TYPES[type] ?? 'VARCHAR' })),
    }));
}

/** Reads the rows as CSV, those of a person together, so that a study of some persons reads few row groups. */
export function copyOut({ schema, name, columns }: Table): string {
  const list = columns.map((column) => quoted(column.name)).join(', ');
  const [key] = columns;
  const order = columns.some((column) => column.name === 'person_id') ? ['person_id', key?.name ?? ''] : [];
  const by = order.length > 0 ? ` order by ${order.map(quoted).join(', ')}` : '';
  return `copy (select ${list} from ${quoted(schema)}.${quoted(name)}${by}) to stdout (format csv)`;
}

/** Bytes of the longest row: a note is no longer than the line that it came in. DuckDB reads in buffers of that size. */
const LONGEST_LINE = 64 * 2 ** 20;

/** Reads that CSV in DuckDB. An empty text is not the same as none. */
export function readCsv({ columns }: Table, path: string): string {
  const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(', ');
  return `read_csv(${literal(path)}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"',
    nullstr = '', allow_quoted_nulls = false, parallel = false, max_line_size = ${LONGEST_LINE}, buffer_size = ${LONGEST_LINE},
    columns = {${types}})`;
}
