/**
 * What is well and what is not, one line each with what to do. Changes nothing: it neither migrates nor makes a key,
 * since what it finds must be what everyone else finds.
 */

import type { Schemas, Sql } from '../../sql/connect.ts';
import { pendingMigrations } from '../../sql/migrate.ts';
import { missingGrants, sayMissing } from '../../sql/roles.ts';
import { opensKeys } from '../connection/client-certificate.ts';
import type { Keyring } from '../connection/keyring.ts';
import { describeError } from '../step/describe-error.ts';
import { workerSigns } from '../step/worker-signs.ts';
import { checkConcepts } from '../vocabulary/check-concepts.ts';
import { countLostMaps } from '../vocabulary/local-maps/stored.ts';
import { dayOf } from '../vocabulary/resolve/state.ts';
import { citusOf } from './examine-citus.ts';
import { connectionsOf } from './examine-connections.ts';
import { diskOf, threadsHere, versionsOf, wayOut } from './examine-machine.ts';
import { queueOf, schedulesOf } from './examine-queue.ts';
import { serversOf } from './examine-servers.ts';
import type { Finding } from './finding.ts';

export interface Examined {
  readonly sql: Sql;
  readonly schemas: Schemas;
  /** Opens the keys; throws what is wrong with them. */
  readonly openKeys: () => Promise<Keyring>;
  /** Sessions under the logins that API and workers have. */
  readonly logins?: readonly { readonly role: 'api' | 'worker'; readonly sql: Sql }[];
  /** What the program is started with; without it nothing beside the database is looked at. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Asks no EHR for anything. */
  readonly offline?: boolean | undefined;
}

/** The oldest that the pipeline is tested on. */
const OLDEST_POSTGRES = 15;

export async function* examine(examined: Examined): AsyncGenerator<Finding> {
  const { sql, schemas, openKeys, logins = [], env, offline = false } = examined;
  if (env) yield versionsOf();
  const database = await databaseOf(sql);
  yield database;
  if (database.state === 'wrong') return;
  const schema = await schemaOf(sql, schemas);
  yield schema;
  const keys = await keysOf(openKeys);
  yield keys.finding;
  const out = env && wayOut(env, keys.keyring && opensKeys(keys.keyring));
  if (out) yield out.finding;
  if (schema.state === 'wrong') return;
  yield* citusOf(sql);
  if (env) yield await diskOf(env, sql);
  for (const { role, sql: session } of logins) yield await rightsOf(role, session, schemas);
  yield* vocabularyOf(sql);
  yield await localMapsOf(sql);
  yield await trigramsOf(sql);
  yield await workersOf(sql, schemas);
  if (env) yield threadsHere(env);
  yield await queueOf(sql, schemas);
  yield await schedulesOf(sql, new Date());
  yield* connectionsOf(sql, keys.keyring);
  if (out?.outbound && !offline) yield* serversOf(sql, out.outbound);
}

async function databaseOf(sql: Sql): Promise<Finding> {
  const what = 'database';
  try {
    const [row] = await sql<{ version: string; number: number }[]>`
      select current_setting('server_version') as version, current_setting('server_version_num')::int as number`;
    const found = `PostgreSQL ${row?.version}`;
    if ((row?.number ?? 0) >= OLDEST_POSTGRES * 10_000) return { state: 'well', what, found };
    return {
      state: 'advice',
      what,
      found,
      todo: `Tested from PostgreSQL ${OLDEST_POSTGRES} on: upgrade it.`,
    };
  } catch (error) {
    return {
      ...{ state: 'wrong', what, found: `cannot be reached (${describeError(error).code})` },
      todo: 'Check DATABASE_URL, that the server runs, and that this machine may connect.',
    };
  }
}

async function schemaOf(sql: Sql, schemas: Schemas): Promise<Finding> {
  const what = 'schema';
  const { pending, changed } = await pendingMigrations(sql, schemas);
  if (changed.length > 0) {
    return {
      ...{ state: 'wrong', what, found: `changed after they were applied: ${changed.join(', ')}` },
      todo: 'Restore these files.',
    };
  }
  if (pending.length > 0) {
    return { state: 'wrong', what, found: `not applied: ${pending.join(', ')}`, todo: 'npm run migrate' };
  }
  return { state: 'well', what, found: `current in ${schemas.cdm} and ${schemas.sync}` };
}

/** A login that lacks a right works until the first step or request that needs it. */
async function rightsOf(role: 'api' | 'worker', sql: Sql, schemas: Schemas): Promise<Finding> {
  const what = `rights of the ${role}'s login`;
  try {
    const missing = await missingGrants(sql, schemas, role);
    if (missing.length > 0)
      return { state: 'wrong', what, ...sayMissing(role, missing), details: missing.slice(5) };
    return { state: 'well', what, found: 'all there' };
  } catch (error) {
    return {
      ...{ state: 'wrong', what, found: `it cannot sign in (${describeError(error).code})` },
      todo: `Check ${role === 'api' ? 'API' : 'WORKER'}_DATABASE_URL.`,
    };
  }
}

async function keysOf(openKeys: Examined['openKeys']): Promise<{ finding: Finding; keyring?: Keyring }> {
  const what = 'encryption key';
  try {
    const keyring = await openKeys();
    return { keyring, finding: { state: 'well', what, found: `"${keyring.sealWith}" seals` } };
  } catch (error) {
    return { finding: { state: 'wrong', what, found: describeError(error).message } };
  }
}

async function* vocabularyOf(sql: Sql): AsyncGenerator<Finding> {
  const what = 'vocabulary';
  const [release] = await sql<
    { version: string; concepts: number; relationships: number; loaded_at: Date }[]
  >`
    select version, concepts, relationships, loaded_at from vocabulary_release where is_current`;
  if (!release) {
    yield {
      ...{ state: 'wrong', what, found: 'none is loaded' },
      todo: 'Download one from athena.ohdsi.org, then: npm run cli -- vocabulary load DIR|ZIP',
    };
    return;
  }
  const [concepts, relationships] = [release.concepts, release.relationships].map((n) =>
    n.toLocaleString('en-US'),
  );
  const when = release.loaded_at.toISOString().slice(0, 10);
  yield {
    ...{ state: 'well', what },
    found: `${release.version}, ${concepts} concepts, ${relationships} relationships, loaded ${when}`,
  };
  const [search] =
    await sql`select 1 from search_index join vocabulary_release using (release_id) where is_current`;
  if (search) yield { state: 'well', what: 'vocabulary search', found: 'built' };
  else {
    yield {
      ...{ state: 'advice', what: 'vocabulary search', found: 'not built for this release' },
      todo: 'npm run cli -- vocabulary index',
    };
  }
  const problems = await checkConcepts(sql);
  if (problems.length === 0) {
    yield { state: 'well', what: 'named concepts', found: 'all there, Standard, and in their domains' };
    return;
  }
  const missed = problems.filter((problem) => !problem.uses.startsWith('quality check'));
  yield {
    state: missed.length > 0 ? 'wrong' : 'advice',
    what: 'named concepts',
    found: `${problems.length} are not as expected`,
    todo:
      'Where these would be due, the columns below carry them all the same: rows that a join with concept leaves out, ' +
      'and that foreign keys to concept refuse. Load a complete download of athena.ohdsi.org.',
    concepts: problems,
  };
}

async function localMapsOf(sql: Sql): Promise<Finding> {
  const what = 'local maps';
  const lost = await countLostMaps(sql, dayOf(new Date()));
  if (lost === 0) return { state: 'well', what, found: 'all lead to Standard concepts' };
  return {
    ...{
      state: 'advice',
      what,
      found: `${lost} lead to concepts that are not valid and Standard, and map nothing`,
    },
    todo: 'npm run cli -- maps list --state target-lost',
  };
}

async function trigramsOf(sql: Sql): Promise<Finding> {
  const what = 'pg_trgm';
  const [row] = await sql<{ installed: boolean; available: boolean }[]>`
    select exists (select from pg_extension where extname = 'pg_trgm') as installed,
           exists (select from pg_available_extensions where name = 'pg_trgm') as available`;
  if (row?.installed) return { state: 'well', what, found: 'installed' };
  const cost = 'searches do not forgive typing errors, and suggestions for unmapped codes are poorer';
  return {
    ...{ state: 'advice', what },
    found: row?.available ? `not installed: ${cost}` : `not on this server: ${cost}`,
    todo: row?.available
      ? 'As a user who may: create extension pg_trgm'
      : "Install PostgreSQL's contrib modules.",
  };
}

/** Runs get on only while somebody works on them. */
async function workersOf(sql: Sql, schemas: Schemas): Promise<Finding> {
  const what = 'workers';
  const { seen_at, running } = await workerSigns(sql, schemas.queue);
  const last = seen_at
    ? `last seen ${seen_at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
    : 'never seen';
  if (running) return { state: 'well', what, found: `running, ${last}` };
  const waiting = await sql<{ said: string }[]>`
    select format('run %s of "%s" (%s)', r.run_id, c.site_key, r.status) as said
    from run r join connection c using (connection_id)
    where r.status in ('pending', 'exporting', 'downloading', 'processing')
    union all
    select format('the load of a vocabulary (%s)', state) from vocabulary_load where state in ('queued', 'running')
    order by 1`;
  const todo = 'npm start, npm run work, or let a timer call ticks.';
  if (waiting.length > 0) {
    const all = waiting.map(({ said }) => said).join(', ');
    return { state: 'wrong', what, found: `none runs (${last}), so these do not get on: ${all}`, todo };
  }
  const [scheduled] = await sql`
    select 1 from connection where is_active and sync_config ? 'schedule' limit 1`;
  if (scheduled)
    return { state: 'wrong', what, found: `none runs (${last}), so no scheduled sync starts`, todo };
  return { state: 'well', what, found: `none runs (${last}), and nothing waits for one` };
}
