/** What is left of resources that are gone at the source: their identity, and nothing of any other is touched. */
import { afterAll, describe, expect, it } from 'vitest';
import { type Keyring, openKeyring } from '../../jobs/connection/keyring.ts';
import { isSealed } from '../../jobs/connection/sealed-data.ts';
import { split } from '../../jobs/lines/split.ts';
import { storeBodyInTx } from '../../jobs/load/chunk-body.ts';
import { GONE } from '../../jobs/load/reasons.ts';
import { deleteRowsInTx } from '../../jobs/load/take-out/delete-rows.ts';
import { eraseInTx, eraseLinesInTx, lockTextInTx } from '../../jobs/load/take-out/erase-text.ts';
import { removeResourcesInTx } from '../../jobs/load/take-out/remove-resources.ts';
import { bitOf } from '../../jobs/load/write/cdm-tables.ts';
import { type Ledger, openLedger } from '../../jobs/load/write/ledger.ts';
import type { Tx } from '../../sql/connect.ts';
import { insert, newChunk, newResource } from '../derive/chart.ts';
import { openTwoSites } from '../derive/two-sites.ts';
import { untilWaitedFor } from '../world/locks.ts';

const NOW = new Date('2026-03-01T12:00:00Z');

const { db, site, other, keyring } = await openTwoSites();
afterAll(() => db.drop());

const MEASUREMENT = bitOf('measurement');

/** What the account of a chunk says of what `work` did. */
async function accounted(work: (tx: Tx, ledger: Ledger) => Promise<void>) {
  const id = await newChunk(db.sql, site.runId);
  await db.sql.begin(async (tx) => {
    await tx`delete from touched_persons`;
    const ledger = openLedger();
    await work(tx, ledger);
    await ledger.writeInTx(tx, id, site.runId);
  });
  const rows =
    await db.sql`select table_name, written, deleted from chunk_rows where chunk_id = ${id} order by 1`;
  const reasons = await db.sql`
    select resource_type, outcome, reason, resources from chunk_reason where chunk_id = ${id} order by 1`;
  const touched = await db.sql<{ ids: number[] }[]>`select person_ids as ids from touched_persons`;
  return {
    rows: rows.map(({ table_name, written, deleted }) => [table_name, written, deleted]),
    reasons: reasons.map((row) => Object.values(row)),
    touched: touched.flatMap((row) => row.ids).sort((a, b) => a - b),
  };
}

const measured = (...ids: readonly (readonly [id: number, person: number])[]) =>
  insert(
    db.sql,
    'measurement',
    ...ids.map(([measurement_id, person_id]) => ({
      measurement_id,
      person_id,
      measurement_date: '2024-01-01',
    })),
  );
const left = async (table: string, column = `${table}_id`) =>
  (await db.sql<{ id: number }[]>`select ${db.sql(column)} as id from ${db.sql(table)} order by 1`).map(
    (row) => row.id,
  );

it('rows go by the range of ids of their resource, from the tables that it is known to have them in', async () => {
  await measured([6999, 1], [7000, 1], [7999, 2], [8000, 3], [9000, 4]);
  await insert(db.sql, 'provider', { provider_id: 7 }, { provider_id: 7000 });
  await insert(db.sql, 'death', { person_id: 7, death_date: '2024-01-01' });
  const old = [
    { key: 7, row_tables: MEASUREMENT | bitOf('provider') },
    { key: 9, row_tables: bitOf('observation') },
  ];
  expect(await accounted((tx, ledger) => deleteRowsInTx(tx, old, ledger))).toEqual({
    rows: [
      ['measurement', 0, 2],
      ['observation', 0, 0],
      ['provider', 0, 1],
    ],
    reasons: [],
    touched: [1, 2],
  });
  expect(await left('measurement')).toEqual([6999, 8000, 9000]);
  expect(await left('provider')).toEqual([7000]);
  expect(await left('death', 'person_id')).toEqual([7]);
});

it('rows of a person, and of a death, touch that person, as rows about them do', async () => {
  await insert(db.sql, 'person', { person_id: 21 }, { person_id: 22 });
  await insert(db.sql, 'death', { person_id: 22, death_date: '2024-01-01' });
  const old = [
    { key: 21, row_tables: bitOf('person') },
    { key: 22, row_tables: bitOf('death') },
  ];
  expect(await accounted((tx, ledger) => deleteRowsInTx(tx, old, ledger))).toMatchObject({
    rows: [
      ['death', 0, 1],
      ['person', 0, 1],
    ],
    touched: [21, 22],
  });
  expect(await left('person')).toEqual([22]);
});

it('what is gone keeps its key, is excluded with the reason, and equals nothing that may come again', async () => {
  await db.sql`delete from measurement`;
  const store = (id: string, of = site) =>
    newResource(db.sql, of, 'Observation', { id, row_tables: MEASUREMENT, content_hash: `of ${id}` });
  const [gone, stays, theirs] = [await store('gone'), await store('stays'), await store('gone', other)];
  await measured(...[gone, stays, theirs].map((key) => [key * 1000, key] as const));
  for (const [of, id, reason, resolved_at] of [
    [site, 'gone', 'open', null],
    [site, 'gone', 'resolved', '2026-01-01T00:00:00Z'],
    [site, 'stays', 'of what stays', null],
    [other, 'gone', 'of another', null],
  ] as const) {
    await db.sql`insert into failure ${db.sql({
      ...{
        connection_id: of.connectionId,
        run_id: of.runId,
        chunk_id: 0,
        chunk_line: 0,
        reason,
        resolved_at,
      },
      ...{ resource_type: 'Observation', fhir_id: id },
    })}`;
  }
  const context = { connectionId: site.connectionId, runId: site.runId + 40, now: NOW, keyring };
  const those = [{ key: gone, row_tables: MEASUREMENT, type: 'Observation' }];
  expect(
    await accounted((tx, ledger) => removeResourcesInTx(tx, context, those, GONE.deleted, ledger)),
  ).toEqual({
    rows: [['measurement', 0, 1]],
    reasons: [['Observation', 'removed', 'deleted-at-source', 1]],
    touched: [gone],
  });
  expect(await left('measurement')).toEqual([stays * 1000, theirs * 1000]);
  const resources = await db.sql`
    select outcome, reason, row_tables, convert_from(content_hash, 'UTF8') as hash, incomplete, last_run from resource
    where resource_key = any(${[gone, stays, theirs]}::bigint[]) order by resource_key`;
  const before = { outcome: 'loaded', reason: null, row_tables: MEASUREMENT, incomplete: false };
  expect([...resources]).toEqual([
    {
      ...{ outcome: 'excluded', reason: 'deleted-at-source', row_tables: 0, hash: '' },
      ...{ incomplete: true, last_run: site.runId + 40 },
    },
    { ...before, hash: 'of stays', last_run: site.runId },
    { ...before, hash: 'of gone', last_run: other.runId },
  ]);
  expect([
    ...(await db.sql`
      select resource_key, convert_from(replaced_hash, 'UTF8') as hash, replaced_at, run_id from resource_history`),
  ]).toEqual([{ resource_key: gone, hash: 'of gone', replaced_at: NOW, run_id: site.runId + 40 }]);
  const failures = await db.sql<{ reason: string; resolved_at: Date | null }[]>`
    select reason, resolved_at from failure`;
  expect(Object.fromEntries(failures.map((row) => [row.reason, row.resolved_at]))).toEqual({
    open: NOW,
    resolved: new Date('2026-01-01T00:00:00Z'),
    'of what stays': null,
    'of another': null,
  });
});

it('nothing is written of nobody', async () => {
  const context = { connectionId: site.connectionId, runId: site.runId, now: NOW, keyring };
  expect(
    await accounted((tx, ledger) => removeResourcesInTx(tx, context, [], GONE.vanished, ledger)),
  ).toEqual({
    ...{ rows: [], reasons: [], touched: [] },
  });
});

describe('text of a chunk that is erased', () => {
  const WHOLE = '{"id":"a"}\n\n{"id":"é"}\r\n{\n  "id": "c"\n}\n{"id":"d"}\n';
  const store = async (text = WHOLE, keys: Keyring = keyring) => {
    const id = await newChunk(db.sql, site.runId);
    await db.sql.begin((tx) => storeBodyInTx(tx, keys, id, Buffer.from(text)));
    return id;
  };
  const textOf = (id: number) =>
    db.sql.begin(async (tx) => (await lockTextInTx(tx, keyring, id))?.text.toString());
  const erase = (id: number, lines: readonly number[], maxLineBytes?: number) =>
    db.sql.begin((tx) => eraseLinesInTx(tx, keyring, id, lines, maxLineBytes));
  const blank = (text: string) => text.replaceAll(/[^\n]/gu, (one) => ' '.repeat(Buffer.byteLength(one)));

  it('becomes spaces as long as it was, between line ends that stay, and no line of another does', async () => {
    const [id, beside] = [await store(), await store()];
    await erase(id, [2, 3]);
    const erased = '{"id":"é"}\r\n{\n  "id": "c"\n}\n';
    expect(await textOf(id)).toBe(WHOLE.replace(erased, blank(erased)));
    expect(await textOf(beside)).toBe(WHOLE);
    await erase(id, [0, 1, 4, 6]);
    expect(await textOf(id)).toBe(blank(WHOLE));
  });

  it('is found where the lines begin that are too long to be one resource', async () => {
    const id = await store();
    await erase(id, [4], 4);
    expect(await textOf(id)).toBe(WHOLE.replace('  "id": "c"', blank('  "id": "c"')));
  });

  it('is told by the numbers of all its lines', async () => {
    const id = await store();
    const numbers = await db.sql.begin(async (tx) => {
      const locked = await lockTextInTx(tx, keyring, id);
      if (!locked) throw new Error('Expected a text');
      const ranges = [...split(locked.text)].filter(({ line }) => line === 0 || line === 3);
      return [await eraseInTx(tx, keyring, locked, []), await eraseInTx(tx, keyring, locked, ranges)];
    });
    expect(numbers).toEqual([[], [0, 3, 4, 5]]);
  });

  it('waits for whoever erases other lines of it, and leaves those erased', async () => {
    const id = await store();
    const { erased } = await db.sql.begin(async (tx) => {
      await eraseLinesInTx(tx, keyring, id, [0]);
      const erased = erase(id, [6]);
      await untilWaitedFor(db.sql, tx);
      return { erased };
    });
    await erased;
    const [first, last] = ['{"id":"a"}', '{"id":"d"}'];
    expect(await textOf(id)).toBe(WHOLE.replace(first, blank(first)).replace(last, blank(last)));
  });

  it('stays sealed where it was, and need not be kept any more', async () => {
    const sealing = await openKeyring({
      ...{ ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'), SEAL_CHUNKS: 'on' },
    });
    const bodies: boolean[] = [];
    for (const id of [await store(WHOLE, sealing), await store()]) {
      await erase(id, [6]);
      const [chunk] = await db.sql<{ body: Buffer }[]>`select body from chunk_body where chunk_id = ${id}`;
      bodies.push(isSealed(chunk?.body ?? Buffer.alloc(0)));
      expect(await textOf(id)).toBe(WHOLE.replace('{"id":"d"}', blank('{"id":"d"}')));
    }
    expect(bodies).toEqual([true, false]);
    const gone = await newChunk(db.sql, site.runId);
    await erase(gone, [0]);
    expect(await textOf(gone)).toBeUndefined();
  });
});
