/**
 * One table from Postgres into a file. Postgres writes CSV into a named pipe and DuckDB reads it there, so the rows pass
 * through this process as bytes only, and nothing is held but a buffer.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { Tx } from '../../sql/connect.ts';
import { literal } from '../../sql/quoted.ts';
import { syncError } from '../step/errors.ts';
import type { Duck } from './duckdb.ts';
import { copyOut, readCsv, type Table } from './tables.ts';

export interface Written {
  readonly table: string;
  readonly rows: number;
  readonly columns: Table['columns'];
  /** Of a Parquet file. */
  readonly file?: string;
  readonly bytes?: number;
  readonly sha256?: string;
}

export const parquetOf = (table: string): string => `${table}.parquet`;

/** As a Parquet file of the folder. Until it is whole it has another name. */
export async function writeParquet(tx: Tx, duck: Duck, folder: string, table: Table): Promise<Written> {
  const file = parquetOf(table.name);
  const unfinished = join(folder, `.${file}.part`);
  try {
    const rows = await pour(tx, duck, folder, table, (source) => ({
      run: `copy (select * from ${source}) to ${literal(unfinished)} (format parquet, compression zstd)`,
      count: `select count(*) as rows from read_parquet(${literal(unfinished)})`,
    }));
    await rename(unfinished, join(folder, file));
    return {
      table: table.name,
      rows,
      columns: table.columns,
      file,
      ...(await describeFile(join(folder, file))),
    };
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** As a table of the DuckDB file that is open. */
export async function writeDuckTable(tx: Tx, duck: Duck, folder: string, table: Table): Promise<Written> {
  const name = `"${table.name}"`;
  const rows = await pour(tx, duck, folder, table, (source) => ({
    run: `create or replace table ${name} as select * from ${source}`,
    count: `select count(*) as rows from ${name}`,
  }));
  return { table: table.name, rows, columns: table.columns };
}

/** Counts on both sides: a copy that was cut short must not pass for a whole one. */
async function pour(
  tx: Tx,
  duck: Duck,
  folder: string,
  table: Table,
  statements: (source: string) => { readonly run: string; readonly count: string },
): Promise<number> {
  const [there] = await tx<{ rows: number }[]>`
    select count(*) as rows from ${tx(table.schema)}.${tx(table.name)}`;
  const within = await mkdtemp(join(folder, '.pipe-'));
  const pipe = join(within, 'rows.csv');
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', pipe]);
    const { run, count } = statements(readCsv(table, pipe));
    const lines = await tx.unsafe(copyOut(table)).readable();
    lines.once('end', () => resumeSocket(lines));
    await bothEnds(pipe, lines, () => duck.run(run));
    const [[written] = []] = (await duck.runAndReadAll(count)).getRows();
    const rows = Number(written);
    if (rows !== there?.rows)
      throw syncError('snapshot-short', { table: table.name, rows, expected: there?.rows ?? 0 });
    return rows;
  } finally {
    await rm(within, { recursive: true, force: true });
  }
}

/**
 * While the reader is slower than the server, postgres.js pauses the socket, and goes on when more is asked for. Of a stream
 * that is at its end nothing more is asked: paused at the last bytes, the connection would never answer again.
 */
function resumeSocket(rows: Readable): void {
  rows._read(0);
}

/**
 * Opening a pipe waits for the other end, so an end that fails before it opens would leave the other waiting for ever. That
 * Postgres can answer is known first; when DuckDB fails, we take its place until the writer has noticed.
 */
async function bothEnds(pipe: string, rows: Readable, read: () => Promise<unknown>): Promise<void> {
  const writing = write(rows, pipe);
  const reading = read().catch(async (error: unknown) => {
    const instead = await open(pipe, 'r+');
    rows.resume();
    await writing.catch(() => {});
    await instead.close();
    throw error;
  });
  const [read_, written] = await Promise.allSettled([reading, writing]);
  if (read_.status === 'rejected') throw read_.reason;
  if (written.status === 'rejected') throw written.reason;
}

async function write(rows: Readable, pipe: string): Promise<void> {
  const out = createWriteStream(pipe);
  out.on('error', () => {});
  try {
    // The rest is read even when nobody wants it: a COPY that is let lie would hold its connection.
    for await (const bytes of rows.iterator({ destroyOnReturn: false })) {
      if (out.errored) throw out.errored;
      if (!out.write(bytes)) await once(out, 'drain');
    }
    out.end();
    await finished(out);
  } catch (error) {
    out.destroy();
    rows.resume();
    throw error;
  }
}

export async function describeFile(
  path: string,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { bytes: (await stat(path)).size, sha256: hash.digest('hex') };
}
