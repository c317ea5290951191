/** What comes next in a run, by what is open of it: which files are downloaded, which chunks mapped, and when it closes. */
import { afterAll, describe, expect, it } from 'vitest';
import { DELETED_PHASE, ERROR_PHASE, LAST_PHASE } from '../../jobs/load/phases.ts';
import { advanceInTx, RunEnded } from '../../jobs/run/advance.ts';
import { newSite } from '../derive/chart.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps } = world;

const NOW = new Date('2026-03-01T12:00:00Z');
const LIMITS = { backlog_bytes: 1e9, chunk_bytes: 1e6, parallel_downloads: 3, parallel_reads: 2 };
let runs = 0;

type Values = Readonly<Record<string, string | number | Date | null>>;

async function run(values: Values = {}): Promise<number> {
  const { runId } = await newSite(sql, `site-${++runs}`);
  await sql`update run set ${sql({ status: 'downloading', manifest_at: NOW, ...values })} where run_id = ${runId}`;
  return runId;
}
async function files(runId: number, ...states: readonly (readonly [state: string, phase: number])[]) {
  const rows = states.map(([state, phase], n) => ({
    ...{ run_id: runId, file_no: states.length - n, kind: 'output', state, phase },
    url: `https://ehr.example/${n}`,
  }));
  await sql`insert into export_file ${sql(rows)}`;
}
async function chunks(
  runId: number,
  count: number,
  phase: number,
  state = 'waiting',
  origin: number | null = null,
) {
  const row = { run_id: runId, phase, byte_start: 0, byte_end: 1, first_line: 0, lines: 1, state };
  const rows = Array.from({ length: count }, (_, seq) => ({
    ...{ seq, sha256: Buffer.alloc(0), origin_chunk_id: origin, ...row },
  }));
  await sql`insert into chunk ${sql(rows)}`;
}

async function advance(runId: number): Promise<void> {
  await sql.begin((tx) => advanceInTx(tx, deps.queue, { run_id: runId, limits: LIMITS }, NOW));
}
/** Jobs that were sent for a run: how many of which step. */
async function sent(runId: number): Promise<Record<string, number>> {
  const rows = await sql<{ name: string; n: number }[]>`
    select replace(name, 'sync-', '') as name, count(*)::int as n from pgboss.job
    where data->>'run_id' = ${String(runId)} or data->'payload'->>'run_id' = ${String(runId)} group by name order by name`;
  return Object.fromEntries(rows.map((row) => [row.name, row.n]));
}
/** Phases of chunks that are queued, and how many. */
async function queued(runId: number): Promise<Record<string, number>> {
  const rows = await sql<{ phase: number; n: number }[]>`
    select phase, count(*)::int as n from chunk where run_id = ${runId} and state = 'queued' group by phase`;
  return Object.fromEntries(rows.map((row) => [row.phase, row.n]));
}
const stateOf = async (runId: number) =>
  (await sql`select status, closing_at from run where run_id = ${runId}`)[0];

describe('downloads', () => {
  it('are as many as the connection allows, of the earliest phase and number first', async () => {
    const runId = await run({ manifest_at: null });
    await files(
      runId,
      ['queued', 4],
      ['done', 0],
      ['pending', 4],
      ['pending', 1],
      ['pending', 4],
      ['failed', 0],
    );
    const other = await run();
    await files(other, ['queued', 0], ['queued', 0]);
    await advance(runId);
    const rows = await sql<{ file_no: number }[]>`
      select file_no from export_file where run_id = ${runId} and state = 'queued' order by 1`;
    expect(rows.map((row) => row.file_no)).toEqual([2, 3, 6]);
    expect(await sent(runId)).toEqual({ download: 2 });
    await advance(runId);
    expect(await sent(runId)).toEqual({ download: 2 });
    // What a partial manifest names is not mapped yet, and the run is not over.
    expect(await stateOf(runId)).toEqual({ status: 'downloading', closing_at: null });
  });
});

describe('chunks', () => {
  it('are queued by sixteen, as soon as fewer than that are', async () => {
    const runId = await run();
    await chunks(runId, 40, 2);
    await advance(runId);
    expect([await queued(runId), await sent(runId)]).toEqual([{ 2: 16 }, { map: 16 }]);
    await advance(runId);
    expect(await queued(runId)).toEqual({ 2: 16 });
    await sql`
      update chunk set state = 'done'
      where chunk_id = (select min(chunk_id) from chunk where run_id = ${runId} and state = 'queued')`;
    await advance(runId);
    expect([await queued(runId), await sent(runId)]).toEqual([{ 2: 31 }, { map: 32 }]);
    expect(await stateOf(runId)).toEqual({ status: 'processing', closing_at: null });
  });

  it('are those of the lowest open phase, whether its chunks or its files are open', async () => {
    const runId = await run();
    await chunks(runId, 2, 3);
    await chunks(runId, 2, 1, 'done');
    await chunks(runId, 2, 2, 'queued');
    await files(runId, ['queued', 4]);
    await advance(runId);
    expect(await queued(runId)).toEqual({ 2: 2 });
    await sql`update chunk set state = 'done' where run_id = ${runId} and phase = 2`;
    await files(await run(), ['queued', 0]);
    await sql`update export_file set phase = 2 where run_id = ${runId}`;
    await advance(runId);
    expect(await queued(runId)).toEqual({});
    await sql`update export_file set phase = 3 where run_id = ${runId}`;
    await advance(runId);
    expect(await queued(runId)).toEqual({ 3: 2 });
    expect(await stateOf(runId)).toEqual({ status: 'downloading', closing_at: null });
  });

  it.each([
    ['of the data, with the file of deletions to come', LAST_PHASE, DELETED_PHASE, true],
    ['of deletions, while such a file is open', DELETED_PHASE, DELETED_PHASE, false],
    ['of deletions, with the file of errors to come', DELETED_PHASE, ERROR_PHASE, true],
    ['of errors, while such a file is open', ERROR_PHASE, ERROR_PHASE, false],
    ['of errors, when all files are there', ERROR_PHASE, undefined, true],
    ['of data, while such a file is open', LAST_PHASE, LAST_PHASE, true],
  ])('%s', async (_, phase, open, isQueued) => {
    const runId = await run();
    await chunks(runId, 1, phase);
    if (open !== undefined) await files(runId, ['queued', open]);
    await advance(runId);
    expect(await queued(runId)).toEqual(isQueued ? { [phase]: 1 } : {});
  });

  it('that are mapped again are jobs of their own', async () => {
    const runId = await run({ kind: 'remap' });
    await chunks(runId, 1, 0, 'done');
    const [origin] = await sql<{ chunk_id: number }[]>`select chunk_id from chunk where run_id = ${runId}`;
    await chunks(runId, 2, 1, 'waiting', origin?.chunk_id ?? 0);
    await chunks(runId, 3, 1);
    await advance(runId);
    expect(await sent(runId)).toEqual({ map: 3, remap: 2 });
  });
});

describe('a run', () => {
  it('of which nothing is open closes, once', async () => {
    const runId = await run();
    await files(runId, ['done', 0], ['failed', 0]);
    await chunks(runId, 1, 0, 'done');
    await advance(runId);
    await advance(runId);
    expect(await stateOf(runId)).toEqual({ status: 'processing', closing_at: NOW });
    expect(await sent(runId)).toEqual({ redrive: 1 });
  });

  it('of which a file or a chunk is open does not', async () => {
    const [file, chunk] = [await run(), await run()];
    await files(file, ['queued', 0]);
    await chunks(chunk, 1, 0, 'queued');
    for (const runId of [file, chunk]) await advance(runId);
    expect(await stateOf(file)).toEqual({ status: 'downloading', closing_at: null });
    expect(await stateOf(chunk)).toEqual({ status: 'processing', closing_at: null });
    expect([await sent(file), await sent(chunk)]).toEqual([{}, {}]);
  });

  it('that has ended, or is not there, undoes what the step did', async () => {
    const runId = await run({ status: 'cancelled', finished_at: NOW });
    await expect(advance(runId)).rejects.toBeInstanceOf(RunEnded);
    await expect(advance(runId + 1000)).rejects.toBeInstanceOf(RunEnded);
    await expect(advance(await run({ status: 'exporting' }))).rejects.toBeInstanceOf(RunEnded);
  });
});

it('reads a few files, however many wait', async () => {
  const read = async (waiting: number) => {
    const runId = await run();
    await files(runId, ['queued', 1], ...Array.from({ length: waiting }, () => ['pending', 1] as const));
    await sql`analyze export_file`;
    return await sql.begin(async (tx) => {
      await advanceInTx(tx, deps.queue, { run_id: runId, limits: LIMITS }, NOW);
      const [row] = await tx<{ n: number }[]>`
        select seq_tup_read + idx_tup_fetch as n from pg_stat_xact_user_tables where relname = 'export_file'`;
      return row?.n;
    });
  };
  expect(await read(2000)).toBeLessThan(500);
  expect(await read(4000)).toBeLessThan(500);
});
