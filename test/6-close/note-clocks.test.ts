/** What is said of a source with two clocks: how many resources have each, and of which types most. */
import { afterAll, expect, it } from 'vitest';
import { noteClocksInTx } from '../../jobs/6-close/note-clocks.ts';
import { newDatabase } from '../database.ts';
import { newChunk, newSite } from '../derive/chart.ts';

const AT = new Date('2026-03-01T12:00:00Z');

const db = await newDatabase();
afterAll(() => db.drop());
let sites = 0;

type Counts = Readonly<Record<string, readonly number[]>>;

/** Of chunks of a run, and of a run that this one is not about. */
async function noted(counts: { readonly utc: Counts; readonly offset: Counts }) {
  const [{ runId }, other] = [await newSite(db.sql, `n${++sites}`), await newSite(db.sql, `o${sites}`)];
  const add = async (run: number, clock: string, resource_type: string, resources: number) => {
    const chunk_id = await newChunk(db.sql, run);
    const row = { chunk_id, run_id: run, clock, resource_type, resources };
    await db.sql`insert into chunk_clock ${db.sql(row)}`;
  };
  for (const clock of ['utc', 'offset'] as const) {
    await add(other.runId, clock, 'Device', 1000);
    for (const [type, chunks] of Object.entries(counts[clock])) {
      for (const resources of chunks) await add(runId, clock, type, resources);
    }
  }
  await db.sql.begin((tx) => noteClocksInTx(tx, runId, AT));
  const notices = await db.sql`select code, amount, message, at from run_notice where run_id = ${runId}`;
  return notices.map(({ message, ...rest }) => ({ ...rest, message: String(message).split('. ')[0] }));
}

it('counts what all chunks of the run say, and names types by how many resources they have', async () => {
  const utc = { Observation: [3, 4], Condition: [8], Encounter: [7] };
  expect(await noted({ utc, offset: { Encounter: [2], Procedure: [1, 2] } })).toEqual([
    {
      ...{ code: 'mixed-offsets', amount: 22, at: AT },
      message:
        '22 resources have times in UTC (Condition, Encounter, Observation) and 5 with another offset (Procedure, Encounter)',
    },
  ]);
});

it('names five types, and says so where there are more', async () => {
  const five = { A: [5], B: [4], C: [3], D: [2], E: [1] };
  const [{ message } = { message: '' }] = await noted({ utc: { ...five, F: [1] }, offset: five });
  expect(message).toBe(
    '16 resources have times in UTC (A, B, C, D, E …) and 15 with another offset (A, B, C, D, E)',
  );
});

it.each([
  ['UTC', { utc: { Observation: [1] }, offset: {} }],
  ['another offset', { utc: {}, offset: { Observation: [1] } }],
  ['none', { utc: {}, offset: {} }],
])('says nothing where all times have %s', async (_, counts) => {
  expect(await noted(counts)).toEqual([]);
});
