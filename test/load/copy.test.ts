import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { ByteWriter } from '../../jobs/lines/byte-writer.ts';
import { copyRows } from '../../jobs/load/write/copy.ts';
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
