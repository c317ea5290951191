import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../sql/connect.ts';
import { migrate } from '../../sql/migrate.ts';
import { grantRolesInTx, roleName } from '../../sql/roles.ts';
import { schemaText } from '../../sql/schema-text.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { dropRoles, ownSchemas } from './own-roles.ts';

/** As a process that ends there: the statement fails, and with it the transaction that it is part of. */
async function refusing(
  { sql }: TestDatabase,
  tag: 'CREATE TABLE' | 'GRANT',
  part: string,
  work: () => Promise<void>,
): Promise<void> {
  await sql.unsafe(`
    create function public.refuse() returns event_trigger language plpgsql as $$
      begin if current_query() like '%${part}%' then raise 'refused here'; end if; end $$;
    create event trigger refuse on ddl_command_start when tag in ('${tag}') execute function public.refuse();`);
  await work();
  await sql.unsafe('drop event trigger refuse; drop function public.refuse()');
}

describe('migrations', () => {
  let database: TestDatabase;
  afterEach(() => database.drop());

  it('are applied once: a second run finds nothing to do', async () => {
    database = await newDatabase({ empty: true });
    const first = await migrate(database.sql, database.schemas);
    expect(first.applied).toContain('0010-sync.sql');
    expect(first.existingCdm).toBe(false);
    expect((await migrate(database.sql, database.schemas)).applied).toEqual([]);
  });

  it('are applied once when two processes start at the same moment', async () => {
    database = await newDatabase({ empty: LONG_RUN });
    // The suite has them find the views alone missing.
    if (!LONG_RUN) await database.sql`delete from migration where name like 'views/%'`;
    const other = connect(database.url, database.schemas, { max: 2 });
    const [a, b] = await Promise.all([
      migrate(database.sql, database.schemas),
      migrate(other, database.schemas),
    ]);
    await other.end();
    expect([a.applied.length, b.applied.length].filter((applied) => applied === 0)).toHaveLength(1);
  });

  inLongRun(it)(
    'that end between the tables and the version leave a new database as new as it was',
    async () => {
      database = await newDatabase({ empty: true });
      await refusing(database, 'CREATE TABLE', 'pack_content', () =>
        expect(migrate(database.sql, database.schemas, { cdmVersion: '5.5' })).rejects.toThrow(
          'refused here',
        ),
      );
      const result = await migrate(database.sql, database.schemas, { cdmVersion: '5.5' });
      expect([result.cdmVersion, result.warnings]).toEqual(['5.5', []]);
      const added = await database.sql`
      select 1 from information_schema.columns where column_name = 'value_as_source_concept_id'`;
      expect(added).toHaveLength(2);
    },
  );

  inLongRun(it)('that end between the views and the grants give the grants the next time', async () => {
    const schemas = ownSchemas();
    database = await newDatabase({ empty: true, schemas });
    await migrate(database.sql, schemas);
    await database.sql.begin((tx) => grantRolesInTx(tx, schemas));
    try {
      await database.sql`delete from migration where name like 'views/%'`;
      await refusing(database, 'GRANT', 'run_metrics', () =>
        expect(migrate(database.sql, schemas)).rejects.toThrow('refused here'),
      );
      await migrate(database.sql, schemas);
      const [reader] = await database.sql<{ may: boolean }[]>`
        select has_table_privilege(${roleName(schemas, 'reader')}, 'run_metrics', 'select') as may`;
      expect(reader?.may).toBe(true);
    } finally {
      await dropRoles(database.sql, schemas);
    }
  });

  it('refuse to go on when an applied file was edited', async () => {
    database = await newDatabase();
    await database.sql`update migration set sha256 = 'other' where name = '0010-sync.sql'`;
    await expect(migrate(database.sql, database.schemas)).rejects.toThrow(/0010-sync\.sql was changed after/);
  });

  it('give the schema that sql/schema.sql shows', async () => {
    database = await newDatabase();
    const shown = await readFile(join(import.meta.dirname, '../..', 'sql', 'schema.sql'), 'utf8');
    expect(await schemaText(database.sql, database.schemas)).toBe(shown);
  });

  inLongRun(it)('put everything into schemas of the names that were asked for', async () => {
    const schemas = { cdm: 'Research CDM', sync: 'sync_state', queue: 'jobs' };
    database = await newDatabase({ empty: true, schemas });
    await migrate(database.sql, schemas);
    const found = await database.sql<{ schema: string; tables: number }[]>`
      select schemaname as schema, count(*)::int as tables from pg_tables
      where schemaname in ('Research CDM', 'sync_state') group by 1 order by 1`;
    expect(found[0]).toEqual({ schema: 'Research CDM', tables: 39 });
    expect(found[1]?.schema).toBe('sync_state');
    expect(await database.sql`select * from run_metrics`).toEqual([]);
  });

  inLongRun(it)('use a CDM that is there as it is, and warn of ids that are too narrow', async () => {
    database = await newDatabase({ empty: true });
    const source = await newDatabase();
    // A CDM as OHDSI's own DDL makes it: the same tables with integer ids.
    const tables = await source.sql<{ ddl: string }[]>`
      select format('create table cdm.%I (%s)', table_name, string_agg(format('%I %s', column_name,
        case when data_type = 'bigint' then 'integer' else data_type end), ', ' order by ordinal_position)) as ddl
      from information_schema.columns where table_schema = 'cdm' group by table_name`;
    await source.drop();
    await database.sql`create schema cdm`;
    for (const { ddl } of tables) await database.sql.unsafe(ddl);
    const result = await migrate(database.sql, database.schemas);
    expect(result.existingCdm).toBe(true);
    expect(result.warnings.join('\n')).toContain(
      'alter table "cdm".measurement alter column measurement_id type bigint',
    );
    const [person] = await database.sql<{ data_type: string }[]>`
      select data_type from information_schema.columns
      where table_schema = 'cdm' and table_name = 'person' and column_name = 'person_id'`;
    expect(person?.data_type).toBe('integer');
    expect((await migrate(database.sql, database.schemas)).existingCdm).toBe(true);
  });

  it('add the foreign keys of the CDM only when asked to', async () => {
    database = await newDatabase();
    const keys = async () =>
      (
        await database.sql`select 1 from pg_constraint where contype = 'f' and connamespace = 'cdm'::regnamespace`
      ).length;
    expect(await keys()).toBe(0);
    await migrate(database.sql, database.schemas, { constraints: true });
    expect(await keys()).toBe(176);
  });
});
