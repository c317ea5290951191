/**
 * Opens what a process needs (Postgres, queue, keys, memory of the vocabulary) from the environment, and closes it
 * again in the right order. API, workers, tick and CLI all start here.
 */
import type { Logger } from 'pino';
import type { CdmVersion } from '../sql/cdm-version.ts';
import { connect, type Schemas, type Sql } from '../sql/connect.ts';
import { type Database, databaseSettings, openDatabase } from '../sql/database.ts';
import { makeLoginsInTx } from '../sql/logins.ts';
import { migrate, pendingMigrations } from '../sql/migrate.ts';
import { noun } from '../sql/noun.ts';
import { makeRolesInTx } from '../sql/roles.ts';
import { DATABASE } from '../sql/settings/database.ts';
import { whenReady } from '../sql/when-ready.ts';
import { adoptNetworks } from './connection/adopt-networks.ts';
import { bindRows } from './connection/bind-rows.ts';
import { publishEnteredKeys } from './connection/jwks.ts';
import type { Keyring } from './connection/keyring.ts';
import { bindSecrets } from './connection/reseal.ts';
import { openKeys } from './key-provider.ts';
import { openLog } from './log.ts';
import { type OpenedDeps, openDeps } from './open-deps.ts';
import { openOutbound } from './outbound/outbound.ts';
import { recordInTx } from './record/record.ts';
import { type Clock, systemClock } from './step/clock.ts';
import type { Deps } from './step/deps.ts';
import { describeError } from './step/describe-error.ts';
import { openQueue, type Queue, type QueueOptions } from './step/queue.ts';
import { checkSettings, readSettings } from './step/settings.ts';
import { threadsOf } from './step/worker-threads.ts';
import { openThreads, type Threads, type ThreadsOptions } from './threads/pool.ts';

const NO_LONGER_NEEDED =
  'EHR_REFUSE_PRIVATE_NETWORKS has no effect any more: addresses that are not public are refused everywhere, except ' +
  'those that sync_config.allowed_networks of a connection lists.';

export interface Engine {
  readonly deps: Deps;
  readonly database: Database;
  /** The threads of its workers (WORKER_THREADS); undefined where the process runs all steps itself. */
  readonly openThreads: (options?: Pick<ThreadsOptions, 'entry'>) => Threads | undefined;
  close(): Promise<void>;
}

export interface EngineOptions {
  /** Neither supervises the queue nor runs cron. */
  readonly passive?: boolean;
  /** Under which role it works, where there are several; `worker` when left out. */
  readonly role?: 'worker' | 'api';
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Connections in the pool. */
  readonly connections?: number;
}

export async function openEngine(env: NodeJS.ProcessEnv, options: EngineOptions = {}): Promise<Engine> {
  const oddities = checkSettings(env);
  const settings = readSettings(DATABASE, env);
  const log = options.log ?? openLog(env);
  for (const oddity of oddities) log.warn(oddity);
  const clock = options.clock ?? systemClock;
  const outbound = openOutbound(env);
  const wanted = databaseSettings(env);
  const database = await openDatabase(wanted);
  const { schemas } = database;
  const url = database.urls[options.role ?? 'worker'];
  // A session that holds a lock for ever must not hold our steps for ever: they are tried again, and say why.
  const lockTimeoutMs = 1000 * settings.LOCK_TIMEOUT_SECONDS;
  const owner =
    database.ownsTables && database.url !== url
      ? connect(database.url, schemas, { max: 2, lockTimeoutMs })
      : undefined;
  const sql = connect(url, schemas, { max: options.connections ?? 12, lockTimeoutMs });
  const end = async (timeout: number) => {
    await Promise.all([sql.end({ timeout }), owner?.end({ timeout })]);
    await database.close();
  };
  let queue: Queue | undefined;
  let opened: OpenedDeps | undefined;
  try {
    await whenReady(owner ?? sql);
    for (const warning of database.warnings) log.warn(warning);
    if (env['EHR_REFUSE_PRIVATE_NETWORKS']) log.warn(NO_LONGER_NEEDED);
    if (database.ownsTables) await bringUpToDate(owner ?? sql, database, log, wanted.cdmVersion);
    else await refusePending(sql, schemas);
    await adoptNetworks({ sql: owner ?? sql, log, clock, outbound, addToRecordInTx: recordInTx });
    const ours = await openOwnedQueue(database, {
      url,
      schemas,
      passive: options.passive ?? false,
      onError: (error) => {
        const { code, message } = describeError(causeOf(error));
        log.error({ code }, `queue: ${message}`);
      },
    });
    queue = ours;
    const keyring = await openKeys(env, (where) =>
      log.info({ where }, 'made a key for stored credentials; back it up with the database'),
    );
    await bindStored(sql, keyring, log);
    await publishEnteredKeys(sql, keyring);
    const all = await openDeps(env, { sql, owner, schemas, queue: ours, keyring, clock, log });
    opened = all;
    return {
      deps: all.deps,
      database,
      openThreads: (given = {}) => {
        const count = threadsOf(env);
        const data = { env: { ...env }, url, schemas, keyring, logLevel: log.level };
        return count === 0 ? undefined : openThreads({ count, data, log, ...given });
      },
      close: async () => {
        await Promise.all([ours.close(), all.close()]);
        await end(10);
      },
    };
  } catch (error) {
    // What stays open keeps the process from ending, and its error from being the last thing that is said.
    await Promise.all([queue?.close(), opened?.close()]);
    await end(5);
    throw error;
  }
}

/** pg-boss wraps an error of the database in one whose message is that error. */
function causeOf(error: Error): unknown {
  const inner: unknown = Reflect.get(error, 'message');
  return inner instanceof Error ? inner : error;
}

/** Secrets of before are bound to their places and rows, and those that do not open are told. */
async function bindStored(sql: Sql, keyring: Keyring, log: Logger): Promise<void> {
  const bound = await bindSecrets(sql, keyring);
  if (bound.resealed > 0) log.info({ secrets: bound.resealed }, 'stored secrets bound to their places');
  if (bound.unreadable > 0) {
    log.warn(
      { secrets: bound.unreadable },
      'stored secrets of the form before do not open: add their key to ENCRYPTION_KEYS_OLD and start again, or enter them again',
    );
  }
  const rows = await bindRows(sql, keyring);
  if (rows.resealed > 0) log.info({ secrets: rows.resealed }, 'stored secrets bound to their rows');
  if (rows.unreadable > 0) {
    log.warn(
      { secrets: rows.unreadable },
      'secrets of webhooks or purges do not open: add their key to ENCRYPTION_KEYS_OLD and start again, or make the webhooks anew',
    );
  }
}

async function bringUpToDate(
  sql: Sql,
  { schemas, logins }: Database,
  log: Logger,
  cdmVersion: CdmVersion | undefined,
): Promise<void> {
  const { applied, warnings } = await migrate(sql, schemas, { cdmVersion });
  if (applied.length > 0) log.info({ applied }, 'database brought up to date');
  for (const warning of warnings) log.warn(warning);
  if (logins.length === 0) return;
  await sql.begin(async (tx) => {
    await makeRolesInTx(tx, schemas);
    await makeLoginsInTx(tx, schemas, logins);
  });
}

async function refusePending(sql: Sql, schemas: Schemas): Promise<void> {
  const { pending } = await pendingMigrations(sql, schemas);
  if (pending.length === 0) return;
  throw new Error(
    `The database is not up to date (${pending.length} ${noun(pending.length, 'file')} to apply), and this process may not change it. ` +
      'Run "npm run migrate" with DATABASE_URL of the owner of the tables first.',
  );
}

/** Opens the queue; where its tables are missing or old, their owner makes them first. */
async function openOwnedQueue(database: Database, options: QueueOptions): Promise<Queue> {
  if (database.ownsTables && database.url === options.url) return await openQueue(options);
  try {
    return await openQueue({ ...options, prepared: true });
  } catch (error) {
    if (!database.ownsTables) throw error;
    await (await openQueue({ ...options, url: database.url, passive: true })).close();
    return await openQueue({ ...options, prepared: true });
  }
}
