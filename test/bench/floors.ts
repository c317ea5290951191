/**
 * What no implementation can beat on this machine: JSON.parse of the lines, and COPY of the finished rows
 * into clones of their tables with the same indexes (one connection, text format, durable).
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Keyring } from '../../jobs/connection/keyring.ts';
import { openBody } from '../../jobs/connection/sealed-data.ts';
import { unpack } from '../../jobs/lines/chunk-text.ts';
import type { Sql } from '../../sql/connect.ts';
import { copyIn } from '../../sql/copy-in.ts';
import { copyOut } from './copy-out.ts';
import { walPosition } from './site.ts';

export interface Table {
  readonly schema: string;
  readonly name: string;
}

/**
 * Tables of the CDM and of the synchronisation that hold no row yet: what a run fills can then be told. Of those in
 * partitions, the partitions.
 */
export async function emptyTables(sql: Sql): Promise<Table[]> {
  const tables = await sql<Table[]>`
    select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('cdm', 'ehr_sync') and c.relkind = 'r' order by 1, 2`;
  const empty: Table[] = [];
  for (const table of tables) {
    const rows = await sql`select 1 from ${sql(table.schema)}.${sql(table.name)} limit 1`;
    if (rows.length === 0) empty.push(table);
  }
  return empty;
}

export interface CopyFloor {
  readonly seconds: number;
  readonly rows: number;
  readonly walBytes: number;
  /** Seconds of each table, the longest first. */
  readonly tables: { readonly name: string; readonly seconds: number; readonly rows: number }[];
}

export async function copyFloor(sql: Sql, url: string, candidates: readonly Table[]): Promise<CopyFloor> {
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-floor-'));
  const tables: { name: string; seconds: number; rows: number }[] = [];
  try {
    await sql`create schema floor`;
    for (const { schema, name } of candidates) {
      await sql.unsafe(`create table floor.${name} (like ${schema}.${name} including all)`);
      await copyOut(url, `${schema}.${name}`, join(folder, name));
    }
    await sql`checkpoint`;
    const before = await walPosition(sql);
    const begin = performance.now();
    // One transaction: a commit waits for the disk, and a floor must not wait twenty times.
    await sql.begin(async (tx) => {
      for (const { name } of candidates) {
        const started = performance.now();
        const pieces = createReadStream(join(folder, name), { highWaterMark: 256 * 1024 });
        const rows = await copyIn(tx, `copy floor.${name} from stdin`, pieces);
        if (rows > 0) tables.push({ name, rows, seconds: (performance.now() - started) / 1000 });
      }
    });
    const seconds = (performance.now() - begin) / 1000;
    const walBytes = (await walPosition(sql)) - before;
    await sql`drop schema floor cascade`;
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    return { seconds, rows, walBytes, tables: tables.sort((a, b) => b.seconds - a.seconds) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function parseFloor(
  sql: Sql,
  keyring: Keyring,
  runId: number,
): Promise<{ seconds: number; bytes: number }> {
  const chunks = await sql<{ chunk_id: number; bytes: number }[]>`
    select chunk_id, byte_end - byte_start as bytes from chunk where run_id = ${runId} order by chunk_id`;
  let milliseconds = 0;
  let bytes = 0;
  for (const chunk of chunks) {
    const [row] = await sql<
      { body: Buffer }[]
    >`select body from chunk_body where chunk_id = ${chunk.chunk_id}`;
    if (!row) continue;
    const lines = (await unpack(await openBody(keyring, chunk.chunk_id, row.body)))
      .toString('utf8')
      .split('\n');
    const begin = performance.now();
    for (const line of lines) if (line !== '') JSON.parse(line);
    milliseconds += performance.now() - begin;
    bytes += chunk.bytes;
  }
  return { seconds: milliseconds / 1000, bytes };
}
