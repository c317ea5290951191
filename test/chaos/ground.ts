/**
 * The ground of one chaos round: an EHR, and two databases that sync from it. One is calm (a tick in this
 * process, which nobody disturbs), the other is in the hands of worker processes. Both see the same clock,
 * which stands still.
 */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { pino } from 'pino';
import { openKeyring } from '../../jobs/connection/keyring.ts';
import { seal } from '../../jobs/connection/secrets.ts';
import { createTokens } from '../../jobs/fhir/token/tokens.ts';
import { createReferenceMemory } from '../../jobs/load/reference-memory.ts';
import { startImport } from '../../jobs/operator/start-import.ts';
import { startPatientSyncInTx } from '../../jobs/operator/start-patient-sync.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import { openQueue } from '../../jobs/step/queue.ts';
import { tick } from '../../jobs/tick.ts';
import { createResolver } from '../../jobs/vocabulary/resolve/resolver.ts';
import { connect, type Sql } from '../../sql/connect.ts';
import { DEFAULT_SCHEMAS } from '../../sql/default-schemas.ts';
import { LEFT_OUT_OF_EXPORTS } from '../ehr/epic-like.ts';
import { type Ehr, startEhr } from '../ehr/server.ts';
import { SEARCH } from '../ehr/settings.ts';
import { LOOPBACK, outbound } from '../outbound/local.ts';
import { startRun } from '../world/verbs.ts';
import { writeBundles } from './bundles.ts';
import type { WorkerSettings } from './workers.ts';

export interface Side {
  readonly sql: Sql;
  readonly deps: Deps;
  readonly connectionId: number;
  readonly worker: WorkerSettings;
  start(full: boolean): Promise<number>;
}

export interface Ground {
  readonly ehr: Ehr;
  readonly calm: Side;
  readonly disturbed: Side;
  readonly crashPostgres: (() => void) | undefined;
  /** Beside each sync of the disturbed side some patients are synced, too. */
  readonly patientsBeside: boolean;
  close(): Promise<void>;
}

export interface GroundOptions {
  readonly seed: string;
  readonly patients: number;
  /** Exports leave out what is no patient's, and it is asked for: some types by searches, others by reads, with 429s. */
  readonly hydrates?: boolean | undefined;
  /** URLs of two databases with a vocabulary. */
  readonly databases: readonly [string, string];
  /** Crashes the Postgres of both and starts it again; undefined where the server is not ours. */
  readonly crashPostgres?: (() => void) | undefined;
  /** Asks by searches in place of exports. */
  readonly crawls?: boolean | undefined;
  readonly patientsBeside?: boolean | undefined;
  /** Imports Bundles of what the EHR has in place of exports. */
  readonly unpacks?: boolean | undefined;
  /** Whether resources say when they changed; an Epic's do not. */
  readonly lastUpdated?: boolean | undefined;
  /** Threads of each worker; none when left out. */
  readonly threads?: number | undefined;
}

export async function openGround({
  seed,
  patients,
  hydrates = false,
  databases,
  crashPostgres,
  crawls = false,
  patientsBeside = false,
  unpacks = false,
  lastUpdated = true,
  threads = 0,
}: GroundOptions): Promise<Ground> {
  const now = new Date('2026-11-02T12:00:00Z');
  const clock = () => now;
  const ehr = await startEhr({
    ...{ clock, polls: 1, retryAfter: '0', maxPerFile: 200, lastUpdated, population: { seed, patients } },
    ...(hydrates ? { leftOut: HYDRATED, search: READ_ONLY } : {}),
    // A crawl waits until a later time than that of a clock which stands still.
    ...(hydrates && !patientsBeside ? { throttleEvery: 7 } : {}),
  });
  const secret = randomBytes(16).toString('hex');
  ehr.registerClient({ client_id: 'chaos', client_secret: secret, scopes: ['system/*.read'] });
  const encryptionKey = randomBytes(32).toString('base64');
  const folders: string[] = [];
  const side = (url: string) =>
    openSide(url, ehr, {
      ...{ clock, now, secret, encryptionKey, crawls, hydrates, threads },
      folders: unpacks ? folders : undefined,
    });
  const [calm, disturbed] = [await side(databases[0]), await side(databases[1])];
  return {
    ...{ ehr, calm, disturbed, crashPostgres, patientsBeside },
    async close() {
      await ehr.close();
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
      for (const { deps, sql } of [calm, disturbed]) {
        await deps.queue.close();
        await sql.end({ timeout: 1 });
      }
    },
  };
}

interface Shared {
  readonly clock: () => Date;
  readonly now: Date;
  readonly secret: string;
  readonly encryptionKey: string;
  readonly crawls: boolean;
  readonly hydrates: boolean;
  readonly threads: number;
  /** Where Bundles are written to; undefined where an export is asked for. */
  readonly folders: string[] | undefined;
}

const HYDRATED = LEFT_OUT_OF_EXPORTS;
const READ_ONLY = { ...SEARCH, readOnly: ['Medication'] };

async function openSide(url: string, ehr: Ehr, shared: Shared): Promise<Side> {
  const { clock, encryptionKey } = shared;
  const sql = connect(url, DEFAULT_SCHEMAS, { max: 6 });
  const queue = await openQueue({ url, schemas: DEFAULT_SCHEMAS, passive: true });
  const keyring = await openKeyring({
    ENCRYPTION_KEY: encryptionKey,
    SEAL_CHUNKS: process.env['SEAL_CHUNKS'],
  });
  const deps: Deps = {
    ...{ sql, schemas: DEFAULT_SCHEMAS, queue, clock, keyring, outbound, log: pino({ level: 'silent' }) },
    tokens: createTokens({ keyring, clock, outbound }),
    resolver: createResolver({ sql, clock }),
    references: createReferenceMemory(),
    firstLoads: new Map(),
  };
  // Small chunks: many commits, so many moments to die at.
  const limits = { poll_min_seconds: 0, chunk_bytes: 32 * 1024, requests_per_second: 1000 };
  const level = shared.crawls ? { level: 'search' } : {};
  const hydrate = shared.hydrates ? { hydrate: { types: HYDRATED } } : {};
  const [created] = await sql<{ connection_id: number }[]>`
    insert into connection ${sql({
      ...{ site_key: 'chaos', site_name: 'Chaos', client_id: 'chaos' },
      ...{ fhir_base_url: ehr.url, token_endpoint: ehr.tokenEndpoint },
      sync_config: sql.json({ ...level, limits, ...hydrate, allowed_networks: LOOPBACK }) as never,
    })} returning connection_id`;
  const connectionId = created?.connection_id ?? 0;
  const place = { table: 'connection', column: 'client_secret_sealed', connection: connectionId } as const;
  await sql`
    update connection set client_secret_sealed = ${await seal(keyring, place, shared.secret)}
    where connection_id = ${connectionId}`;
  return {
    ...{ sql, deps, connectionId },
    worker: { url, encryptionKey, clock: shared.now, threads: shared.threads },
    async start(full) {
      if (!shared.folders)
        return (
          await startRun(deps, { connection_id: connectionId, triggered_by: 'chaos', force_full: full })
        ).run_id;
      const folder = await writeBundles(ehr);
      shared.folders.push(folder);
      const actor = commandLine('chaos');
      return (await startImport(deps, { paths: [folder], site_key: 'chaos', new_site: false, actor })).run_id;
    },
  };
}

/** Starts a sync of some patients whom the calm side has, on the other, beside the sync that is live there. */
export async function startPatients({ calm, disturbed }: Ground): Promise<void> {
  const patients = await calm.sql<{ patient_id: string }[]>`
    select fhir_id as patient_id from resource
    where connection_id = ${calm.connectionId} and resource_type = 'Patient' order by fhir_id limit 2`;
  const { connectionId: connection_id, deps, sql } = disturbed;
  await sql.begin((tx) => startPatientSyncInTx(tx, deps, { connection_id, patients, triggered_by: 'chaos' }));
}

/** Syncs without being disturbed. */
export async function calmly(side: Side, full: boolean): Promise<void> {
  const runId = await side.start(full);
  const { deps, sql } = side;
  for (let round = 0; round < 50; round++) {
    await tick(deps, () => false);
    await sql`update pgboss.job set start_after = now() - interval '1 second'
      where state in ('created', 'retry') and start_after > now()`;
    const [run] = await sql<{ status: string; error_message: string }[]>`
      select status, error_message from run where run_id = ${runId}`;
    if (run?.status === 'completed') return;
    if (run?.status === 'failed') throw new Error(`the undisturbed sync failed: ${run.error_message}`);
  }
  throw new Error('the undisturbed sync did not end');
}
