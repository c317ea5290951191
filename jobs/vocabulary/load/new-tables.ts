/**
 * The empty twins that a load fills. Each is created like the table in use: columns, defaults, comments,
 * owner and grants. Afterwards every index and primary key of that table is built on it, so that indexes that
 * people added survive a load. Temporary names give way to the right ones in the swap.
 */
import type { Tx } from '../../../sql/connect.ts';
import { quoted } from '../../../sql/quoted.ts';
import type { VocabularyTable } from '../../../sql/vocabulary-tables.ts';
import { syncError } from '../../step/errors.ts';

export interface NewTable {
  readonly name: VocabularyTable;
  readonly oid: number;
  readonly schema: string;
  /** Qualified and quoted names of the table in use and of its twin. */
  readonly current: string;
  readonly fresh: string;
}

/** An index or constraint built on the twin under a name that it loses in the swap. */
export interface Built {
  readonly table: NewTable;
  readonly kind: 'index' | 'constraint';
  readonly temporary: string;
  readonly final: string;
}

const SUFFIX = '__load';

export async function findTable(tx: Tx, name: VocabularyTable): Promise<NewTable> {
  const [found] = await tx<{ oid: number; schema: string; kind: string; ours: boolean }[]>`
    select c.oid::int8 as oid, n.nspname as schema, c.relkind as kind, pg_has_role(c.relowner, 'usage') as ours
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.oid = to_regclass(${name})`;
  if (!found) {
    throw syncError('vocabulary-table-missing', { table: name });
  }
  const current = `${quoted(found.schema)}.${quoted(name)}`;
  if (found.kind !== 'r') {
    throw syncError('vocabulary-not-a-table', { table: current });
  }
  if (!found.ours) {
    throw syncError('vocabulary-not-owner', { table: current });
  }
  return {
    name,
    oid: found.oid,
    schema: found.schema,
    current,
    fresh: `${quoted(found.schema)}.${quoted(name + SUFFIX)}`,
  };
}

export async function makeTwin(tx: Tx, table: NewTable): Promise<void> {
  await tx.unsafe(`create table ${table.fresh} (like ${table.current} including all excluding indexes)`);
  const statements = await tx<{ statement: string }[]>`
    select format('comment on table %s is %L', ${table.fresh}::text, obj_description(oid, 'pg_class')) as statement
    from pg_class where oid = ${table.oid} and obj_description(oid, 'pg_class') is not null
    union all
    select format('grant %s on %s to %s%s', g.privilege_type, ${table.fresh}::text,
                  case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end,
                  case when g.is_grantable then ' with grant option' else '' end)
    from pg_class c, aclexplode(c.relacl) g where c.oid = ${table.oid} and g.grantee <> c.relowner
    union all
    select format('alter table %s owner to %I', ${table.fresh}::text, pg_get_userbyid(relowner))
    from pg_class where oid = ${table.oid} and relowner <> (select oid from pg_roles where rolname = current_user)`;
  for (const { statement } of statements) await tx.unsafe(statement);
}

/** An index or key of the table in use, to be built on its twin. */
export interface Index {
  readonly name: string;
  readonly definition: string;
  /** p, u or x for a constraint; null for a plain index. */
  readonly constraint_kind: string | null;
  readonly is_unique: boolean;
}

export async function findIndexes(tx: Tx, table: NewTable): Promise<Index[]> {
  return tx<Index[]>`
    select i.relname as name, coalesce(pg_get_constraintdef(k.oid), pg_get_indexdef(x.indexrelid)) as definition,
           k.contype as constraint_kind, x.indisunique as is_unique
    from pg_index x
    join pg_class i on i.oid = x.indexrelid
    left join pg_constraint k on k.conindid = x.indexrelid and k.conrelid = x.indrelid and k.contype in ('p', 'u', 'x')
    where x.indrelid = ${table.oid} and x.indisvalid
    order by x.indisprimary desc, i.relname`;
}

export async function buildIndex(tx: Tx, table: NewTable, index: Index, number: number): Promise<Built> {
  const temporary = `${table.name}${SUFFIX}_${number}`;
  if (index.constraint_kind) {
    await tx.unsafe(`alter table ${table.fresh} add constraint ${quoted(temporary)} ${index.definition}`);
    return { table, kind: 'constraint', temporary, final: index.name };
  }
  // … USING btree (columns) WHERE …: everything after the names of index and table.
  const rest = index.definition.slice(index.definition.indexOf(' USING '));
  const unique = index.is_unique ? 'unique ' : '';
  await tx.unsafe(`create ${unique}index ${quoted(temporary)} on ${table.fresh}${rest}`);
  return { table, kind: 'index', temporary, final: index.name };
}

export interface Twice {
  /** Line numbers in the file. */
  readonly lines: readonly number[];
  /** The key's columns and values: ids and names of vocabularies, which may be shown. */
  readonly key: string;
}

/** Finds the first duplicate of a primary key. Rows lie in the order in which they were copied. */
export async function findTwice(tx: Tx, table: NewTable, index: Index): Promise<Twice | undefined> {
  const [, columns] = /^PRIMARY KEY \((.+)\)$/.exec(index.definition) ?? [];
  if (columns === undefined) return undefined;
  const [found] = await tx.unsafe<({ lines: number[] } & Record<string, unknown>)[]>(`
    select ${columns}, array_agg(line order by line) as lines
    from (select ${columns}, 1 + row_number() over (order by ctid) as line from ${table.fresh}) numbered
    group by ${columns} having count(*) > 1
    order by min(line) limit 1`);
  if (!found) return undefined;
  const { lines, ...key } = found;
  return {
    lines: lines.slice(0, 10),
    key: Object.entries(key)
      .map(([column, value]) => `${column} ${value}`)
      .join(', '),
  };
}
