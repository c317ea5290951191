/** Which runs of a connection overlap, and which of them read a later state of the server. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { readOverlappingInTx } from '../../jobs/load/compare/overlapping.ts';
import { newDatabase, type TestDatabase } from '../database.ts';

let db: TestDatabase;
const connections: number[] = [];
beforeAll(async () => {
  db = await newDatabase();
  for (const name of ['north', 'south']) {
    const [row] = await db.sql<{ connection_id: number }[]>`
      insert into connection (site_key, site_name) values (${name}, ${name}) returning connection_id`;
    connections.push(row?.connection_id ?? 0);
  }
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.sql`delete from run`;
});

interface Given {
  readonly kind?: 'export' | 'patient';
  /** Hour of the day; 10 when left out. */
  readonly created?: number;
  readonly finished?: number;
  /** The server's own time of what was read. */
  readonly read?: number;
  readonly south?: true;
}

const at = (hour: number | undefined) =>
  hour === undefined ? null : new Date(Date.UTC(2026, 2, 1, hour)).toISOString();

async function run(given: Given) {
  const [row] = await db.sql<
    {
      run_id: number;
      connection_id: number;
      kind: 'export' | 'patient';
      transaction_time: string | null;
      created_at: Date;
    }[]
  >`
    insert into run (connection_id, kind, mode, status, triggered_by, created_at, finished_at, transaction_time)
    values (${connections[given.south ? 1 : 0] ?? 0}, ${given.kind ?? 'export'}, 'full',
      ${given.finished === undefined ? 'processing' : 'completed'}, 'test', ${at(given.created ?? 10)},
      ${at(given.finished)}, ${at(given.read)})
    returning run_id, connection_id, kind, transaction_time, created_at`;
  if (!row) throw new Error('Expected a run');
  return row;
}

/** What the first sees of the second. */
async function seen(one: Given, other: Given): Promise<'earlier' | 'later' | undefined> {
  const mine = await run(one);
  const { run_id } = await run(other);
  const found = await db.sql.begin((tx) => readOverlappingInTx(tx, mine));
  expect(found.has(mine.run_id)).toBe(false);
  return found.get(run_id);
}

it.each<[string, Given, Given, 'earlier' | 'later' | undefined]>([
  ['an export overlaps with a sync of some patients', {}, { kind: 'patient', created: 11 }, 'later'],
  ['a sync of some patients overlaps with an export', { kind: 'patient', created: 11 }, {}, 'earlier'],
  [
    'two syncs of some patients overlap',
    { kind: 'patient' },
    { kind: 'patient', created: 9, finished: 11 },
    'earlier',
  ],
  ['two exports follow each other, whatever the times say', {}, { created: 9, finished: 11 }, undefined],
  ['a run of another connection is none', {}, { kind: 'patient', south: true }, undefined],
  ['one that ended before is none', {}, { kind: 'patient', created: 8, finished: 9 }, undefined],
  ['one that ended at the moment is none', {}, { kind: 'patient', created: 8, finished: 10 }, undefined],
  ['one that ended since is one', {}, { kind: 'patient', created: 8, finished: 11 }, 'earlier'],
  [
    'the server says the time, and it decides',
    { created: 10, read: 13 },
    { kind: 'patient', created: 11, read: 12 },
    'earlier',
  ],
  [
    'where one server says none, the time of the start counts',
    { created: 10, read: 12 },
    { kind: 'patient', created: 11 },
    'earlier',
  ],
  ['of the same time the one started last read later', {}, { kind: 'patient' }, 'later'],
])('%s', async (_, one, other, expected) => {
  expect(await seen(one, other)).toBe(expected);
});

it('of the same time the one started first read earlier', async () => {
  const first = await run({ kind: 'patient' });
  const found = await db.sql.begin(async (tx) => readOverlappingInTx(tx, await run({})));
  expect([...found]).toEqual([[first.run_id, 'earlier']]);
});
