/**
 * A view of all that a table holds, made anew with the grants that it had. Postgres itself replaces a view only by one
 * with the same columns and more after them, and a CDM that goes back to 5.4 has fewer.
 */
import type { Sql, Tx } from './connect.ts';
import { quoted } from './quoted.ts';
import type { Session } from './schema-lock.ts';

/** `source` is a name as it may stand in a statement; the table may come to be only in `change`. */
export async function replaceViewInTx(
  tx: Sql | Tx | Session,
  view: { readonly schema: string; readonly name: string },
  source: string,
  change: () => Promise<void> = async () => {},
): Promise<void> {
  const name = `${quoted(view.schema)}.${quoted(view.name)}`;
  const grants = await tx<{ statement: string }[]>`
    select format('grant %s on %s to %s%s', g.privilege_type, ${name}::text,
      case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end,
      case when g.is_grantable then ' with grant option' else '' end) as statement
    from pg_class c, aclexplode(c.relacl) g where c.oid = to_regclass(${name}) and g.grantee <> c.relowner`;
  await tx.unsafe(`drop view if exists ${name}`);
  await change();
  await tx.unsafe(`create view ${name} as select * from ${source}`);
  for (const { statement } of grants) await tx.unsafe(statement);
}
