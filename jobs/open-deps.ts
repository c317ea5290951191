/**
 * Makes what every step is given of what its process, or one of its threads, has opened: database, queue, keys, log. All
 * else is made anew in each, so that nothing is shared but the database.
 */
import type { Logger } from 'pino';
import about from '../package.json' with { type: 'json' };
import type { Schemas, Sql } from '../sql/connect.ts';
import { SERVER } from '../sql/settings/server.ts';
import type { Environment } from '../sql/settings/setting.ts';
import { readWebhook } from './alerts/webhook.ts';
import { opensKeys } from './connection/client-certificate.ts';
import { allowedAudiences } from './connection/destination.ts';
import type { Keyring } from './connection/keyring.ts';
import { createTokens } from './fhir/token/tokens.ts';
import { createReferenceMemory } from './load/reference-memory.ts';
import { measuringTokens } from './measure-tokens.ts';
import { measured } from './outbound/measured.ts';
import { openOutbound } from './outbound/outbound.ts';
import { readRecordSettings } from './record/settings.ts';
import { recordingTokens } from './record-key-use.ts';
import type { Clock } from './step/clock.ts';
import type { Deps } from './step/deps.ts';
import { openDisk } from './step/disk.ts';
import { openMeters } from './step/meters.ts';
import type { Queue } from './step/queue.ts';
import { readSettings } from './step/settings.ts';
import type { Traces } from './step/traces.ts';
import { openTraces } from './traces.ts';
import { createResolver } from './vocabulary/resolve/resolver.ts';

export interface Opened {
  readonly sql: Sql;
  readonly owner?: Sql | undefined;
  readonly schemas: Schemas;
  readonly queue: Queue;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface OpenedDeps {
  readonly deps: Deps;
  /** Adds the last figures, sends the last traces. */
  close(): Promise<void>;
}

export async function openDeps(env: Environment, opened: Opened): Promise<OpenedDeps> {
  const { sql, clock, keyring, log } = opened;
  const { VOCABULARY_DIR } = readSettings({ VOCABULARY_DIR: SERVER.VOCABULARY_DIR }, env);
  const meters = openMeters({ sql, onError: (code) => log.warn({ code }, 'figures are added later') });
  let traces: Traces | undefined;
  const close = async () => {
    await Promise.all([meters.stop(), traces?.stop().catch(() => {})]);
  };
  try {
    traces = await openTraces(env, await aboutUs(sql));
    const outbound = measured(openOutbound(env, { openKey: opensKeys(keyring) }), { meters, traces });
    const audiences = allowedAudiences(env);
    const tokens = createTokens({ keyring, clock, outbound, allowedAudiences: audiences });
    const deps: Deps = {
      ...opened,
      ...{ outbound, meters, traces, webhook: readWebhook(env), vocabularyDir: VOCABULARY_DIR },
      tokens: recordingTokens({ sql, clock }, measuringTokens(meters, tokens)),
      allowedAudiences: audiences,
      record: readRecordSettings(env),
      resolver: createResolver({ sql, clock }),
      references: createReferenceMemory(),
      firstLoads: new Map(),
      disk: openDisk(env, { sql, clock }),
    };
    return { deps, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What traces say of this installation: which database, since runs are numbered by it. */
async function aboutUs(sql: Sql): Promise<{ installation: string; version: string }> {
  const [row] = await sql<{ installation: string }[]>`
    select concat((select sha256 from migration order by name limit 1), '/', current_database(), '/',
      (select min(applied_at) from migration)) as installation`;
  return { installation: row?.installation ?? '', version: about.version };
}
