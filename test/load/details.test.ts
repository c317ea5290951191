import { afterAll, beforeAll, expect, it } from 'vitest';
import { forgetDetailsInTx } from '../../jobs/load/write/details.ts';
import { newDatabase, type TestDatabase } from '../database.ts';

let db: TestDatabase;
let tables: string[];
beforeAll(async () => {
  db = await newDatabase();
  // What hangs on a resource by a key that falls with it. A reconciliation's list of what vanished is no detail of it.
  tables = (
    await db.sql<{ name: string }[]>`
      select c.relname as name from pg_constraint k join pg_class c on c.oid = k.conrelid
      where k.contype = 'f' and k.confdeltype = 'c' and k.confrelid = 'resource'::regclass
        and c.relname <> 'vanished'
      order by 1`
  ).map(({ name }) => name);
});
afterAll(() => db.drop());

/** Values that no two resources share. */
const madeUp = (type: string, key: number): string => {
  if (type === 'bytea') return `'\\x0${key}'`;
  if (type === 'boolean') return 'false';
  if (type === 'jsonb') return `'{}'`;
  if (type === 'date') return `'2026-01-01'`;
  if (type === 'timestamp with time zone') return 'now()';
  return type === 'text' ? `'${key}'` : String(key);
};

/** A row of each table for a resource, in which nothing but the key means anything. */
async function fill(key: number): Promise<void> {
  await db.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    for (const table of tables) {
      const columns = await tx<{ name: string; type: string }[]>`
        select attname as name, format_type(atttypid, null) as type from pg_attribute
        where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attnotnull`;
      const others = columns.filter(({ name }) => name !== 'resource_key');
      const names = others.map(({ name }) => name);
      const values = others.map(({ type }) => madeUp(type, key));
      await tx.unsafe(
        `insert into ${table} (${['resource_key', ...names].join(', ')}) values (${[key, ...values].join(', ')})`,
      );
    }
  });
}

async function tablesOf(key: number): Promise<string[]> {
  const found = await Promise.all(
    tables.map(async (table) => await db.sql`select 1 from ${db.sql(table)} where resource_key = ${key}`),
  );
  return tables.filter((_, at) => (found[at]?.length ?? 0) > 0);
}

it('all that is kept of a resource beside its rows is forgotten with it, and nothing of another', async () => {
  await fill(1);
  await fill(2);
  expect(await tablesOf(1)).toEqual(tables);
  await db.sql.begin((tx) => forgetDetailsInTx(tx, [1]));
  expect(await tablesOf(1)).toEqual([]);
  expect(await tablesOf(2)).toEqual(tables);
  await db.sql.begin((tx) => forgetDetailsInTx(tx, []));
  expect(await tablesOf(2)).toEqual(tables);
});

it('what is to stay of a resource stays', async () => {
  await fill(3);
  await db.sql.begin((tx) => forgetDetailsInTx(tx, [3], ['waiting', 'merged_resource']));
  expect(await tablesOf(3)).toEqual(['merged_resource', 'waiting']);
});
