import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WIDTHS } from '../../jobs/map/cdm/widths.ts';
import {
  ADDED_FIELDS,
  CDM_FIELDS,
  FIELDS,
  FIELDS_ADDED,
  type Field,
} from '../../jobs/quality/dashboard/cdm-fields.ts';
import { ADDED_COLUMNS, ADDED_TABLES } from '../../sql/cdm-version.ts';
import { migrate } from '../../sql/migrate.ts';
import { newDatabase, type TestDatabase } from '../database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await newDatabase({ empty: true });
  await migrate(db.sql, db.schemas);
});
afterAll(() => db.drop());

interface Column {
  table: string;
  column: string;
  type: string;
  required: boolean;
}

const columns = (of = db) => of.sql<Column[]>`
  select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = ${of.schemas.cdm}::regnamespace and c.relkind = 'r'
  order by c.relname, a.attnum`;

const keys = (kind: 'p' | 'f', of = db) => of.sql<
  { table: string; column: string; to: string | null; valid: boolean }[]
>`
  select k.conrelid::regclass::text as table, a.attname as column, k.convalidated as valid,
         k.confrelid::regclass::text || '.' ||
           (select attname from pg_attribute where attrelid = k.confrelid and attnum = k.confkey[1]) as to
  from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any(k.conkey)
  where k.connamespace = ${of.schemas.cdm}::regnamespace and k.contype = ${kind}
  order by 1, 2`;

/** The specification's words in Postgres' words; see the head of 0001-cdm-tables.sql for the choices. */
function postgresType(column: string, type: string): string {
  if (type === 'integer')
    return !column.includes('concept_id') && /(_id|^fact_id_\d)$/.test(column) ? 'bigint' : 'integer';
  if (type === 'float') return 'numeric';
  if (type === 'datetime') return 'timestamp without time zone';
  if (type === 'varchar(max)') return 'text';
  return type.replace('varchar', 'character varying');
}

const inPostgres = ({ table, field, type, required, primary, foreign }: Field) => ({
  table,
  column: field,
  type: postgresType(field, type),
  required,
  primary,
  target: foreign && `${foreign.table}.${foreign.field}`,
});
const specified = FIELDS.map(inPostgres);
const added = FIELDS_ADDED.map(inPostgres);

describe('the CDM', () => {
  it('has the 39 tables and 432 fields of the specification, in its order, with its types and NOT NULLs', async () => {
    const expected = Object.keys(CDM_FIELDS)
      .toSorted()
      .flatMap((table) => specified.filter((field) => field.table === table))
      .map(({ table, column, type, required }) => ({ table, column, type, required }));
    expect(Object.keys(CDM_FIELDS)).toHaveLength(39);
    expect(expected).toHaveLength(432);
    expect([...(await columns())]).toEqual(expected);
  });

  it('has the primary keys of the specification and no others', async () => {
    const expected = specified
      .filter((field) => field.primary)
      .map(({ table, column }) => `${table}.${column}`);
    expect((await keys('p')).map((key) => `${key.table}.${key.column}`)).toEqual(expected.toSorted());
  });

  it('says of every table what it is', async () => {
    const silent = await db.sql`
      select relname from pg_class
      where relnamespace = ${db.schemas.cdm}::regnamespace and relkind = 'r' and obj_description(oid) is null`;
    expect([...silent]).toEqual([]);
  });

  it('is as wide as the mapping cuts', async () => {
    const widths = new Map<string, number>();
    for (const { table, column, type } of await columns()) {
      const width = /^character varying\((\d+)\)$/.exec(type)?.[1];
      if (width && table in WIDTHS) widths.set(`${table}.${column}`, Number(width));
    }
    const cut = Object.entries(WIDTHS).flatMap(([table, byColumn]) =>
      Object.entries(byColumn).map(([column, width]): [string, number] => [`${table}.${column}`, width]),
    );
    expect(Object.fromEntries(cut)).toEqual(Object.fromEntries(widths));
  });

  it('has every column that the mapping writes, and makes none optional that the CDM requires', async () => {
    const declared = withoutAdded(await declaredColumns());
    const own = new Set(await ownIds());
    const written = (await columns()).filter(
      ({ table, column }) => table in WIDTHS && !own.has(`${table}.${column}`),
    );
    const actual = Object.groupBy(written, ({ table }) => table);
    expect(declared).toEqual(
      Object.fromEntries(
        Object.entries(actual).map(([table, fields]) => [
          table,
          fields?.map(({ column, required }) => column + (required ? '' : '?')),
        ]),
      ),
    );
  });
});

describe('the CDM 5.5', () => {
  let newer: TestDatabase;
  beforeAll(async () => {
    newer = await newDatabase({ empty: true });
    await migrate(newer.sql, newer.schemas, { cdmVersion: '5.5' });
  });
  afterAll(() => newer.drop());

  it('has besides the 7 fields and 3 tables of its specification, and nothing else', async () => {
    const expected = [...specified, ...added].map(({ table, column, type, required }) => ({
      ...{ table, column, required },
      // Wider than the specification, as the head of cdm-5.5.sql says.
      type: column === 'mapping_source' ? 'character varying(255)' : type,
    }));
    expect(Object.keys(ADDED_FIELDS)).toHaveLength(7);
    expect(added).toHaveLength(24);
    const byName = (one: Pick<Column, 'table' | 'column'>) => `${one.table}.${one.column}`;
    const sorted = (all: readonly Column[]) => all.toSorted((a, b) => order(byName(a), byName(b)));
    expect(sorted(await columns(newer))).toEqual(sorted(expected));
  });

  it('says of every table and added column what it is', async () => {
    const silent = await newer.sql`
      select relname from pg_class
      where relnamespace = 'cdm'::regnamespace and relkind = 'r' and obj_description(oid) is null`;
    expect([...silent]).toEqual([]);
    for (const [table, names] of Object.entries(ADDED_COLUMNS)) {
      for (const name of names) {
        const [said] = await newer.sql<{ text: string | null }[]>`
          select col_description(attrelid, attnum) as text from pg_attribute
          where attrelid = ${table}::regclass and attname = ${name}`;
        expect([table, name, said?.text]).toEqual([table, name, expect.stringContaining('Since CDM 5.5')]);
      }
    }
  });

  it('is what the list of additions in the code says', () => {
    const fields = Object.entries(ADDED_COLUMNS).flatMap(([table, names]) =>
      names.map((name) => `${table}.${name}`),
    );
    const inTables = added.filter(({ table }) => !ADDED_TABLES.some((one) => one === table));
    expect(fields.toSorted()).toEqual(inTables.map(({ table, column }) => `${table}.${column}`).toSorted());
    expect(ADDED_TABLES.toSorted()).toEqual(
      Object.keys(ADDED_FIELDS)
        .filter((table) => !(table in CDM_FIELDS))
        .toSorted(),
    );
  });

  it('has the foreign keys of its specification when they are asked for', async () => {
    await migrate(newer.sql, newer.schemas, { constraints: true });
    const expected = [...specified, ...added].flatMap(({ table, column, target }) =>
      target ? [`${table}.${column} > ${target}`] : [],
    );
    expect(expected).toHaveLength(187);
    const found = (await keys('f', newer)).map(({ table, column, to }) => `${table}.${column} > ${to}`);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });

  it('keeps a vocabulary_id once', async () => {
    const twice = newer.sql`
      insert into vocabulary (vocabulary_id, vocabulary_name, vocabulary_concept_id) values ('X', 'X', 0), ('X', 'X', 0)`;
    await expect(twice).rejects.toThrow('unique');
  });
});

describe('the foreign keys', () => {
  it('are the 176 of the specification, wait for the end of the transaction, and may be applied twice', async () => {
    await migrate(db.sql, db.schemas, { constraints: true });
    await migrate(db.sql, db.schemas, { constraints: true });
    const expected = specified.flatMap(({ table, column, target }) =>
      target ? [{ table, column, to: target, valid: true }] : [],
    );
    expect(expected).toHaveLength(176);
    const sorted = expected.toSorted((a, b) => order(`${a.table} ${a.column}`, `${b.table} ${b.column}`));
    const found = [...(await keys('f'))].toSorted((a, b) =>
      order(`${a.table} ${a.column}`, `${b.table} ${b.column}`),
    );
    expect(found).toEqual(sorted);
    const [{ eager } = { eager: -1 }] = await db.sql<{ eager: number }[]>`
      select count(*) as eager from pg_constraint where contype = 'f' and not condeferred
        and connamespace = ${db.schemas.cdm}::regnamespace`;
    expect(eager).toBe(0);
  });

  it('leave a key that the rows there break for new rows only, instead of failing the others', async () => {
    await db.sql`alter table concept_relationship drop constraint fk_concept_relationship_concept_id_2`;
    await db.sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`insert into concept_relationship values (1, 2, 'Maps to', '1970-01-01', '2099-12-31')`;
    });
    await migrate(db.sql, db.schemas, { constraints: true });
    const invalid = (await keys('f')).filter((key) => !key.valid).map((key) => `${key.table}.${key.column}`);
    expect(invalid).toEqual(['concept_relationship.concept_id_2']);
    await expect(
      db.sql`insert into concept_relationship values (3, 4, 'Maps to', '1970-01-01', '2099-12-31')`,
    ).rejects.toThrow('fk_concept_relationship');
  });
});

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The interfaces of jobs/map/cdm/rows.ts as `column` or `column?`, read from its text: types are gone at run time. */
async function declaredColumns(): Promise<Record<string, string[]>> {
  const text = await readFile(join(import.meta.dirname, '../../jobs/map/cdm/rows.ts'), 'utf8');
  const interfaces = new Map<string, string[]>();
  for (const [, name = '', body = ''] of text.matchAll(/export interface (\w+) \{\n([^}]*)\}/g)) {
    interfaces.set(
      name,
      [...body.matchAll(/^ {2}(\w+\??):/gm)].map((field) => field[1] ?? ''),
    );
  }
  const tables = [...text.matchAll(/^ {2}(\w+): (\w+);$/gm)].filter(([, table = '']) => table in WIDTHS);
  return Object.fromEntries(tables.map(([, table = '', type = '']) => [table, interfaces.get(type) ?? []]));
}

/** The mapping's rows are those of the newest CDM. */
function withoutAdded(declared: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(declared).map(([table, fields]) => [
      table,
      fields.filter((field) => !ADDED_COLUMNS[table]?.includes(field.replace('?', ''))),
    ]),
  );
}

/** Ids that the loader makes from the resource_key; those of death are the person's. */
async function ownIds(): Promise<string[]> {
  const rows = await db.sql<{ id: string }[]>`select table_name || '.' || id_column as id from cdm_table`;
  return rows.map((row) => row.id);
}
