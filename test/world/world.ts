/**
 * The pipeline on a database of its own, with the demo vocabulary as the real loader leaves it, simulated EHRs and a
 * clock that only the test moves. A file has one world and many sites: each is a connection with an EHR of its own, so
 * that scenarios do not meet. No time passes while a test waits: `drain` runs what is ready, and when only jobs remain
 * that are to start later (Retry-After, retries), it moves the clock by what they ask for and lets the first one start.
 */
import { randomBytes } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { pino } from 'pino';
import { openKeyring } from '../../jobs/connection/keyring.ts';
import { seal } from '../../jobs/connection/secrets.ts';
import { createTokens } from '../../jobs/fhir/token/tokens.ts';
import { createReferenceMemory } from '../../jobs/load/reference-memory.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import { openQueue, queueName, STEP_NAMES, type StepName } from '../../jobs/step/queue.ts';
import { tick } from '../../jobs/tick.ts';
import { createResolver } from '../../jobs/vocabulary/resolve/resolver.ts';
import type { Sql } from '../../sql/connect.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { type Ehr, type EhrOptions, startEhr } from '../ehr/server.ts';
import { ec } from '../fhir/keys.ts';
import { LOOPBACK, outbound } from '../outbound/local.ts';
import { startRun } from './verbs.ts';

export interface World {
  readonly deps: Deps;
  readonly sql: Sql;
  readonly database: TestDatabase;
  readonly clock: TestClock;
  /** Of the client, one for all sites. */
  readonly privateKey: string;
  /** Its public half. */
  readonly publicKey: JWK;
  /** For processes of their own over the same database. */
  readonly encryptionKey: string;
  /** Everything logged, as one text. */
  logged(): string;
  site(options?: SiteOptions): Promise<Site>;
  /** Another worker's memory over the same database and queue. */
  worker(): Deps;
  close(): Promise<void>;
}

export interface TestClock {
  (): Date;
  advance(seconds: number): void;
}

export interface SiteOptions extends EhrOptions {
  /** Columns of the connection. */
  readonly connection?: Readonly<Record<string, unknown>>;
  /** Over the defaults of the tests. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Scopes that the EHR has registered for the client. */
  readonly scopes?: string[];
  /** Join an EHR that is there instead of starting one. */
  readonly ehr?: Ehr;
}

export interface Site {
  readonly id: number;
  readonly ehr: Ehr;
  /** Registers other scopes, and ends the tokens that have the old ones. */
  grant(scopes: string[]): void;
  /** Starts a sync without running it. */
  start(options?: { full?: boolean }): Promise<number>;
  /** Starts a sync, runs it to its end, and says how it ended. */
  sync(options?: { full?: boolean }): Promise<RunRow>;
}

// biome-ignore lint/suspicious/noExplicitAny: rows are compared with what is expected, not computed with.
export type RunRow = Record<string, any>;

/** `database`: instead of one on the tests' Postgres, with the demo vocabulary. `clock`: of another world, where both look at the same EHR. `seals`: with SEAL_CHUNKS, as the environment says otherwise. */
export async function openTestWorld(
  options: { clock?: TestClock; seals?: boolean; encryptionKey?: string; database?: TestDatabase } = {},
): Promise<World> {
  const database = options.database ?? (await newDatabase({ demo: true }));
  const { sql } = database;
  const clock = options.clock ?? testClock();
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
  const encryptionKey = options.encryptionKey ?? randomBytes(32).toString('base64');
  const SEAL_CHUNKS = options.seals ? 'on' : process.env['SEAL_CHUNKS'];
  const keyring = await openKeyring({ ENCRYPTION_KEY: encryptionKey, SEAL_CHUNKS });
  const queue = await openQueue({ url: database.socketUrl, schemas: database.schemas, passive: true });
  const worker = (): Deps => ({
    ...{ sql, schemas: database.schemas, queue, clock, keyring, log, outbound },
    tokens: createTokens({ keyring, clock, outbound }),
    resolver: createResolver({ sql, clock }),
    references: createReferenceMemory(),
    firstLoads: new Map(),
  });
  const deps = worker();
  const key = ec('P-384');
  const jwk = await exportJWK(key.publicKey);
  const jwks = { keys: [{ ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'ES384', use: 'sig' }] };
  const client = `client-${randomBytes(4).toString('hex')}`;
  const ehrs: Ehr[] = [];
  let sites = 0;

  async function site(options: SiteOptions = {}): Promise<Site> {
    const { connection = {}, config = {}, ehr: given, scopes = ['system/*.read'], ...ehrOptions } = options;
    const ehr = given ?? (await startEhr({ polls: 0, retryAfter: '1', clock, ...ehrOptions }));
    if (!given) ehrs.push(ehr);
    const grant = (granted: string[]) => {
      ehr.registerClient({ client_id: client, jwks, scopes: granted });
      ehr.expireTokens();
    };
    grant(scopes);
    sites += 1;
    const row = {
      site_key: `site-${sites}`,
      site_name: `Site ${sites}`,
      fhir_base_url: ehr.url,
      token_endpoint: ehr.tokenEndpoint,
      client_id: client,
      sync_config: sql.json({ allowed_networks: LOOPBACK, ...config } as never),
      ...connection,
    };
    const [created] = await sql<{ connection_id: number }[]>`
      insert into connection ${sql(row)} returning connection_id`;
    const id = created?.connection_id ?? 0;
    const place = { table: 'connection', column: 'private_key_sealed', connection: id } as const;
    await sql`
      update connection set private_key_sealed = ${await seal(keyring, place, key.pkcs8)} where connection_id = ${id}`;
    const start = async ({ full = false } = {}) =>
      (await startRun(deps, { connection_id: id, triggered_by: 'test', force_full: full })).run_id;
    return {
      id,
      ehr,
      grant,
      start,
      async sync(syncOptions) {
        const runId = await start(syncOptions);
        await drain(deps, clock);
        return await runOf(sql, runId);
      },
    };
  }

  return {
    ...{ deps, sql, database, clock, privateKey: key.pkcs8, publicKey: jwk, encryptionKey, site, worker },
    logged: () => lines.join(''),
    async close() {
      await Promise.all(ehrs.map((ehr) => ehr.close()));
      await queue.close();
      await database.drop();
    },
  };
}

/** Runs jobs until none is left, moving the clock past every delay; a schedule has always another one. */
export async function drain(
  deps: Deps,
  clock: TestClock,
  run: () => Promise<unknown> = () => tick(deps, () => false),
): Promise<void> {
  for (let round = 0; round < 200; round++) {
    await run();
    if (!(await startNextDeferred(deps.sql, clock))) return;
  }
  throw new Error('jobs were still deferred after 200 rounds');
}

export interface Fetched {
  readonly name: StepName;
  readonly job: { readonly id: string; readonly retryCount: number; readonly data: unknown };
}

/** Takes the next job that is ready, as a worker would; the caller runs it, or does not. */
export async function fetchOne({ queue }: Deps, order = STEP_NAMES): Promise<Fetched | undefined> {
  for (const name of order) {
    const [job] = await queue.boss.fetch<unknown>(queueName(name), { includeMetadata: true, batchSize: 1 });
    if (job) return { name, job };
  }
  return undefined;
}

/** Lets the job that is due next start now, and moves the clock by what it would have waited; false without one. */
export async function startNextDeferred(sql: Sql, clock: TestClock): Promise<boolean> {
  const [next] = await sql<{ id: string; seconds: number }[]>`
    select id, extract(epoch from start_after - now())::float8 as seconds from pgboss.job
    where state in ('created', 'retry') and name like 'sync-%' and name <> 'sync-schedule'
    order by start_after limit 1`;
  if (!next) return false;
  if (next.seconds > 0) clock.advance(next.seconds);
  await sql`update pgboss.job set start_after = now() - interval '1 second' where id = ${next.id}`;
  return true;
}

/**
 * A dead worker's heartbeat stays away, and the queue gives its jobs to another. Here at once: their last sign of life is
 * moved back, and the queue is told that it has not looked for a long time.
 */
export async function returnJobsOfTheDead({ sql, queue }: Deps): Promise<void> {
  await sql`
    update pgboss.job set heartbeat_on = now() - interval '1 day', started_on = now() - interval '1 day'
    where state = 'active' and name like 'sync-%'`;
  await sql`update pgboss.queue set monitor_on = null, monitor_claim_on = null`;
  await queue.boss.supervise();
}

export async function runOf(sql: Sql, runId: number): Promise<RunRow> {
  const [run] = await sql<RunRow[]>`select * from run where run_id = ${runId}`;
  return run ?? {};
}

function testClock(): TestClock {
  let now = Date.now();
  return Object.assign(() => new Date(now), {
    advance(seconds: number) {
      now += seconds * 1000;
    },
  });
}
