/**
 * Applies sql/migrations/*.sql in name order, each once, in a transaction of its own. All of it happens under
 * one advisory lock, so that two processes that start together apply each file once. The SHA-256 of each file
 * is kept: an edited file is refused. Line 1 of a file says where it runs: `-- schema: cdm` or `-- schema:
 * sync`.
 *
 * A CDM that is already there (a table `person` that we did not make) is used as it is: the files for it are
 * recorded as skipped. Views (sql/views/*.sql) are not versioned: all are recreated, in one transaction,
 * whenever one has changed.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CdmVersion, DEFAULT_CDM_VERSION, readCdmVersion } from './cdm-version.ts';
import { type Schemas, type Sql, searchPath, type Tx } from './connect.ts';
import { isDistributed } from './distribute.ts';
import { hasAdded, moveCdmInTx } from './move-cdm.ts';
import { oneByOne } from './one-by-one.ts';
import { quoted } from './quoted.ts';
import { renewGrantsInTx } from './roles.ts';
import { inTransactionOf, type Session, withSchemaLock } from './schema-lock.ts';

const HERE = import.meta.dirname;

export interface Migrated {
  readonly applied: string[];
  /** True when the CDM was there before us and was left alone. */
  readonly existingCdm: boolean;
  readonly cdmVersion: CdmVersion;
  /** What an operator should know, e.g. an existing CDM whose ids are too narrow. */
  readonly warnings: string[];
}

export async function migrate(
  sql: Sql,
  schemas: Schemas,
  options: { constraints?: boolean; cdmVersion?: CdmVersion | undefined } = {},
): Promise<Migrated> {
  const files = await Promise.all((await sqlFiles('migrations')).map((name) => read('migrations', name)));
  const views = await Promise.all((await sqlFiles('views')).map((name) => read('views', name)));
  return await withSchemaLock(sql, async (session) => {
    await session.unsafe(`create schema if not exists ${quoted(schemas.sync)}`);
    await session.unsafe(`create schema if not exists ${quoted(schemas.cdm)}`);
    await session.unsafe(
      `create table if not exists ${quoted(schemas.sync)}.migration (
         name text primary key, sha256 text not null, applied_at timestamptz not null default now(), skipped boolean not null default false)`,
    );
    const done = new Map<string, { sha256: string; skipped: boolean }>();
    for (const row of await session<{ name: string; sha256: string; skipped: boolean }[]>`
      select name, sha256, skipped from migration`) {
      done.set(row.name, row);
    }
    const existingCdm =
      [...done.values()].some((row) => row.skipped) ||
      (![...done.keys()].some((name) => name.startsWith('0001')) && (await hasPerson(session, schemas.cdm)));

    const applied = await applyFiles(session, schemas, files, {
      ...{ done, existingCdm, wanted: options.cdmVersion },
    });
    if (await viewsChanged(session, views)) {
      await inTransactionOf(session, async () => {
        await recreateViews(session, views, schemas);
        await grantsAreDueInTx(session, schemas);
      });
      applied.push('views');
    }
    if (options.constraints) {
      const constraints = await read('.', 'cdm-constraints.sql');
      await inTransactionOf(session, async () => {
        await session.unsafe(`set local search_path to ${searchPath(schemas.cdm)}`);
        await session.unsafe(constraints.text);
      });
      applied.push('cdm-constraints');
    }
    await inTransactionOf(session, () => renewGrantsOnceInTx(session, schemas));
    const { version: cdmVersion } = await readCdmVersion(session);
    const warnings = existingCdm ? await narrowIds(session, schemas.cdm) : [];
    if (options.cdmVersion && options.cdmVersion !== cdmVersion) {
      warnings.push(
        `CDM_VERSION is ${options.cdmVersion}, and the tables are of CDM ${cdmVersion}. Only a new database follows the ` +
          `setting; this one moves by: npm run migrate -- --cdm ${options.cdmVersion}`,
      );
    }
    return { applied, existingCdm, cdmVersion, warnings };
  });
}

interface Applying {
  readonly done: ReadonlyMap<string, { readonly sha256: string }>;
  readonly existingCdm: boolean;
  readonly wanted: CdmVersion | undefined;
}

/** Applies what has not been applied, and resolves to the names. */
async function applyFiles(
  session: Session,
  schemas: Schemas,
  files: readonly SqlFile[],
  of: Applying,
): Promise<string[]> {
  const applied: string[] = [];
  const distributed = await isDistributed(session);
  for (const file of files) {
    const before = of.done.get(file.name);
    if (before && before.sha256 !== file.sha256) {
      throw new Error(
        `Migration ${file.name} was changed after it had been applied (expected sha256 ${before.sha256.slice(0, 12)}…, ` +
          `found ${file.sha256.slice(0, 12)}…). Restore the file and put the change in a new one.`,
      );
    }
    if (before) continue;
    const skipped = file.schema === 'cdm' && of.existingCdm;
    await inTransactionOf(session, async () => {
      await session.unsafe(`set local search_path to ${searchPath(...pathOf(file.schema, schemas))}`);
      if (!skipped) {
        await session.unsafe(distributed && file.schema === 'cdm' ? oneByOne(file.text) : file.text);
      }
      if (file.name === VERSION_FILE) {
        await settleVersionInTx(session, schemas, of);
      }
      await session.unsafe(
        `insert into ${quoted(schemas.sync)}.migration (name, sha256, skipped) values ('${file.name}', '${file.sha256}', ${skipped})`,
      );
      await grantsAreDueInTx(session, schemas);
    });
    applied.push(file.name);
  }
  return applied;
}

/**
 * Files that have not been applied yet, and files that were changed after they had been. Views count as
 * files.
 */
export async function pendingMigrations(
  sql: Sql,
  schemas: Schemas,
): Promise<{ pending: string[]; changed: string[] }> {
  const table = `${schemas.sync}.migration`;
  const [there] =
    await sql`select 1 from pg_tables where schemaname = ${schemas.sync} and tablename = 'migration'`;
  const applied = there
    ? await sql<{ name: string; sha256: string }[]>`select name, sha256 from ${sql(table)}`
    : [];
  const known = new Map(applied.map((row) => [row.name, row.sha256]));
  const files = await Promise.all((await sqlFiles('migrations')).map((name) => read('migrations', name)));
  const views = await Promise.all((await sqlFiles('views')).map((name) => read('views', name)));
  return {
    pending: [
      ...files.filter((file) => !known.has(file.name)).map((file) => file.name),
      ...views
        .filter((view) => known.get(`views/${view.name}`) !== view.sha256)
        .map((view) => `views/${view.name}`),
    ],
    changed: files
      .filter((file) => known.has(file.name) && known.get(file.name) !== file.sha256)
      .map((file) => file.name),
  };
}

/** The file that begins to note the version. */
const VERSION_FILE = '0355-cdm-version.sql';

/**
 * A new database gets the version wanted, and an existing CDM is of the version that its tables are of. It is part of the
 * file's transaction, so that no other moment exists at which the version is still open. New is what holds nothing, since a
 * process may have ended after the tables were made.
 */
async function settleVersionInTx(
  tx: Session,
  schemas: Schemas,
  of: { readonly existingCdm: boolean; readonly wanted: CdmVersion | undefined },
): Promise<void> {
  if (of.existingCdm) {
    if (await hasAdded(tx, schemas)) await tx`update cdm_version set version = '5.5'`;
    return;
  }
  const version = of.wanted ?? DEFAULT_CDM_VERSION;
  if (version === '5.4' || !(await isEmpty(tx))) return;
  await moveCdmInTx(tx, schemas, version);
  await tx.unsafe(`set local search_path to ${searchPath(schemas.sync, schemas.cdm)}`);
}

async function isEmpty(sql: Session): Promise<boolean> {
  const [found] = await sql<{ used: boolean }[]>`
    select exists (select from connection) or exists (select from person) or exists (select from concept) as used`;
  return found?.used === false;
}

interface SqlFile {
  name: string;
  text: string;
  sha256: string;
  schema: 'cdm' | 'sync';
}

async function sqlFiles(folder: string): Promise<string[]> {
  return (await readdir(join(HERE, folder))).filter((name) => name.endsWith('.sql')).sort();
}

async function read(folder: string, name: string): Promise<SqlFile> {
  const text = await readFile(join(HERE, folder, name), 'utf8');
  const schema = /^-- schema: (cdm|sync)\b/.exec(text)?.[1] === 'cdm' ? 'cdm' : 'sync';
  return { name, text, sha256: createHash('sha256').update(text).digest('hex'), schema };
}

function pathOf(schema: 'cdm' | 'sync', schemas: Schemas): string[] {
  return schema === 'cdm' ? [schemas.cdm] : [schemas.sync, schemas.cdm];
}

/** The row of `migration` that says that the roles have their grants. */
const GRANTS = 'grants';

/**
 * Grants what the roles may, where something was applied since. Whatever is applied takes the row away in its own
 * transaction, so a process that ends before this leaves the grants to the next one.
 */
async function renewGrantsOnceInTx(tx: Session, schemas: Schemas): Promise<void> {
  const table = `${quoted(schemas.sync)}.migration`;
  const there = await tx.unsafe(`select 1 from ${table} where name = '${GRANTS}'`);
  if (there.length > 0) return;
  await renewGrantsInTx(tx, schemas);
  await tx.unsafe(`insert into ${table} (name, sha256) values ('${GRANTS}', '')`);
}

async function grantsAreDueInTx(tx: Session, schemas: Schemas): Promise<void> {
  await tx.unsafe(`delete from ${quoted(schemas.sync)}.migration where name = '${GRANTS}'`);
}

async function hasPerson(sql: Session, schema: string): Promise<boolean> {
  const rows = await sql`select 1 from pg_tables where schemaname = ${schema} and tablename = 'person'`;
  return rows.length > 0;
}

async function viewsChanged(sql: Session, views: SqlFile[]): Promise<boolean> {
  const rows = await sql<{ name: string; sha256: string }[]>`
    select name, sha256 from migration where name like 'views/%'`;
  const known = new Map(rows.map((row) => [row.name, row.sha256]));
  return known.size !== views.length || views.some((view) => known.get(`views/${view.name}`) !== view.sha256);
}

/** Drops all our views and creates them again. */
async function recreateViews(sql: Session | Tx, views: SqlFile[], schemas: Schemas): Promise<void> {
  await sql.unsafe(`set local search_path to ${searchPath(schemas.sync, schemas.cdm)}`);
  const old = await sql<{ name: string }[]>`
    select viewname as name from pg_views where schemaname = ${schemas.sync}`;
  for (const { name } of old)
    await sql.unsafe(`drop view if exists ${quoted(schemas.sync)}.${quoted(name)} cascade`);
  await sql`delete from migration where name like 'views/%'`;
  for (const view of views) {
    await sql.unsafe(view.text);
    await sql`insert into migration (name, sha256) values (${`views/${view.name}`}, ${view.sha256})`;
  }
}

/** OHDSI's own DDL makes ids `integer`; ours pass 2^31 as soon as the resource_key passes two million. */
async function narrowIds(sql: Session, schema: string): Promise<string[]> {
  const rows = await sql<{ table_name: string; column_name: string }[]>`
    select t.table_name, t.id_column as column_name
    from (
      select bit, table_name, id_column from cdm_table
      union all
      select 100, name, name || '_id' from unnest(array['observation_period', 'condition_era', 'drug_era', 'dose_era']) as name
    ) t
    join information_schema.columns c
      on c.table_schema = ${schema} and c.table_name = t.table_name and c.column_name = t.id_column
    where c.data_type = 'integer'
    order by t.bit`;
  return rows.map(
    (row) =>
      `${schema}.${row.table_name}.${row.column_name} is integer and will overflow; run: alter table ` +
      `${quoted(schema)}.${row.table_name} alter column ${row.column_name} type bigint;`,
  );
}
