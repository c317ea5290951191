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

it('takes back what the run had counted before, each with its reason, and counts what it is now', async () => {
  const told = await db.sql.begin(async (tx) => {
    const id = await newChunk(tx);
    const ledger = openLedger();
    for (const type of ['Condition', 'Condition', 'Procedure']) {
      ledger.takeBack(type, 'parked', 'patient-not-known');
      ledger.add(type, 'loaded');
    }
    ledger.takeBack('Binary', 'loaded');
    ledger.add('Binary', 'failed', 'no-id');
    ledger.redriven('Binary');
    ledger.add('Binary', 'loaded');
    ledger.mapped('Binary');
    ledger.leftOut('Binary', 'no-value');
    ledger.removed('Binary', 'purged');
    await ledger.writeInTx(tx, id, site.runId);
    return {
      counts: await tx`
        select resource_type, extracted, redriven, unchanged, loaded, excluded, failed, parked, mapped
        from chunk_count where chunk_id = ${id} order by 1`,
      reasons: await tx`
        select resource_type, outcome, reason, resources from chunk_reason where chunk_id = ${id} order by 1, 2, 3`,
    };
  });
  const none = {
    extracted: 0,
    redriven: 0,
    unchanged: 0,
    loaded: 0,
    excluded: 0,
    failed: 0,
    parked: 0,
    mapped: 0,
  };
  expect(told.counts).toEqual([
    { ...none, resource_type: 'Binary', redriven: 1, failed: 1, mapped: 1 },
    { ...none, resource_type: 'Condition', loaded: 2, parked: -2 },
    { ...none, resource_type: 'Procedure', loaded: 1, parked: -1 },
  ]);
  expect(told.reasons.map((row) => Object.values(row))).toEqual([
    ['Binary', 'failed', 'no-id', 1],
    ['Binary', 'loaded', 'no-value', 1],
    ['Binary', 'removed', 'purged', 1],
    ['Condition', 'parked', 'patient-not-known', -2],
    ['Procedure', 'parked', 'patient-not-known', -1],
  ]);
});

it('adds what is left of a chunk to what was counted of it when it was stored', async () => {
  const counts = await db.sql.begin(async (tx) => {
    const id = await newChunk(tx);
    for (const result of ['unchanged', 'loaded', 'excluded', 'failed', 'parked', 'loaded'] as const) {
      const ledger = openLedger();
      ledger.extracted('Condition');
      ledger.add('Condition', result);
      if (result === 'loaded') ledger.mapped('Condition');
      await ledger.writeInTx(tx, id, site.runId);
    }
    const again = openLedger();
    again.redriven('Condition');
    again.add('Condition', 'unchanged');
    await again.writeInTx(tx, id, site.runId);
    return await tx`
      select extracted, redriven, unchanged, loaded, excluded, failed, parked, mapped
      from chunk_count where chunk_id = ${id}`;
  });
  expect(counts).toEqual([
    {
      ...{ extracted: 6, redriven: 1, unchanged: 2, loaded: 2 },
      ...{ excluded: 1, failed: 1, parked: 1, mapped: 2 },
    },
  ]);
});

it('notes providers where rows of theirs or of places were written, and persons where there are any', async () => {
  const touched = async (work: (ledger: Ledger) => void) =>
    await db.sql.begin(async (tx) => {
      await tx`delete from touched_providers`;
      await tx`delete from touched_persons`;
      const ledger = openLedger();
      work(ledger);
      await ledger.writeInTx(tx, await newChunk(tx), site.runId);
      const providers = await tx`select 1 from touched_providers where run_id = ${site.runId}`;
      const persons = await tx<{ ids: number[] }[]>`select person_ids as ids from touched_persons`;
      return { providers: providers.length, persons: persons.map((row) => row.ids) };
    });
  expect(await touched((ledger) => ledger.rows('provider', 1, 0))).toEqual({ providers: 1, persons: [] });
  expect(await touched((ledger) => ledger.rows('care_site', 0, 1))).toEqual({ providers: 1, persons: [] });
  const visit = (ledger: Ledger) => {
    ledger.rows('visit_occurrence', 2, 1);
    for (const person of [7, 8, 7]) ledger.touched(person);
  };
  expect(await touched(visit)).toEqual({ providers: 0, persons: [[7, 8]] });
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

it('takes more types, reasons, code systems and clocks than a statement has parameters', async () => {
  const MANY = 20_000;
  await db.sql.begin(async (tx) => {
    const chunkId = await newChunk(tx);
    const ledger = openLedger();
    for (let n = 0; n < MANY; n++) {
      ledger.extracted(`T${n}`);
      ledger.add(`T${n}`, 'excluded', 'not-mapped');
      ledger.clock(`T${n}`, 'utc');
      ledger.unmapped(`urn:${n}`);
    }
    await ledger.writeInTx(tx, chunkId, site.runId);
    for (const table of ['chunk_count', 'chunk_reason', 'chunk_clock', 'chunk_unmapped']) {
      const [row] = await tx`select count(*)::int as n from ${tx(table)} where chunk_id = ${chunkId}`;
      expect([table, row?.['n']]).toEqual([table, MANY]);
    }
  });
});
