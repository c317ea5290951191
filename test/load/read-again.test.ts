/** Resources that are loaded are read again from the lines that they were sent in. */
import { afterAll, expect, it } from 'vitest';
import { storeBodyInTx } from '../../jobs/load/chunk-body.ts';
import { knownColumns } from '../../jobs/load/compare/known.ts';
import { readAgain, type Sent } from '../../jobs/load/read-again.ts';
import { newChunk, newResource } from '../derive/chart.ts';
import { openTwoSites } from '../derive/two-sites.ts';
import { condition, patient } from '../world/record.ts';

const { db, site, keyring } = await openTwoSites();
afterAll(() => db.drop());

async function chunkOf(lines: readonly (object | string)[], seals = false): Promise<number> {
  const chunkId = await newChunk(db.sql, site.runId);
  const text = lines.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n');
  await db.sql.begin((tx) => storeBodyInTx(tx, { ...keyring, sealsData: seals }, chunkId, Buffer.from(text)));
  return chunkId;
}

/** As those who take resources up again select them. */
async function again(...keys: number[]) {
  return await db.sql.begin(async (tx) => {
    const sent = await tx<Sent[]>`
      select ${knownColumns(tx)}, r.chunk_id, r.chunk_line from resource r
      where resource_key = any(${keys}::bigint[]) order by array_position(${keys}::bigint[], resource_key)`;
    return { sent, items: await readAgain(tx, keyring, sent) };
  });
}

it('each from its line, with what is known of it, as of no run, in the order asked', async () => {
  const lines = [patient('p'), condition('c', 'p'), condition('other', 'p')];
  const [clear, sealed] = [await chunkOf(lines), await chunkOf(lines, true)];
  const sent = (type: string, id: string, chunk_id: number, chunk_line: number) =>
    newResource(db.sql, site, type, { id, chunk_id, chunk_line, position: 100 + chunk_line });
  const keys = [
    await sent('Condition', 'c', clear, 1),
    await sent('Patient', 'p', sealed, 0),
    await sent('Condition', 'other', clear, 2),
  ];
  const found = await again(...keys);
  expect(found.items.map(({ entry }) => [entry.resource, entry.line, entry.position])).toEqual([
    [lines[1], 1, 101],
    [lines[0], 0, 100],
    [lines[2], 2, 102],
  ]);
  expect(found.items.map(({ known }) => known)).toEqual([...found.sent]);
  expect(found.items.map(({ origin, sinceRun }) => [origin, sinceRun])).toEqual([
    [clear, 0],
    [sealed, 0],
    [clear, 0],
  ]);
});

it('none whose chunk is no longer kept, or whose line is not there or cannot be read', async () => {
  const kept = await chunkOf([condition('first', 'p'), '{"resourceType": "Condition", "id": "brok']);
  const gone = await newChunk(db.sql, site.runId);
  const sent = (chunk_id: number, chunk_line: number) =>
    newResource(db.sql, site, 'Condition', { chunk_id, chunk_line });
  const keys = [await sent(gone, 0), await sent(kept, 1), await sent(kept, 2), await sent(kept, 0)];
  const { items } = await again(...keys);
  expect(items.map(({ entry, known }) => [entry.id, known?.resource_key])).toEqual([['first', keys[3]]]);
  expect((await again()).items).toEqual([]);
});
