/**
 * What depends on the vocabulary tables and would, after a swap, still read the old release or hold it in
 * place. Views and foreign keys are recreated. What cannot be recreated (a materialised view, a trigger, a
 * function bound to the table …) is refused by name before anything is read, instead of being dropped.
 */
import type { Tx } from '../../../sql/connect.ts';
import { quoted } from '../../../sql/quoted.ts';
import { syncError } from '../../step/errors.ts';
import type { NewTable } from './new-tables.ts';

export interface Dependents {
  /**
   * `create or replace view …` for each view that reads a table directly. Views on those views need nothing.
   */
  readonly views: readonly string[];
  readonly foreignKeys: readonly {
    readonly child: string;
    readonly name: string;
    readonly definition: string;
  }[];
}

export async function refuseObstacles(tx: Tx, tables: readonly NewTable[]): Promise<void> {
  const obstacles = await tx<{ what: string }[]>`
    with tables as (select unnest(${oids(tables)}::oid[]) as oid),
    views as (
      select distinct w.ev_class, w.rulename from pg_depend d join pg_rewrite w on w.oid = d.objid
      where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
        and d.refobjid in (select oid from tables)
    )
    select pg_describe_object('pg_class'::regclass, v.ev_class, 0) as what
    from views v join pg_class c on c.oid = v.ev_class
    where c.relkind <> 'v' or v.rulename <> '_RETURN' or not pg_has_role(c.relowner, 'usage')
    union
    select pg_describe_object(d.classid, d.objid, d.objsubid)
    from pg_depend d
    where d.deptype = 'n' and d.refclassid = 'pg_class'::regclass and d.refobjid in (select oid from tables)
      and d.classid not in ('pg_rewrite'::regclass, 'pg_constraint'::regclass)
    union
    select pg_describe_object(d.classid, d.objid, d.objsubid)
    from pg_depend d join pg_type y on y.oid = d.refobjid
    where d.deptype = 'n' and d.refclassid = 'pg_type'::regclass
      and (y.typrelid in (select oid from tables)
           or y.typelem in (select e.oid from pg_type e where e.typrelid in (select oid from tables)))
    union
    select pg_describe_object('pg_trigger'::regclass, oid, 0) from pg_trigger
    where not tgisinternal and tgrelid in (select oid from tables)
    union
    select pg_describe_object('pg_policy'::regclass, oid, 0) from pg_policy where polrelid in (select oid from tables)
    union
    select pg_describe_object('pg_publication_rel'::regclass, oid, 0) from pg_publication_rel
    where prrelid in (select oid from tables)`;
  if (obstacles.length === 0) return;
  throw syncError('vocabulary-dependents', { obstacles: obstacles.map((row) => row.what).join('; ') });
}

export async function findDependents(tx: Tx, tables: readonly NewTable[]): Promise<Dependents> {
  const [{ path } = { path: '' }] = await tx<
    { path: string }[]
  >`select current_setting('search_path') as path`;
  // With no other schema on the search path, every name in a definition is written with its schema.
  await tx`select set_config('search_path', 'pg_catalog', true)`;
  const views = await tx<{ schema: string; name: string; options: string[] | null; definition: string }[]>`
    select distinct n.nspname as schema, c.relname as name, c.reloptions as options, pg_get_viewdef(c.oid) as definition
    from pg_depend d
    join pg_rewrite w on w.oid = d.objid
    join pg_class c on c.oid = w.ev_class
    join pg_namespace n on n.oid = c.relnamespace
    where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
      and d.refobjid = any(${oids(tables)}::oid[])`;
  const foreignKeys = await tx<{ child: string; name: string; definition: string }[]>`
    select conrelid::regclass::text as child, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
    from pg_constraint
    where contype = 'f' and conparentid = 0
      and (conrelid = any(${oids(tables)}::oid[]) or confrelid = any(${oids(tables)}::oid[]))`;
  await tx`select set_config('search_path', ${path}, true)`;
  return {
    views: views.map((view) => {
      const options = view.options ? ` with (${view.options.join(', ')})` : '';
      return `create or replace view ${quoted(view.schema)}.${quoted(view.name)}${options} as ${view.definition}`;
    }),
    foreignKeys,
  };
}

function oids(tables: readonly NewTable[]): number[] {
  return tables.map((table) => table.oid);
}
