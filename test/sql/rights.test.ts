/**
 * Every right of every role, read from the database's catalogue and held against the list beside this file. What a
 * change gives to somebody, or takes from them, stands in the list's diff, where a reader sees it:
 * `vitest run test/sql/rights.test.ts -u`.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../sql/migrate.ts';
import { grantRolesInTx, ROLES, researchSchema, researchStore, roleName } from '../../sql/roles.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { dropRoles, ownSchemas } from './own-roles.ts';

const id = randomBytes(4).toString('hex');
const schemas = ownSchemas(id);
const PLACES = [schemas.sync, schemas.cdm, schemas.queue, researchSchema(schemas), researchStore(schemas)];

let db: TestDatabase;

beforeAll(async () => {
  db = await newDatabase({ empty: true, schemas });
  await migrate(db.sql, schemas);
  for (const place of [researchSchema(schemas), researchStore(schemas), schemas.queue]) {
    await db.sql.unsafe(`create schema if not exists ${place}; create table ${place}.one (id bigint)`);
  }
  await db.sql.unsafe(`create table ${schemas.sync}.search_text_1 (id bigint)`);
  await db.sql.begin((tx) => grantRolesInTx(tx, schemas));
}, 120_000);

afterAll(async () => {
  await dropRoles(db.sql, schemas);
  await db.drop();
});

interface Right {
  readonly grantee: string;
  readonly object: string;
  readonly rights: string;
}

/**
 * What is granted to the roles or to everybody, of whatever kind. Everybody may call a function of which nothing is said;
 * of those that is told of which work with the rights of their owner.
 */
async function granted(): Promise<Right[]> {
  const roles = ROLES.map((role) => roleName(schemas, role));
  return await db.sql<Right[]>`
    with given as (
      select 'schema ' || nspname as object, '' as part, acl.*
      from pg_namespace, aclexplode(nspacl) acl where nspname = any (${PLACES})
      union all
      select case relkind when 'S' then 'sequence ' else '' end || nspname || '.' || relname, '', acl.*
      from pg_class c join pg_namespace n on n.oid = relnamespace, aclexplode(relacl) acl
      where nspname = any (${PLACES})
      union all
      select nspname || '.' || relname, ' (' || attname || ')', acl.*
      from pg_attribute a join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace,
        aclexplode(attacl) acl
      where nspname = any (${PLACES})
      union all
      select 'function ' || nspname || '.' || proname, '', acl.*
      from pg_proc p join pg_namespace n on n.oid = pronamespace,
        aclexplode(coalesce(proacl, case when prosecdef then acldefault('f', proowner) end)) acl
      where nspname = any (${PLACES})
      union all
      select 'new ' || case defaclobjtype when 'S' then 'sequences' else 'tables' end || ' of ' || nspname, '', acl.*
      from pg_default_acl d join pg_namespace n on n.oid = defaclnamespace, aclexplode(defaclacl) acl
      where nspname = any (${PLACES})
    )
    select case given.grantee when 0 then 'everybody' else r.rolname end as grantee, object,
      string_agg(
        lower(privilege_type) || part || case when is_grantable then ' with grant option' else '' end, ', '
        order by array_position(array['SELECT', 'INSERT', 'UPDATE', 'DELETE'], privilege_type), privilege_type,
          part collate "C"
      ) as rights
    from given left join pg_roles r on r.oid = given.grantee
    where given.grantee = 0 or r.rolname = any (${roles})
    group by 1, 2`;
}

/** The names without what is this run's own. */
const plain = (text: string): string => text.replaceAll(`_${id}`, '');

it('each role may what the list says, and nothing else', async () => {
  const byRole = new Map<string, string[]>();
  for (const { grantee, rights, object } of await granted()) {
    const head = plain(`${grantee} may ${rights}:`);
    byRole.set(head, [...(byRole.get(head) ?? []), plain(`  ${object}`)]);
  }
  const lines = [...byRole].map(([head, objects]) => [head, ...objects.sort()].join('\n'));
  await expect(`${lines.sort().join('\n')}\n`).toMatchFileSnapshot('rights.txt');
});
