/**
 * Loads an Athena download as the new vocabulary. Everything happens in one transaction beside the tables in
 * use: twins are created, filled by COPY, indexed and checked, and swapped in at its end. Whatever interrupts
 * it, be it a bad line or a killed process, the old release stays and nothing is left behind. Memory does not
 * grow with the files.
 */
import { basename } from 'node:path';
import type { Logger } from 'pino';
import { readCdmVersion, VOCABULARY_LOCK } from '../../../sql/cdm-version.ts';
import type { Sql, Tx } from '../../../sql/connect.ts';
import { distributeInTx, isDistributed } from '../../../sql/distribute.ts';
import { noun } from '../../../sql/noun.ts';
import type { VocabularyTable } from '../../../sql/vocabulary-tables.ts';
import type { Clock } from '../../step/clock.ts';
import type { Disk } from '../../step/disk.ts';
import { syncError } from '../../step/errors.ts';
import { checkConcepts } from '../check-concepts.ts';
import { countLostMaps } from '../local-maps/stored.ts';
import { countParts, type VocabularyPart } from '../releases.ts';
import { dayOf } from '../resolve/state.ts';
import { type Bundle, bytesOf, openBundle } from './bundle.ts';
import { copyTable } from './copy-table.ts';
import { refuseObstacles } from './dependents.ts';
import { fileNameOf, tablesOf, WITHOUT } from './files.ts';
import {
  type Built,
  buildIndex,
  findIndexes,
  findTable,
  findTwice,
  type Index,
  makeTwin,
  type NewTable,
} from './new-tables.ts';
import { warningsOf } from './plausible.ts';
import { followProgress, type LoadProgress, type Progress } from './progress.ts';
import { swapIn } from './swap.ts';

export interface LoadOptions {
  readonly sql: Sql;
  /** A folder, or the zip as Athena sends it. */
  readonly source: string;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Checked for free space before anything is read; without it nothing is checked. */
  readonly disk?: Disk | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** The folder in which the files must be once links are resolved. */
  readonly within?: string | undefined;
  /** Runs last in the load's transaction: what it writes is committed with the release, or neither is. */
  readonly record?: ((tx: Tx, loaded: Release) => Promise<void>) | undefined;
  /** How often the swap asks for tables that are in use before it gives up; a second or so each time. */
  readonly swapAttempts?: number | undefined;
}

export interface Release {
  readonly release_id: number;
  readonly version: string;
  readonly tables: readonly { readonly name: VocabularyTable; readonly rows: number }[];
  readonly warnings: readonly string[];
}

export interface LoadedVocabulary extends Release {
  readonly seconds: number;
}

/** Memory for sorting index entries. */
export const SORT_MEMORY = '256MB';

/**
 * Bytes of disk that a byte of text needs while the old release is still there: 1.2 for rows, 1 for indexes,
 * the rest for sorting them and for the WAL. A disk that fills up half-way would not only stop everything.
 * What Postgres had written of the new tables by then would never be given back.
 */
const ROOM_PER_BYTE = 3;

export async function loadVocabulary(options: LoadOptions): Promise<LoadedVocabulary> {
  const { sql, source, clock, log } = options;
  const started = clock();
  const bundle = await openBundle(source, options.within);
  try {
    await options.disk?.check(ROOM_PER_BYTE * bytesOf(bundle));
    const loaded = await sql.begin((tx) => load(tx, bundle, options));
    const seconds = (clock().getTime() - started.getTime()) / 1000;
    for (const warning of loaded.warnings) log.warn({ release_id: loaded.release_id }, warning);
    log.info({ release_id: loaded.release_id, version: loaded.version, seconds }, 'vocabulary loaded');
    return { ...loaded, seconds };
  } finally {
    bundle.close();
  }
}

async function load(tx: Tx, all: Bundle, options: LoadOptions): Promise<Release> {
  // Read to the end of the load: the CDM stays of this version until then.
  const names = tablesOf((await readCdmVersion(tx)).version);
  const bundle = { ...all, files: new Map([...all.files].filter(([name]) => names.includes(name))) };
  const progress = followProgress(bundle, (now) => options.onProgress?.(now));
  await begin(tx);
  const tables: NewTable[] = [];
  for (const name of names) tables.push(await findTable(tx, name));
  await refuseObstacles(tx, tables);

  const warnings = await copyAll(tx, tables, bundle, progress);
  const version = await releaseVersion(tx, tables);
  const built = await indexAll(tx, tables, progress);
  warnings.push(...(await warningsOf(tx, tables, bundle.hasCpt4File)));
  const parts = await countParts(tx, freshOf(tables, 'concept'), freshOf(tables, 'vocabulary'));

  progress.swapping();
  let releaseId = 0;
  const record = async (inner: Tx): Promise<void> => {
    releaseId = await recordRelease(inner, { ...options, version, parts, progress });
  };
  const swapped = await swapIn(tx, tables, built, record, { attempts: options.swapAttempts ?? 600 });
  // On Citus the new tables are still the coordinator's alone.
  if (await isDistributed(tx)) await distributeInTx(tx);
  if (swapped.foreignKeys > 0) {
    warnings.push(
      `${swapped.foreignKeys} foreign ${noun(swapped.foreignKeys, 'key holds', 'keys hold')} for new rows only until "npm run migrate -- --constraints" has checked the rest.`,
    );
  }
  const problems = await checkConcepts(tx);
  if (problems.length > 0) {
    warnings.push(
      `${problems.length} of the concepts that the mapping names are not in this release as expected. ` +
        'What that costs: npm run cli -- doctor',
    );
  }
  const lost = await countLostMaps(tx, dayOf(options.clock()));
  if (lost > 0) {
    warnings.push(
      `${lost} local ${noun(lost, 'map leads to a concept that is', 'maps lead to concepts that are')} not valid and Standard in this release, and ${noun(lost, 'maps', 'map')} nothing any more. ` +
        'Which: npm run cli -- maps list --state target-lost',
    );
  }
  const release = {
    release_id: releaseId,
    version,
    tables: tables.map(({ name }) => ({ name, rows: progress.rows(name) })),
    warnings,
  };
  await options.record?.(tx, release);
  return release;
}

interface NewRelease extends Pick<LoadOptions, 'source' | 'clock'> {
  readonly version: string;
  readonly parts: readonly VocabularyPart[];
  readonly progress: Progress;
}

async function recordRelease(
  tx: Tx,
  { version, source, clock, parts, progress }: NewRelease,
): Promise<number> {
  await tx`update vocabulary_release set is_current = false where is_current`;
  const [row] = await tx<{ release_id: number }[]>`
    insert into vocabulary_release (version, source, concepts, relationships, loaded_at)
    values (${version}, ${basename(source)}, ${progress.rows('concept')}, ${progress.rows('concept_relationship')},
            ${clock()})
    returning release_id`;
  const releaseId = row?.release_id ?? 0;
  const rows = parts.map((part) => ({ release_id: releaseId, ...part }));
  if (rows.length > 0) await tx`insert into vocabulary_release_part ${tx(rows)}`;
  return releaseId;
}

async function begin(tx: Tx): Promise<void> {
  const [lock] = await tx<
    { free: boolean }[]
  >`select pg_try_advisory_xact_lock(${VOCABULARY_LOCK}::bigint) as free`;
  if (!lock?.free) {
    throw syncError('vocabulary-load-running', { load: 'Another vocabulary load', state: 'running' });
  }
  // A full release takes minutes, so limits meant for requests do not apply, and sorting for the indexes gets
  // more memory.
  await tx`
    select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true),
           set_config('maintenance_work_mem', ${SORT_MEMORY}, true), set_config('datestyle', 'ISO, YMD', true)`;
}

/** Returns a warning for each missing file. */
async function copyAll(tx: Tx, tables: NewTable[], bundle: Bundle, progress: Progress): Promise<string[]> {
  const warnings: string[] = [];
  for (const table of tables) {
    await makeTwin(tx, table);
    const file = bundle.files.get(table.name);
    if (!file) {
      warnings.push(
        `${fileNameOf(table.name)} is not in the download: ${WITHOUT[table.name] ?? 'the table is empty'}.`,
      );
      continue;
    }
    const rows = await copyTable(tx, file, table, ({ bytes, lines }) =>
      progress.copying(table.name, bytes, lines),
    );
    progress.copied(table.name, rows);
  }
  return warnings;
}

async function indexAll(tx: Tx, tables: readonly NewTable[], progress: Progress): Promise<Built[]> {
  const indexes = new Map<VocabularyTable, Index[]>();
  for (const table of tables) indexes.set(table.name, await findIndexes(tx, table));
  progress.willIndex(new Map([...indexes].map(([name, wanted]) => [name, wanted.length])));
  const built: Built[] = [];
  for (const table of tables) {
    progress.indexed(table.name, 0);
    for (const [number, index] of (indexes.get(table.name) ?? []).entries()) {
      built.push(await buildOrExplain(tx, table, index, number));
      progress.indexed(table.name, number + 1);
    }
    await tx.unsafe(`analyze ${table.fresh}`);
  }
  return built;
}

function freshOf(tables: readonly NewTable[], name: VocabularyTable): string {
  return tables.find((table) => table.name === name)?.fresh ?? name;
}

async function releaseVersion(tx: Tx, tables: NewTable[]): Promise<string> {
  const [row] = await tx.unsafe<{ version: string | null }[]>(
    `select vocabulary_version as version from ${freshOf(tables, 'vocabulary')} where vocabulary_id = 'None'`,
  );
  if (row?.version) return row.version;
  throw syncError('vocabulary-version-missing', {
    file: fileNameOf('vocabulary'),
    found: row ? 'one without a version' : 'none',
  });
}

/** Builds the index in a savepoint, so that the rows can still be searched for duplicates when that fails. */
async function buildOrExplain(tx: Tx, table: NewTable, index: Index, number: number): Promise<Built> {
  try {
    return await tx.savepoint((inner) => buildIndex(inner, table, index, number));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === '23505')) throw error;
    const twice = await findTwice(tx, table, index);
    throw syncError('vocabulary-duplicate', {
      file: fileNameOf(table.name),
      place: twice ? `, lines ${twice.lines.join(' and ')}: ${twice.key}` : ': a key',
    });
  }
}
