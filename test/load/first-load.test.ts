import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FirstLoads, isFirstLoad } from '../../jobs/load/compare/first-load.ts';
import { newDatabase, type TestDatabase } from '../database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await newDatabase();
  await db.sql`insert into connection (site_name, site_key) values ('one', 'one'), ('other', 'other')`;
});
afterAll(() => db.drop());

async function run(connection: number, chunks: number): Promise<number> {
  const [row] = await db.sql<[{ run_id: number }]>`
    insert into run (connection_id, mode, triggered_by, status, finished_at)
    values (${connection}, 'full', 'test', 'completed', now()) returning run_id`;
  await db.sql`
    insert into chunk (run_id, seq, phase, byte_start, byte_end, first_line, lines, sha256)
    select ${row.run_id}, n, 0, 0, 1, 0, 1, '' from generate_series(1, ${chunks}) n`;
  return row.run_id;
}

const first = (connectionId: number, runId: number, memory: FirstLoads = new Map()) =>
  db.sql.begin((tx) => isFirstLoad(tx, { connectionId, runId }, memory));

it('a load is the first as long as no earlier run of its connection had anything to load', async () => {
  await run(2, 3);
  const empty = await run(1, 0);
  const one = await run(1, 2);
  const next = await run(1, 1);
  expect(await first(1, empty)).toBe(true);
  expect(await first(1, one), 'its own chunks and those of a later run').toBe(true);
  expect(await first(1, next)).toBe(false);
});

it('what a worker knows of a run it does not ask again, until it knows of a hundred', async () => {
  const [one, next] = [await run(1, 0), await run(1, 0)];
  const memory: FirstLoads = new Map([[one, true]]);
  expect(await first(1, one, memory)).toBe(true);
  expect(await first(1, next, memory)).toBe(false);
  expect([...memory]).toEqual([
    [one, true],
    [next, false],
  ]);
  for (let other = -1; memory.size < 100; other--) memory.set(other, true);
  expect(await first(1, one, memory)).toBe(true);
  const third = await run(1, 0);
  expect(await first(1, third, memory)).toBe(false);
  expect([...memory]).toEqual([[third, false]]);
});
