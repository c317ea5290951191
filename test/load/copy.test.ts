import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { ByteWriter } from '../../jobs/lines/byte-writer.ts';
import type { Finished } from '../../jobs/load/assemble.ts';
import { copyRows } from '../../jobs/load/write/copy.ts';
import { openLedger } from '../../jobs/load/write/ledger.ts';
import { copyCdmRows } from '../../jobs/load/write/write-rows.ts';
import { anyText } from '../any-text.ts';
import { newDatabase } from '../database.ts';

const db = await newDatabase();
const { sql } = db;
afterAll(() => db.drop());
await sql`create table public.copied (n int, words text, amount double precision, bytes bytea, is_so boolean)`;

const words = fc.oneof(
  anyText({ maxLength: 300 }),
  fc.constantFrom('\\N', '\\.', 'a\tb\\c\nd\re\0f', 'é😀\\', '\u0001\u007f', `${'x'.repeat(250)}\t`),
);
const amount = fc.oneof(
  fc.double({ noNaN: true }),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 1e21, 0.1, -7),
);
const cells = fc.record({
  words: fc.option(words),
  amount: fc.option(amount),
  bytes: fc.option(fc.uint8Array({ maxLength: 40 })),
  isSo: fc.option(fc.boolean()),
});

it('brings text, numbers, bytes and NULL to Postgres as they are, but for NUL characters', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cells, { minLength: 1, maxLength: 60 }), async (rows) => {
      await sql`truncate public.copied`;
      await sql.begin(async (tx) => {
        await copyRows(
          tx,
          'copied',
          ['n', 'words', 'amount', 'bytes', 'is_so'],
          rows.map((row, n) => [n, row.words, row.amount, row.bytes && Buffer.from(row.bytes), row.isSo]),
        );
      });
      const there = await sql<{ words: string | null; amount: number | null; bytes: Buffer | null }[]>`
        select words, amount, bytes, is_so as "isSo" from public.copied order by n`;
      expect(there.map((row) => ({ ...row }))).toEqual(
        rows.map((row) => ({
          words: row.words?.replaceAll('\0', '') ?? null,
          amount: row.amount === null ? null : row.amount + 0,
          bytes: row.bytes && Buffer.from(row.bytes),
          isSo: row.isSo,
        })),
      );
    }),
    { numRuns: 60 },
  );
});

it('brings what is longer than one piece, and more cells of NULL in a row than there is room for', async () => {
  const names = Array.from({ length: 700 }, (_, n) => `c${n}`);
  await sql.unsafe(
    `create table public.wide (n int, ${names.map((name) => `${name} int`).join(', ')}, last int)`,
  );
  const nulls = names.map(() => null);
  const count = 100;
  await sql.begin((tx) =>
    copyRows(
      tx,
      'wide',
      ['n', ...names, 'last'],
      Array.from({ length: count }, (_, n) => [n, ...nulls, n % 2 === 0 ? null : n]),
    ),
  );
  const there = await sql`select * from public.wide order by n`;
  const filled = there.map((row) => Object.entries(row).filter(([, value]) => value !== null));
  expect(filled).toEqual(
    Array.from({ length: count }, (_, n) => [['n', n], ...(n % 2 === 0 ? [] : [['last', n]])]),
  );
  await sql.begin((tx) => copyRows(tx, 'wide', ['n'], []));
  expect(await sql`select 1 from public.wide`).toHaveLength(count);
});

it('brings rows of the CDM by table, with each column that one of them fills, under the ids of their resources', async () => {
  const measured = (more: object) => ({
    table: 'measurement' as const,
    values: {
      ...{ person_id: 9, measurement_concept_id: 3, measurement_date: '2024-01-01' },
      ...{ measurement_type_concept_id: 4, ...more },
    },
  });
  const provider = { table: 'provider' as const, values: { provider_name: undefined, npi: '1' } };
  const finished = [
    { key: 5, rows: [measured({ unit_source_value: 'mg' }), provider, measured({ value_as_number: 7 })] },
    { key: 6, rows: [] },
    { key: 7, rows: [measured({ unit_source_value: undefined })] },
  ] as unknown as Finished[];
  const counted: unknown[] = [];
  const ledger = { ...openLedger(), rows: (...told: unknown[]) => void counted.push(told) };
  await sql.begin((tx) => copyCdmRows(tx, finished, ledger));
  expect(counted).toEqual([
    ['provider', 1, 0],
    ['measurement', 3, 0],
  ]);
  const rows = await sql`
    select measurement_id as id, person_id, measurement_date::text as day, unit_source_value as unit, value_as_number as value
    from measurement order by 1`;
  const plain = { person_id: 9, day: '2024-01-01', unit: null, value: null };
  expect([...rows]).toEqual([
    { ...plain, id: 5000, unit: 'mg' },
    { ...plain, id: 5002, value: 7 },
    { ...plain, id: 7000 },
  ]);
  expect(await sql`select provider_id as id, provider_name as name, npi from provider`).toEqual([
    { id: 5, name: null, npi: '1' },
  ]);
});

it('does not name a column of which no row says anything, since a version of the CDM may lack it', async () => {
  const values = { location_source_value: 'here', not_in_this_version: undefined };
  const finished = [{ key: 8, rows: [{ table: 'location', values }] }] as unknown as Finished[];
  await sql.begin((tx) => copyCdmRows(tx, finished, openLedger()));
  expect(await sql`select location_id as id from location`).toEqual([{ id: 8 }]);
});

it('writes whole numbers digit by digit as JavaScript writes them', () => {
  const numbers = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.double());
  fc.assert(
    fc.property(numbers, (value) => {
      const out = new ByteWriter();
      out.number(value);
      expect(out.take().toString()).toBe(String(value));
    }),
  );
});

it('ends with what the server says when it refuses before the first row', async () => {
  await sql`create table public.closed (n int)`;
  await sql.unsafe(`
    create function public.refuse() returns trigger language plpgsql as
      $$ begin raise exception 'closed' using errcode = '55P03'; end $$;
    create trigger closed before insert on public.closed execute function public.refuse()`);
  const copy = () => sql.begin((tx) => copyRows(tx, 'closed', ['n'], [[1]]));
  await expect(copy()).rejects.toMatchObject({ name: 'PostgresError', code: '55P03' });
  await expect(sql.begin((tx) => copyRows(tx, 'missing', ['n'], [[1]]))).rejects.toMatchObject({
    code: '42P01',
  });
  await sql`drop trigger closed on public.closed`;
  await copy();
  expect(await sql`select n from public.closed`).toEqual([{ n: 1 }]);
});
