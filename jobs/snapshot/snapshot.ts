/**
 * A copy of the CDM with its vocabulary for a study, as it is at one moment: a folder of Parquet files, or one DuckDB file,
 * with a manifest. One that was interrupted goes on with the tables that are missing, if nothing has changed since.
 */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Schemas, Sql, Tx } from '../../sql/connect.ts';
import { isDistributed } from '../../sql/distribute.ts';
import { makeFolder } from '../../sql/make-folder.ts';
import { demandOwnFolder } from '../../sql/private-file.ts';
import { type CdmSource, readCdmSourceInTx } from '../connection/cdm-source.ts';
import { demandUnchanged, stateInTx } from '../step/cdm-state.ts';
import type { Clock } from '../step/clock.ts';
import { syncError } from '../step/errors.ts';
import { openDuck } from './duckdb.ts';
import { type Table, tablesInTx } from './tables.ts';
import { describeFile, parquetOf, type Written, writeDuckTable, writeParquet } from './write-table.ts';

export type Format = 'parquet' | 'duckdb';

export interface SnapshotOptions {
  readonly folder: string;
  readonly schema: string;
  readonly format: Format;
  readonly tables?: readonly string[];
  readonly program: string;
  /** Told when a table begins and when it is written. */
  readonly onTable?: (table: string, written: Written | undefined, at: number, of: number) => void;
}

/** `manifest.json` of the folder. While `complete` is false, tables are missing. */
export interface Manifest {
  readonly complete: boolean;
  readonly format: Format;
  readonly schema: string;
  readonly program: string;
  /** When the moment was that all tables are of. */
  readonly taken_at: string;
  /** Tells whether the CDM is still the same; see step/cdm-state.ts. */
  readonly state: string;
  /** The row of cdm_source: versions of CDM and vocabulary, days of extract and release. */
  readonly cdm_source: CdmSource;
  readonly tables: readonly Written[];
  /** Of the format duckdb: the file with all tables. */
  readonly database?: { readonly file: string; readonly bytes: number; readonly sha256: string };
}

const DATABASE = 'cdm.duckdb';

export async function takeSnapshot(
  deps: { readonly sql: Sql; readonly schemas: Schemas; readonly clock: Clock },
  options: SnapshotOptions,
): Promise<Manifest & { readonly kept: number }> {
  makeFolder(options.folder, 0o700);
  const owner = process.getuid?.();
  // Whoever may write there could lead our files elsewhere by links.
  if (owner !== undefined) demandOwnFolder(options.folder, { owner, forbidden: 0o022 });
  // DuckDB makes its files, temporary ones too, with the modes that the process gives.
  const before = process.umask(0o077);
  try {
    return await takeWithin(deps, options);
  } finally {
    process.umask(before);
  }
}

async function takeWithin(
  deps: { readonly sql: Sql; readonly schemas: Schemas; readonly clock: Clock },
  options: SnapshotOptions,
): Promise<Manifest & { readonly kept: number }> {
  return await deps.sql.begin('isolation level repeatable read read only', async (tx) => {
    const tables = await tablesInTx(tx, {
      ...{ schema: options.schema, cdm: deps.schemas.cdm },
      only: options.tables,
    });
    const fresh: Manifest = {
      ...{ complete: false, format: options.format, schema: options.schema, program: options.program },
      ...{ taken_at: deps.clock().toISOString(), state: await stateInTx(tx) },
      ...{ cdm_source: await readCdmSourceInTx(tx), tables: [] },
    };
    const begun = await begunBefore(options.folder, fresh, tables);
    const spread = await isDistributed(tx);
    const atItsEnd = async () => (spread ? await demandUnchanged(deps.sql, fresh.state) : undefined);
    return { ...(await writeAll(tx, options, tables, { begun, atItsEnd })), kept: begun.tables.length };
  });
}

async function writeAll(
  tx: Tx,
  { folder, format, onTable }: SnapshotOptions,
  tables: readonly Table[],
  { begun, atItsEnd }: { readonly begun: Manifest; readonly atItsEnd: () => Promise<void> },
): Promise<Manifest> {
  let manifest = begun;
  const { duck, close } = await openDuck(format === 'duckdb' ? join(folder, DATABASE) : ':memory:');
  try {
    for (const [at, table] of tables.entries()) {
      if (manifest.tables.some((one) => one.table === table.name)) continue;
      onTable?.(table.name, undefined, at, tables.length);
      const write = format === 'duckdb' ? writeDuckTable : writeParquet;
      const written = await write(tx, duck, folder, table);
      manifest = { ...manifest, tables: [...manifest.tables, written] };
      if (format === 'duckdb') await duck.run('checkpoint');
      await writeManifest(folder, manifest);
      onTable?.(table.name, written, at, tables.length);
    }
  } finally {
    close();
  }
  await atItsEnd();
  manifest = { ...manifest, complete: true };
  if (format === 'duckdb')
    manifest = { ...manifest, database: { file: DATABASE, ...(await describeFile(join(folder, DATABASE))) } };
  await writeManifest(folder, manifest);
  return manifest;
}

/** What another try of the same snapshot has written; nothing if the CDM has changed since. */
async function begunBefore(folder: string, fresh: Manifest, tables: readonly Table[]): Promise<Manifest> {
  const before = await readManifest(folder);
  if (before?.complete) throw syncError('snapshot-exists', { folder });
  const same =
    before !== undefined &&
    before.state === fresh.state &&
    before.schema === fresh.schema &&
    before.format === fresh.format &&
    before.tables.every((one) => tables.some((table) => table.name === one.table));
  if (same) return { ...fresh, taken_at: before.taken_at, tables: await thoseThere(folder, before) };
  // The manifest may have come with the folder: no file is taken away but one of a table, whatever it says.
  for (const { table } of before?.tables ?? [])
    if (/^[a-z_]+$/.test(table)) await rm(join(folder, parquetOf(table)), { force: true });
  await rm(join(folder, DATABASE), { force: true });
  await rm(join(folder, `${DATABASE}.wal`), { force: true });
  return fresh;
}

/** Tables whose file is as it was written. */
async function thoseThere(folder: string, { format, tables }: Manifest): Promise<readonly Written[]> {
  const sizeOf = (file: string) => stat(join(folder, file)).then(({ size }) => size, missing);
  if (format === 'duckdb') return (await sizeOf(DATABASE)) === undefined ? [] : tables;
  const sizes = await Promise.all(tables.map(({ file = '' }) => sizeOf(file)));
  return tables.filter(({ bytes }, index) => sizes[index] === bytes);
}

function missing(error: unknown): undefined {
  if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return undefined;
  throw error;
}

const manifestPath = (folder: string): string => join(folder, 'manifest.json');

async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(manifestPath(folder), 'utf8')) as Manifest;
  } catch (error) {
    if (error instanceof SyntaxError) throw syncError('snapshot-manifest', { folder });
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const unfinished = `${manifestPath(folder)}.part`;
  await writeFile(unfinished, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, manifestPath(folder));
}
