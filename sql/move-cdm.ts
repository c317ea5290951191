/**
 * Moves the CDM from 5.4 to 5.5 and back, while syncs go on. A move changes the catalogue and no row, so it takes
 * moments, in one transaction: everyone sees the tables, the version and what cdm_source says of it change at once.
 *
 * Whoever writes rows reads `cdm_version` first in its transaction, so a move waits until no writer is under way, while
 * new ones wait behind it. It asks for the tables only then, and steps back soon where a reader is in one of them: no
 * other reader queues behind it for longer than that. A load of the vocabulary is let end.
 *
 * Going back drops what 5.5 added, and with it the values there; another move to 5.5 brings them back by mapping what is
 * kept again. So what was mapped for 5.5 counts as mapped for this stay in 5.5 alone (`moves`).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import {
  ADDED_COLUMNS,
  ADDED_TABLES,
  type CdmVersion,
  NAMES,
  readCdmVersion,
  VOCABULARY_LOCK,
  versionConcept,
} from './cdm-version.ts';
import { type Schemas, type Sql, searchPath, type Tx } from './connect.ts';
import { distributeInTx, isDistributed } from './distribute.ts';
import { noun } from './noun.ts';
import { oneByOne } from './one-by-one.ts';
import { quoted } from './quoted.ts';
import { replaceViewInTx } from './replace-view.ts';
import { renewGrantsInTx, researchSchema } from './roles.ts';
import { inTransactionOf, type Session, withSchemaLock } from './schema-lock.ts';

export interface MoveOptions {
  /** Says that the values of 5.5 may go; without it no database goes back. */
  readonly loseValues?: boolean;
  /** How often the locks are asked for, a second or so each time. */
  readonly attempts?: number;
}

export interface Moved {
  readonly from: CdmVersion;
  readonly to: CdmVersion;
  /** Values and rows that went: `measurement.value_as_source_concept_id` → how many. */
  readonly lost: Readonly<Record<string, number>>;
}

/** A move that was not made; nothing was changed. The message says why, and what to do. */
export class MoveRefused extends Error {}

/** As long as writers of chunks may take that have begun. Others wait behind the move: now and then only. */
const WRITERS = ['800ms', '800ms', '5s'];
/**
 * Below deadlock_timeout (1 s), so that in a deadlock it is the move that steps back. Now and then longer than that, since
 * only then does an autovacuum give way.
 */
const READERS = ['800ms', '800ms', '800ms', '800ms', '2500ms'];
const PAUSE_MS = 250;
const BUSY = ['55P03', '40P01'];
const DEPENDENTS = '2BP01';

/** The vocabulary is being loaded. */
class Busy extends Error {}

export async function moveCdm(
  sql: Sql,
  schemas: Schemas,
  to: CdmVersion,
  options: MoveOptions = {},
): Promise<Moved> {
  const moved = await withSchemaLock(sql, async (session) => {
    const { version: from } = await readCdmVersion(session);
    const lost = from === '5.5' && to === '5.4' ? await countAdded(session) : {};
    if (Object.keys(lost).length > 0 && !options.loseValues) throw new MoveRefused(refusal(lost));
    if (from !== to) await whenFree(session, schemas, to, options.attempts ?? 600);
    return { from, to, lost };
  });
  if (to === '5.5') await indexVisits(sql, schemas);
  return moved;
}

/** In the caller's transaction, which holds the locks or is alone with a new database. */
export async function moveCdmInTx(tx: Session | Tx, schemas: Schemas, to: CdmVersion): Promise<void> {
  if (to === '5.5') {
    const distributed = await isDistributed(tx);
    const added = await readFile(join(import.meta.dirname, 'cdm-5.5.sql'), 'utf8');
    await tx.unsafe(`set local search_path to ${searchPath(schemas.cdm)}`);
    await tx.unsafe(distributed ? oneByOne(added) : added);
    await tx.unsafe(`set local search_path to ${searchPath(schemas.sync, schemas.cdm)}`);
    if (distributed) await distributeInTx(tx);
  } else {
    await dropAddedInTx(tx, schemas);
    await tx`
      delete from open_link
      where table_name = 'specimen' and column_name = any(${[...(ADDED_COLUMNS['specimen'] ?? [])]})`;
    await tx`truncate specimen_use`;
  }
  await tx`update cdm_version set version = ${to}, moves = moves + 1, since = now()`;
  await tx`
    update cdm_source s
    set cdm_version = ${NAMES[to].name}, cdm_version_concept_id = ${await versionConcept(tx, to)}
    from connection c where c.cdm_source_name = s.cdm_source_name`;
}

/** The copy for researchers shows cdm_source and the vocabulary as they are. */
async function dropAddedInTx(tx: Session | Tx, schemas: Schemas): Promise<void> {
  const copy = researchSchema(schemas);
  const views = await tx<{ name: string }[]>`
    select viewname as name from pg_views
    where schemaname = ${copy} and viewname = any(${['cdm_source', ...ADDED_TABLES]})`;
  for (const { name } of views) {
    if (name !== 'cdm_source') await tx.unsafe(`drop view ${quoted(copy)}.${quoted(name)}`);
  }
  const drop = async () => {
    for (const [table, columns] of Object.entries(ADDED_COLUMNS)) {
      const drops = columns.map((column) => `drop column if exists ${quoted(column)}`);
      await tx.unsafe(`alter table ${quoted(schemas.cdm)}.${quoted(table)} ${drops.join(', ')}`);
    }
    for (const table of ADDED_TABLES) {
      await tx.unsafe(`drop table if exists ${quoted(schemas.cdm)}.${quoted(table)}`);
    }
  };
  const source = { schema: copy, name: 'cdm_source' };
  if (!views.some(({ name }) => name === source.name)) await drop();
  else await replaceViewInTx(tx, source, `${quoted(schemas.cdm)}.cdm_source`, drop);
}

/** Whether the tables have everything of 5.5 already, as an existing CDM may. */
export async function hasAdded(sql: Sql | Session, schemas: Schemas): Promise<boolean> {
  const wanted = Object.entries(ADDED_COLUMNS).flatMap(([table, columns]) =>
    columns.map((column) => `${table}.${column}`),
  );
  const [found] = await sql<{ columns: number; tables: number }[]>`
    select count(*) filter (where table_name || '.' || column_name = any(${wanted})) as columns,
      count(distinct table_name) filter (where table_name = any(${[...ADDED_TABLES]})) as tables
    from information_schema.columns where table_schema = ${schemas.cdm}`;
  return found?.columns === wanted.length && found.tables === ADDED_TABLES.length;
}

/** Takes the locks, or fails as BUSY where somebody holds one for longer than the attempt waits. */
async function moveNowInTx(sql: Session, schemas: Schemas, to: CdmVersion, attempt: number): Promise<void> {
  const wait = (how: readonly string[]) =>
    sql`select set_config('lock_timeout', ${how[attempt % how.length] ?? ''}, true)`;
  await wait(WRITERS);
  const [load] = await sql<{ none: boolean }[]>`
    select pg_try_advisory_xact_lock(${VOCABULARY_LOCK}::bigint) as none`;
  if (!load?.none) throw new Busy();
  await sql`lock table cdm_version in access exclusive mode`;
  // Citus: what a table was changed by over several connections allows no command on a schema (grants) after it.
  if (await isDistributed(sql)) {
    await sql`select set_config('citus.multi_shard_modify_mode', 'sequential', true)`;
  }
  await wait(READERS);
  const tables = Object.keys(ADDED_COLUMNS).map((table) => `${quoted(schemas.cdm)}.${quoted(table)}`);
  await sql.unsafe(`lock table ${tables.join(', ')} in access exclusive mode`);
  await moveCdmInTx(sql, schemas, to);
  await renewGrantsInTx(sql, schemas);
}

async function whenFree(sql: Session, schemas: Schemas, to: CdmVersion, attempts: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransactionOf(sql, () => moveNowInTx(sql, schemas, to, attempt));
    } catch (error) {
      if (error instanceof postgres.PostgresError) {
        if (error.code === DEPENDENTS) throw new MoveRefused(dependents(error), { cause: error });
        if (!BUSY.includes(error.code)) throw error;
      } else if (!(error instanceof Busy)) throw error;
      if (attempt >= attempts) {
        throw new MoveRefused(
          `The tables of the CDM were in use each of the ${attempts} times that the move asked for them. Nothing was ` +
            'changed. End long queries and loads of a vocabulary (pg_stat_activity shows them), then run it again.',
          { cause: error },
        );
      }
      await pause(PAUSE_MS);
    }
  }
}

/** Values in what 5.5 added, except those of cdm_source, which the next run writes. */
async function countAdded(sql: Session): Promise<Record<string, number>> {
  const lost: Record<string, number> = {};
  for (const [table, columns] of Object.entries(ADDED_COLUMNS)) {
    if (table === 'cdm_source') continue;
    const [counts] = await sql.unsafe<Record<string, number>[]>(
      `select ${columns.map((column) => `count(${quoted(column)}) as ${quoted(column)}`).join(', ')} from ${quoted(table)}`,
    );
    for (const [column, count] of Object.entries(counts ?? {})) {
      if (count > 0) lost[`${table}.${column}`] = count;
    }
  }
  for (const table of ADDED_TABLES) {
    const [found] = await sql<{ rows: number }[]>`select count(*) as rows from ${sql(table)}`;
    if (found && found.rows > 0) lost[table] = found.rows;
  }
  return lost;
}

function refusal(lost: Readonly<Record<string, number>>): string {
  return (
    `CDM 5.4 has no place for ${sayLost(lost)}. They would be lost; a later move to 5.5 and ` +
    '"npm run cli -- remap --all" fill them again from what is kept, a load of the vocabulary its tables. Nothing was ' +
    'changed. To go back all the same: npm run migrate -- --cdm 5.4 --lose-values'
  );
}

/** `12 values of specimen.visit_occurrence_id, 3 rows of pack_content` */
export function sayLost(lost: Readonly<Record<string, number>>): string {
  return Object.entries(lost)
    .map(([name, count]) => `${count} ${noun(count, name.includes('.') ? 'value' : 'row')} of ${name}`)
    .join(', ');
}

function dependents(error: postgres.PostgresError): string {
  return (
    `Views or other objects of yours read what CDM 5.5 added, so it cannot be dropped: ${error.detail ?? error.message} ` +
    'Nothing was changed. Drop or change them first.'
  );
}

/** By these a visit finds its specimens when it goes. Built beside the writers, and anew where a build was cut off. */
async function indexVisits(sql: Sql, schemas: Schemas): Promise<void> {
  for (const column of ADDED_COLUMNS['specimen'] ?? []) {
    const name = `idx_specimen_${column}`;
    const table = `${quoted(schemas.cdm)}.specimen`;
    const [there] = await sql<{ valid: boolean }[]>`
      select x.indisvalid as valid from pg_class c join pg_index x on x.indexrelid = c.oid
      where c.relname = ${name} and c.relnamespace = ${schemas.cdm}::regnamespace`;
    if (there?.valid) continue;
    if (there) await sql.unsafe(`drop index concurrently ${quoted(schemas.cdm)}.${quoted(name)}`);
    await sql.unsafe(
      `create index concurrently ${quoted(name)} on ${table} (${quoted(column)}) where ${quoted(column)} is not null`,
    );
  }
}
