/** Chunks: at the end of a file that is no download, of no file at all, and those that map again what others hold. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConnection } from '../../jobs/connection/connection.ts';
import { type Keyring, openKeyring } from '../../jobs/connection/keyring.ts';
import { appendChunkInTx } from '../../jobs/load/append-chunk.ts';
import { addAgainInTx } from '../../jobs/load/chunk-row.ts';
import { mappingVersionInTx } from '../../jobs/load/mapping-version.ts';
import { openChunkInTx } from '../../jobs/load/open-chunk.ts';
import { LAST_PHASE } from '../../jobs/load/phases.ts';
import { type Run, readRun } from '../../jobs/step/run.ts';
import { createResolver, type Resolver } from '../../jobs/vocabulary/resolve/resolver.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { newChunk, newSite, type Site } from '../derive/chart.ts';

const NOW = new Date('2026-03-01T12:00:00Z');

let db: TestDatabase;
let keyring: Keyring;
let resolver: Resolver;
beforeAll(async () => {
  db = await newDatabase({ demo: true });
  keyring = await openKeyring({ ENCRYPTION_KEY: Buffer.alloc(32, 5).toString('base64') });
  resolver = createResolver({ sql: db.sql, clock: () => NOW });
});
afterAll(() => db.drop());

let files = 0;
async function newFile({ runId }: Site, phase = 2): Promise<number> {
  const row = { run_id: runId, file_no: ++files, phase, url: `https://ehr.example/${files}` };
  const [made] = await db.sql<{ file_id: number }[]>`
    insert into export_file ${db.sql(row)} returning file_id`;
  return made?.file_id ?? 0;
}
const sha256 = (text: string) => createHash('sha256').update(text).digest();
const versionOf = async ({ connectionId }: Site) =>
  await db.sql.begin(async (tx) => mappingVersionInTx(tx, resolver, await readConnection(tx, connectionId)));
const chunk = async (id: number) => (await db.sql`select * from chunk where chunk_id = ${id}`)[0];

it('what is appended to a file follows what it has, line by line and byte by byte', async () => {
  const site = await newSite(db.sql, 'appends');
  const [file, other] = [await newFile(site), await newFile(site, 3)];
  const { mappingVersionId } = await versionOf(site);
  const append = (fileId: number, content: string, size: number, lines: number, more = {}) =>
    db.sql.begin((tx) => appendChunkInTx(tx, fileId, { content, size, lines, mapped: null, ...more }));
  const first = await append(file, 'a\nb\n', 10, 2);
  const second = await append(file, 'c\n', 5, 1, {
    ...{ mapped: { at: NOW, version: mappingVersionId }, seenUnchanged: '{[7,9)}' },
  });
  const theirs = await append(other, 'd\n', 2, 1);
  const plain = { run_id: site.runId, file_id: file, phase: 2, origin_chunk_id: null };
  expect(await chunk(first)).toMatchObject({
    ...{ ...plain, seq: 0, byte_start: 0, byte_end: 10, first_line: 0, lines: 2, sha256: sha256('a\nb\n') },
    ...{ state: 'waiting', mapped_at: null, mapping_version_id: null, seen_unchanged: null },
  });
  expect(await chunk(second)).toMatchObject({
    ...{ ...plain, seq: 1, byte_start: 10, byte_end: 15, first_line: 2, lines: 1, sha256: sha256('c\n') },
    ...{ state: 'done', mapped_at: NOW, mapping_version_id: mappingVersionId, seen_unchanged: '{[7,9)}' },
  });
  expect(await chunk(theirs)).toMatchObject({
    ...{ ...plain, file_id: other, phase: 3, seq: 0, byte_start: 0, byte_end: 2, first_line: 0, lines: 1 },
  });
  const done = await db.sql`
    select file_id, bytes_done, lines_done, next_seq from export_file where run_id = ${site.runId} order by 1`;
  expect(done.map((row) => Object.values(row))).toEqual([
    [file, 15, 3, 2],
    [other, 2, 1, 1],
  ]);
  await expect(append(0, 'e\n', 2, 1)).rejects.toThrow('there is no file 0');
});

it('a chunk of no file is the next of its run, of all that it takes up, and what is loaded in it is of now', async () => {
  const site = await newSite(db.sql, 'opens');
  const other = await newSite(db.sql, 'opens-elsewhere');
  await newChunk(db.sql, site.runId, { file_id: await newFile(site), seq: 40 });
  await newChunk(db.sql, other.runId, { seq: 50 });
  await db.sql`update run set transaction_time = '2026-02-03T04:05:06Z' where run_id = ${site.runId}`;
  const connection = await readConnection(db.sql, site.connectionId);
  const run = (await readRun(db.sql, site.runId)) as Run;
  const open = (...keys: number[]) =>
    db.sql.begin((tx) => openChunkInTx(tx, { resolver, clock: () => NOW, keyring }, run, connection, keys));
  const [first, second] = [await open(5, 6), await open(7)];
  const version = await versionOf(site);
  expect(first).toEqual({
    ...{ connectionId: site.connectionId, connection, runId: site.runId, chunkId: first.chunkId, keyring },
    ...{ phase: LAST_PHASE, fileType: null, now: NOW, extractionDate: '2026-02-03', ...version },
  });
  const row = {
    ...{ run_id: site.runId, file_id: null, origin_chunk_id: null, phase: LAST_PHASE, state: 'done' },
    ...{ byte_start: 0, byte_end: 0, first_line: 0, mapped_at: NOW },
    mapping_version_id: version.mappingVersionId,
  };
  expect(await chunk(first.chunkId)).toMatchObject({ ...row, seq: 0, lines: 2, sha256: sha256('5,6') });
  expect(await chunk(second.chunkId)).toMatchObject({ ...row, seq: 1, lines: 1, sha256: sha256('7') });
});

it('chunks whose text is mapped again wait in the run that does it, in the order in which they came', async () => {
  const [before, site] = [await newSite(db.sql, 'came'), await newSite(db.sql, 'again')];
  const came = async (phase: number) =>
    await newChunk(db.sql, before.runId, {
      ...{ phase, lines: 9, first_line: 5, byte_start: 3, byte_end: 8, state: 'done' },
    });
  const [one, left, two] = [await came(3), await came(1), await came(2)];
  await db.sql`update chunk set sha256 = ${sha256('one')} where chunk_id = ${one}`;
  await db.sql.begin((tx) => addAgainInTx(tx, site.runId, [two, one]));
  const again = await db.sql`select * from chunk where run_id = ${site.runId} order by seq`;
  const row = {
    ...{ file_id: null, byte_start: 0, byte_end: 0, first_line: 0, lines: 0, state: 'waiting' },
    ...{ mapped_at: null, mapping_version_id: null },
  };
  expect(again).toMatchObject([
    { ...row, origin_chunk_id: one, seq: 1, phase: 3, sha256: sha256('one') },
    { ...row, origin_chunk_id: two, seq: 2, phase: 2, sha256: Buffer.alloc(0) },
  ]);
  expect(await chunk(left)).toMatchObject({ run_id: before.runId, state: 'done', lines: 9 });
});
