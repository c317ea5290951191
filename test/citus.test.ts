import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { newDatabase } from './database.ts';

const database = await newDatabase();
const { sql } = database;
afterAll(() => database.drop());

it('distributes the tables of the CDM by person, none of them with a unique index that Citus would refuse', async () => {
  // In place of Citus, which is not here: the same signatures and its rule on unique indexes.
  await sql.unsafe(`
    create table distributed (name text, by text);
    create function create_reference_table(t regclass) returns void language sql as $$
      insert into distributed values (t::text, 'reference') $$;
    create function create_distributed_table(t regclass, by text, colocate_with text default 'default') returns void
    language plpgsql as $$
    begin
      if exists (
        select 1 from pg_index i where i.indrelid = t and i.indisunique and not exists (
          select 1 from pg_attribute a where a.attrelid = t and a.attname = by and a.attnum = any(i.indkey)
        )
      ) then
        raise 'cannot create constraint on % without its distribution column', t;
      end if;
      insert into distributed values (t::text, by);
    end $$;`);
  await sql.unsafe(await readFile(new URL('../sql/citus.sql', import.meta.url), 'utf8'));
  const left = await sql<{ name: string }[]>`
    select relname as name from pg_class c
    where relnamespace = 'cdm'::regnamespace and relkind = 'r'
      and not exists (select 1 from distributed d where d.name = c.oid::regclass::text)
      and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'person_id')`;
  expect(left.map((row) => row.name)).toEqual([]);
  const [measurement] = await sql`select by from distributed where name = 'measurement'`;
  expect(measurement).toEqual({ by: 'person_id' });
});
