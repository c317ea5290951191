/** The accounts of a chunk are written whole, or not at all. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addChunkInTx } from '../../jobs/load/chunk-row.ts';
import { type Ledger, openLedger } from '../../jobs/load/write/ledger.ts';
import type { Tx } from '../../sql/connect.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { newSite, type Site } from '../derive/chart.ts';

let db: TestDatabase;
let site: Site;
beforeAll(async () => {
  db = await newDatabase();
  site = await newSite(db.sql, 'north');
});
afterAll(() => db.drop());

let made = 0;
const newChunk = (tx: Tx) =>
  addChunkInTx(tx, {
    ...{ run_id: site.runId, file_id: null, seq: ++made, phase: 1, byte_start: 0, byte_end: 0 },
    ...{ first_line: 0, lines: 0, content: '', mapped: null },
  });

function fill(ledger: Ledger, extracted: number): void {
  for (let n = 0; n < extracted; n++) ledger.extracted('Condition');
  ledger.add('Condition', 'loaded');
  ledger.add('Condition', 'excluded', 'not-confirmed');
  ledger.rows('condition_occurrence', 1, 0);
  ledger.clock('Condition', 'utc');
  ledger.unmapped('http://snomed.info/sct');
  ledger.rows('provider', 1, 0);
  ledger.touched(7);
}

it('writes each account once', async () => {
  const chunkId = await db.sql.begin(async (tx) => {
    const id = await newChunk(tx);
    const ledger = openLedger();
    fill(ledger, 2);
    await ledger.writeInTx(tx, id, site.runId);
    return id;
  });
  const of = { chunk_id: chunkId, run_id: site.runId };
  expect(await db.sql`select * from chunk_count where chunk_id = ${chunkId}`).toMatchObject([
    { ...of, resource_type: 'Condition', extracted: 2, loaded: 1, excluded: 1, unchanged: 0, parked: 0 },
  ]);
  expect(await db.sql`select * from chunk_reason where chunk_id = ${chunkId}`).toEqual([
    { ...of, resource_type: 'Condition', outcome: 'excluded', reason: 'not-confirmed', resources: 1 },
  ]);
  expect(await db.sql`select * from chunk_rows where chunk_id = ${chunkId} order by table_name`).toEqual([
    { ...of, table_name: 'condition_occurrence', written: 1, deleted: 0 },
    { ...of, table_name: 'provider', written: 1, deleted: 0 },
  ]);
  expect(await db.sql`select * from chunk_clock where chunk_id = ${chunkId}`).toEqual([
    { ...of, resource_type: 'Condition', clock: 'utc', resources: 1 },
  ]);
  expect(await db.sql`select * from chunk_unmapped where chunk_id = ${chunkId}`).toEqual([
    { ...of, system: 'http://snomed.info/sct', resources: 1 },
  ]);
  expect(await db.sql`select run_id from touched_providers`).toEqual([{ run_id: site.runId }]);
  expect(await db.sql`select person_ids from touched_persons`).toEqual([{ person_ids: [7] }]);
});

it('leaves nothing of accounts that do not add up, and says which rule they break, not what failed after it', async () => {
  const ledger = openLedger();
  fill(ledger, 1);
  let chunkId = 0;
  const written = db.sql.begin(async (tx) => {
    chunkId = await newChunk(tx);
    await ledger.writeInTx(tx, chunkId, site.runId);
  });
  await expect(written).rejects.toMatchObject({ code: '23514', constraint_name: 'chunk_count_accounting' });
  for (const table of ['chunk', 'chunk_count', 'chunk_reason', 'chunk_rows', 'chunk_clock', 'chunk_unmapped'])
    expect(await db.sql`select 1 from ${db.sql(table)} where chunk_id = ${chunkId}`).toEqual([]);
});
