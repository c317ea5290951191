/** One scratch database with a connection to the EHR, and syncs of it that are timed. */
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Keyring, openKeyring } from '../../jobs/connection/keyring.ts';
import { seal } from '../../jobs/connection/secrets.ts';
import { systemClock } from '../../jobs/step/clock.ts';
import { openQueue, type Queue } from '../../jobs/step/queue.ts';
import { connect, type Sql } from '../../sql/connect.ts';
import { DEFAULT_SCHEMAS } from '../../sql/default-schemas.ts';
import { LOOPBACK } from '../outbound/local.ts';
import { startRun } from '../world/verbs.ts';
import { type Child, startChild } from './child.ts';
import type { Ehr } from './open-ehr.ts';
import { WORKER_FLAGS, WORKER_MALLOC } from './worker-flags.ts';

/** The key of the credentials in all scratch databases. */
export const ENCRYPTION_KEY = randomBytes(32).toString('base64');

const Stopped = z.object({ peakMb: z.number(), cpuSeconds: z.number() });

/** `SEAL_CHUNKS=on npm run bench` measures with data sealed at rest. */
const SEAL_CHUNKS = process.env['SEAL_CHUNKS'] ?? '';

export interface Site {
  readonly url: string;
  readonly sql: Sql;
  readonly queue: Queue;
  readonly connectionId: number;
  readonly keyring: Keyring;
  start(options?: { full?: boolean }): Promise<number>;
  /** Syncs, and returns the seconds from kick-off to closed run and the WAL written meanwhile. */
  sync(options?: { full?: boolean }): Promise<{ seconds: number; walBytes: number; runId: number }>;
  close(): Promise<void>;
}

export async function openSite(
  url: string,
  ehr: Pick<Ehr, 'url' | 'tokenEndpoint' | 'secret'>,
): Promise<Site> {
  const sql = connect(url, DEFAULT_SCHEMAS, { max: 4 });
  const queue = await openQueue({ url, schemas: DEFAULT_SCHEMAS, passive: true });
  const keyring = await openKeyring({ ENCRYPTION_KEY, SEAL_CHUNKS });
  const [created] = await sql<{ connection_id: number }[]>`
    insert into connection ${sql({
      ...{ site_key: 'bench', site_name: 'Bench', client_id: 'bench' },
      ...{ fhir_base_url: ehr.url, token_endpoint: ehr.tokenEndpoint },
      sync_config: sql.json({ allowed_networks: LOOPBACK }),
    })} returning connection_id`;
  const connection_id = created?.connection_id ?? 0;
  const place = { table: 'connection', column: 'client_secret_sealed', connection: connection_id } as const;
  await sql`
    update connection set client_secret_sealed = ${await seal(keyring, place, ehr.secret)}
    where connection_id = ${connection_id}`;
  const deps = { sql, queue, clock: systemClock };

  const start = async ({ full = false } = {}) =>
    (await startRun(deps, { connection_id, triggered_by: 'bench', force_full: full })).run_id;
  return {
    ...{ url, sql, queue, connectionId: connection_id, keyring, start },
    async sync(options) {
      await sql`checkpoint`;
      const wal = await walPosition(sql);
      const begin = performance.now();
      const runId = await start(options);
      await waitForRun(sql, runId);
      const seconds = (performance.now() - begin) / 1000;
      return { seconds, walBytes: (await walPosition(sql)) - wal, runId };
    },
    async close() {
      await queue.close();
      await sql.end();
    },
  };
}

/** A worker that is up and takes no jobs yet: ask it to `work`. */
export async function openWorker(
  url: string,
  flags: readonly string[] = [],
  threads?: number,
): Promise<Child> {
  // `--threads N` is in the environment by now; else a worker has as many as by itself.
  const WORKER_THREADS = threads === undefined ? (process.env['WORKER_THREADS'] ?? '') : String(threads);
  const env = { ...WORKER_MALLOC, DATABASE_URL: url, ENCRYPTION_KEY, SEAL_CHUNKS, WORKER_THREADS };
  const worker = startChild(new URL('./worker.ts', import.meta.url).pathname, {
    env,
    flags: [...WORKER_FLAGS, ...flags],
  });
  await worker.ask('cpu');
  return worker;
}

/** `concurrency` names the steps that are to differ from production. */
export async function startWorker(
  url: string,
  concurrency: Readonly<Record<string, number>> = {},
  flags: readonly string[] = [],
): Promise<Child> {
  const worker = await openWorker(url, flags);
  await worker.ask('work', concurrency);
  return worker;
}

/** Stops the worker, and returns its peak memory and its CPU time. */
export async function stopWorker(worker: Child): Promise<{ peakMb: number; cpuSeconds: number }> {
  const stopped = Stopped.parse(await worker.ask('stop'));
  await worker.gone;
  return stopped;
}

/** Looks every few milliseconds: finished_at is set before the close step's own work is committed. */
export async function waitForRun(sql: Sql, runId: number): Promise<void> {
  for (;;) {
    const [run] = await sql<{ status: string; error_message: string | null }[]>`
      select status, error_message from run where run_id = ${runId}`;
    if (run?.status === 'completed') return;
    if (run?.status === 'failed' || run?.status === 'cancelled') {
      throw new Error(`run ${runId} ${run.status}: ${run.error_message ?? ''}`);
    }
    await wait(4);
  }
}

export async function walPosition(sql: Sql): Promise<number> {
  const [row] = await sql<{ at: number }[]>`select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as at`;
  return row?.at ?? 0;
}
