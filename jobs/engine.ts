/**
 * Opens what a process needs (Postgres, queue, keys, memory of the vocabulary) from the environment, and closes it
 * again in the right order. API, workers, tick and CLI all start here.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { connect } from '../sql/connect.ts';
import { type Database, databaseSettings, openDatabase } from '../sql/database.ts';
import { secondsOf } from '../sql/environment.ts';
import { migrate } from '../sql/migrate.ts';
import { whenReady } from '../sql/when-ready.ts';
import { readWebhook } from './alerts/webhook.ts';
import { type Keyring, openKeyring } from './connection/secrets.ts';
import { createTokens } from './fhir/token/tokens.ts';
import { createReferenceMemory } from './load/reference-memory.ts';
import { openLog } from './log.ts';
import { readRecordSettings } from './record/settings.ts';
import { recordingTokens } from './record-key-use.ts';
import { type Clock, systemClock } from './step/clock.ts';
import type { Deps } from './step/deps.ts';
import { openDisk } from './step/disk.ts';
import { openQueue } from './step/queue.ts';
import { createResolver } from './vocabulary/resolve/resolver.ts';

export interface Engine {
  readonly deps: Deps;
  readonly database: Database;
  close(): Promise<void>;
}

export interface EngineOptions {
  /** Neither supervises the queue nor runs cron. */
  readonly passive?: boolean;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Connections in the pool. */
  readonly connections?: number;
}

export async function openEngine(env: NodeJS.ProcessEnv, options: EngineOptions = {}): Promise<Engine> {
  const log = options.log ?? openLog(env);
  const clock = options.clock ?? systemClock;
  const database = await openDatabase(databaseSettings(env));
  const sql = connect(database.url, database.schemas, {
    max: options.connections ?? 12,
    // A session that holds a lock for ever must not hold our steps for ever: they are tried again, and say why.
    lockTimeoutMs: 1000 * secondsOf(env, 'LOCK_TIMEOUT_SECONDS', 60),
  });
  try {
    await whenReady(sql);
    const { applied, warnings } = await migrate(sql, database.schemas);
    if (applied.length > 0) log.info({ applied }, 'database brought up to date');
    for (const warning of warnings) log.warn(warning);
    const queue = await openQueue({
      url: database.url,
      schemas: database.schemas,
      passive: options.passive ?? false,
      onError: (error) => log.error({ code: Reflect.get(error, 'code') }, `queue: ${error.message}`),
    });
    const keyring = await openKeys(env, log);
    const webhook = readWebhook(env);
    const deps: Deps = {
      ...{ sql, schemas: database.schemas, queue, clock, keyring, log, webhook },
      tokens: recordingTokens({ sql, clock }, createTokens({ keyring, clock })),
      record: readRecordSettings(env),
      resolver: createResolver({ sql, clock }),
      references: createReferenceMemory(),
      firstLoads: new Map(),
      disk: openDisk(env, { sql, clock }),
      refusePrivateNetworks: env['EHR_REFUSE_PRIVATE_NETWORKS'] === 'true',
      vocabularyDir: env['VOCABULARY_DIR'] || undefined,
    };
    return {
      deps,
      database,
      close: async () => {
        await queue.close();
        await sql.end({ timeout: 10 });
        await database.close();
      },
    };
  } catch (error) {
    await sql.end({ timeout: 5 });
    await database.close();
    throw error;
  }
}

/**
 * ENCRYPTION_KEY, or for the embedded database a key made once and kept beside it. With a database of one's own the
 * key must be given: two processes that made one each could not read each other's secrets.
 */
async function openKeys(env: NodeJS.ProcessEnv, log: Logger): Promise<Keyring> {
  const file = keyFile(env);
  if (!env['ENCRYPTION_KEY'] && !env['DATABASE_URL'] && !existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' });
    log.info({ file }, 'made a key for stored credentials; back it up with the database');
  }
  return findKeys(env);
}

/** The keys that are there; makes none. */
export async function findKeys(env: NodeJS.ProcessEnv): Promise<Keyring> {
  if (env['ENCRYPTION_KEY']) return openKeyring({ ENCRYPTION_KEY: env['ENCRYPTION_KEY'] });
  if (env['DATABASE_URL']) {
    throw new Error(
      'ENCRYPTION_KEY is not set. With a database of your own, give every process the same key: ' +
        'ENCRYPTION_KEY=$(openssl rand -base64 32). Keep it safe: without it the stored credentials cannot be read.',
    );
  }
  const file = keyFile(env);
  if (existsSync(file)) return openKeyring({ ENCRYPTION_KEY: readFileSync(file, 'utf8').trim() });
  throw new Error('There is no key yet; the first start of API, workers or another command makes one.');
}

function keyFile(env: NodeJS.ProcessEnv): string {
  return join(resolve(env['DATA_DIR'] || '.data'), 'encryption.key');
}
