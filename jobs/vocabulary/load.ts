/**
 * Loads an Athena download as the new vocabulary. Everything happens in one transaction beside the tables in use:
 * twins are made, filled by COPY, indexed and checked, and swapped in at its end. Whatever interrupts it, a bad line
 * or a killed process, the old release stays and nothing is left behind. Memory does not grow with the files.
 */
import { basename } from 'node:path';
import type { Logger } from 'pino';
import type { Sql, Tx } from '../../sql/connect.ts';
import type { Clock } from '../deps.ts';
import { giveUp, tryAgain } from '../errors.ts';
import { type Bundle, openBundle } from './bundle.ts';
import { copyTable } from './copy-table.ts';
import { refuseObstacles } from './dependents.ts';
import { fileNameOf, VOCABULARY_TABLES, type VocabularyTable, WITHOUT } from './files.ts';
import { type Built, buildIndexes, findTable, makeTwin, type NewTable } from './new-tables.ts';
import { warningsOf } from './plausible.ts';
import { swapIn } from './swap.ts';

export interface LoadProgress {
  readonly step: 'copy' | 'index' | 'swap';
  readonly table: VocabularyTable | undefined;
  /** Of this table's file so far. */
  readonly bytes: number;
  readonly rows: number;
  /** Of all files, 0 to 1. */
  readonly fraction: number;
}

export interface LoadOptions {
  readonly sql: Sql;
  /** Folder, or zip as Athena sends it. */
  readonly source: string;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** How often the swap asks for tables that are in use before it gives up; a second or so each time. */
  readonly swapAttempts?: number | undefined;
}

export interface LoadedVocabulary {
  readonly release_id: number;
  readonly version: string;
  readonly tables: readonly { readonly name: VocabularyTable; readonly rows: number }[];
  readonly warnings: readonly string[];
  readonly seconds: number;
}

/** Advisory lock: one load at a time, in any process. */
export const LOCK = 7_204_513_378;

/** Memory for sorting the indexes' entries. */
export const SORT_MEMORY = '256MB';

export async function loadVocabulary(options: LoadOptions): Promise<LoadedVocabulary> {
  const { sql, source, clock, log } = options;
  const started = clock();
  const bundle = await openBundle(source);
  try {
    const loaded = await sql.begin((tx) => load(tx, bundle, options));
    const seconds = (clock().getTime() - started.getTime()) / 1000;
    for (const warning of loaded.warnings) log.warn({ release_id: loaded.release_id }, warning);
    log.info({ release_id: loaded.release_id, version: loaded.version, seconds }, 'vocabulary loaded');
    return { ...loaded, seconds };
  } finally {
    bundle.close();
  }
}

async function load(
  tx: Tx,
  bundle: Bundle,
  options: LoadOptions,
): Promise<Omit<LoadedVocabulary, 'seconds'>> {
  await begin(tx);
  const tables: NewTable[] = [];
  for (const name of VOCABULARY_TABLES) tables.push(await findTable(tx, name));
  await refuseObstacles(tx, tables);

  const copied = await copyAll(tx, tables, bundle, options);
  const version = await releaseVersion(tx, tables);
  const built: Built[] = [];
  for (const table of tables) {
    options.onProgress?.({
      step: 'index',
      table: table.name,
      bytes: 0,
      rows: copied.rows(table.name),
      fraction: 1,
    });
    built.push(...(await explainDuplicates(table, () => buildIndexes(tx, table))));
  }
  const warnings = [...copied.warnings, ...(await warningsOf(tx, tables, bundle.hasCpt4File))];

  options.onProgress?.({ step: 'swap', table: undefined, bytes: 0, rows: 0, fraction: 1 });
  let releaseId = 0;
  const record = async (inner: Tx): Promise<void> => {
    await inner`update vocabulary_release set is_current = false where is_current`;
    const [row] = await inner<{ release_id: number }[]>`
      insert into vocabulary_release (version, source, concepts, relationships, loaded_at)
      values (${version}, ${basename(options.source)}, ${copied.rows('concept')}, ${copied.rows('concept_relationship')},
              ${options.clock()})
      returning release_id`;
    releaseId = row?.release_id ?? 0;
  };
  const swapped = await swapIn(tx, tables, built, record, { attempts: options.swapAttempts ?? 600 });
  if (swapped.foreignKeys > 0) {
    warnings.push(
      `${swapped.foreignKeys} foreign keys hold for new rows only until "npm run migrate -- --constraints" has checked the rest.`,
    );
  }
  return {
    release_id: releaseId,
    version,
    tables: tables.map(({ name }) => ({ name, rows: copied.rows(name) })),
    warnings,
  };
}

async function begin(tx: Tx): Promise<void> {
  const [lock] = await tx<{ free: boolean }[]>`select pg_try_advisory_xact_lock(${LOCK}::bigint) as free`;
  if (!lock?.free) {
    throw tryAgain('vocabulary-load-running', 'Another vocabulary load is running. Wait for it to end.');
  }
  // A full release takes minutes; limits meant for requests do not apply. Sorting for the indexes gets more memory.
  await tx`
    select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true),
           set_config('maintenance_work_mem', ${SORT_MEMORY}, true), set_config('datestyle', 'ISO, YMD', true)`;
}

interface Copied {
  readonly warnings: string[];
  rows(name: VocabularyTable): number;
}

async function copyAll(tx: Tx, tables: NewTable[], bundle: Bundle, options: LoadOptions): Promise<Copied> {
  const total = [...bundle.files.values()].reduce((sum, file) => sum + file.bytes, 0);
  const rows = new Map<VocabularyTable, number>();
  const warnings: string[] = [];
  let before = 0;
  for (const table of tables) {
    await makeTwin(tx, table);
    const file = bundle.files.get(table.name);
    if (!file) {
      warnings.push(
        `${fileNameOf(table.name)} is not in the download: ${WITHOUT[table.name] ?? 'the table is empty'}.`,
      );
      continue;
    }
    const count = await copyTable(tx, file, table, ({ bytes, lines }) =>
      options.onProgress?.({
        step: 'copy',
        table: table.name,
        bytes,
        rows: lines,
        fraction: Math.min(1, (before + bytes) / Math.max(1, total)),
      }),
    );
    rows.set(table.name, count);
    before += file.bytes;
  }
  return { warnings, rows: (name) => rows.get(name) ?? 0 };
}

async function releaseVersion(tx: Tx, tables: NewTable[]): Promise<string> {
  const vocabulary = tables.find((table) => table.name === 'vocabulary');
  const [row] = await tx.unsafe<{ version: string | null }[]>(
    `select vocabulary_version as version from ${vocabulary?.fresh} where vocabulary_id = 'None'`,
  );
  if (row?.version) return row.version;
  throw giveUp(
    'vocabulary-version-missing',
    `${fileNameOf('vocabulary')}: expected a row with vocabulary_id None whose vocabulary_version names the release, ` +
      `found ${row ? 'one without a version' : 'none'}. Download the vocabulary again.`,
  );
}

/** Values of a primary key here are ids and names of vocabularies, so the server's detail may be shown. */
async function explainDuplicates<T>(table: NewTable, build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === '23505')) throw error;
    const detail = 'detail' in error ? `: ${String(error.detail)}` : '';
    throw giveUp(
      'vocabulary-duplicate',
      `${fileNameOf(table.name)} has a key twice${detail} Nothing was changed. Download the vocabulary again.`,
    );
  }
}
