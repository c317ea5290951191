/**
 * Opens what a process needs (Postgres, queue, keys, memory of the vocabulary) from the environment, and closes it
 * again in the right order. API, workers, tick and CLI all start here.
 */
import type { Logger } from 'pino';
import { connect } from '../sql/connect.ts';
import { type Database, databaseSettings, openDatabase } from '../sql/database.ts';
import { secondsOf } from '../sql/environment.ts';
import { migrate } from '../sql/migrate.ts';
import { whenReady } from '../sql/when-ready.ts';
import { readWebhook } from './alerts/webhook.ts';
import { adoptNetworks } from './connection/adopt-networks.ts';
import { publishEnteredKeys } from './connection/jwks.ts';
import { bindSecrets } from './connection/reseal.ts';
import { createTokens } from './fhir/token/tokens.ts';
import { openKeys } from './key-provider.ts';
import { createReferenceMemory } from './load/reference-memory.ts';
import { openLog } from './log.ts';
import { openOutbound } from './outbound/outbound.ts';
import { type Clock, systemClock } from './step/clock.ts';
import type { Deps } from './step/deps.ts';
import { openDisk } from './step/disk.ts';
import { openQueue } from './step/queue.ts';
import { createResolver } from './vocabulary/resolve/resolver.ts';

const NO_LONGER_NEEDED =
  'EHR_REFUSE_PRIVATE_NETWORKS has no effect any more: addresses that are not public are refused everywhere, except ' +
  'those that sync_config.allowed_networks of a connection lists.';

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
  const outbound = openOutbound(env);
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
    for (const warning of [...database.warnings, ...warnings]) log.warn(warning);
    if (env['EHR_REFUSE_PRIVATE_NETWORKS']) log.warn(NO_LONGER_NEEDED);
    await adoptNetworks({ sql, log, clock, outbound });
    const queue = await openQueue({
      url: database.url,
      schemas: database.schemas,
      passive: options.passive ?? false,
      onError: (error) => log.error({ code: Reflect.get(error, 'code') }, `queue: ${error.message}`),
    });
    const keyring = await openKeys(env, (where) =>
      log.info({ where }, 'made a key for stored credentials; back it up with the database'),
    );
    const bound = await bindSecrets(sql, keyring);
    if (bound.resealed > 0) log.info({ secrets: bound.resealed }, 'stored secrets bound to their places');
    if (bound.unreadable > 0) {
      log.warn(
        { secrets: bound.unreadable },
        'stored secrets of the form before do not open: add their key to ENCRYPTION_KEYS_OLD and start again, or enter them again',
      );
    }
    await publishEnteredKeys(sql, keyring);
    const webhook = readWebhook(env);
    const deps: Deps = {
      ...{ sql, schemas: database.schemas, queue, clock, keyring, log, webhook, outbound },
      tokens: createTokens({ keyring, clock, outbound }),
      resolver: createResolver({ sql, clock }),
      references: createReferenceMemory(),
      firstLoads: new Map(),
      disk: openDisk(env, { sql, clock }),
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
