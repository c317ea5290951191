/** Which Postgres to use: the one of DATABASE_URL, or else the embedded one in DATA_DIR. */
import { resolve } from 'node:path';
import type { CdmVersion } from './cdm-version.ts';
import type { Schemas } from './connect.ts';
import { DEFAULT_SCHEMAS } from './default-schemas.ts';
import { startEmbedded } from './embedded.ts';
import { type Login, loginOf, urlAs } from './logins.ts';
import { DATABASE } from './settings/database.ts';
import { fileFaults } from './settings/files.ts';
import { readShape } from './settings/read.ts';
import type { Environment } from './settings/setting.ts';
import { readSocket } from './socket.ts';
import { readTls } from './tls.ts';

export interface Database {
  /** Of the owner of the tables, who migrates; where this process has no such URL, of its own role. */
  readonly url: string;
  /** Whether `url` is the owner's: without it, the database must have been migrated. */
  readonly ownsTables: boolean;
  /** By which URL each part of the program works: its own role's, or else the owner's. */
  readonly urls: { readonly worker: string; readonly api: string };
  /** To be made before `urls` can be used; only the embedded server has some. */
  readonly logins: readonly Login[];
  readonly schemas: Schemas;
  /** Where the database is, for people; without the password. */
  readonly described: string;
  /** For a shell: opens psql on the embedded server, without the password in it. */
  readonly psql?: string | undefined;
  /** What an operator should know of how it is spoken to. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

export interface DatabaseSettings {
  readonly databaseUrl?: string | undefined;
  /** WORKER_DATABASE_URL: a login of the role `worker`. */
  readonly workerUrl?: string | undefined;
  /** API_DATABASE_URL: a login of the role `api`. */
  readonly apiUrl?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly schemas?: Partial<Schemas> | undefined;
}

export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const schemas = { ...DEFAULT_SCHEMAS, ...settings.schemas };
  const { databaseUrl, workerUrl, apiUrl } = settings;
  const url = databaseUrl ?? workerUrl ?? apiUrl;
  if (url !== undefined) {
    const urls = { worker: workerUrl ?? url, api: apiUrl ?? url };
    const weak = new Set([url, urls.worker, urls.api].map((one) => readTls(one).warning));
    return {
      ...{ url, schemas, logins: [], ownsTables: databaseUrl !== undefined, described: describe(url), urls },
      warnings: [...weak].filter((warning) => warning !== undefined),
      close: async () => {},
    };
  }
  const dataDir = resolve(settings.dataDir ?? '.data');
  const embedded = await startEmbedded({ dataDir });
  const login = (role: 'worker' | 'api') => loginOf(role, schemas, new URL(embedded.url).password);
  const [worker, api] = [login('worker'), login('api')];
  return {
    ...{ url: embedded.url, schemas, logins: [worker, api], ownsTables: true },
    urls: { worker: urlAs(embedded.socketUrl, worker), api: urlAs(embedded.socketUrl, api) },
    described: `embedded PostgreSQL in ${dataDir}${embedded.joined ? ' (already running)' : ''}`,
    psql: psqlOf(embedded.url, dataDir),
    warnings: [],
    close: () => embedded.close(),
  };
}

const URLS = ['DATABASE_URL', 'WORKER_DATABASE_URL', 'API_DATABASE_URL'] as const;

/** Whether the environment names a database; without one there is the embedded server. */
export function namesDatabase(env: Environment): boolean {
  return URLS.some((name) => env[name]);
}

/** Which database, as every process reads it: what is set and cannot be used stops it, by name and without the value. */
export function databaseSettings(
  env: Environment,
): DatabaseSettings & { readonly cdmVersion: CdmVersion | undefined } {
  const { read, faults } = readShape(DATABASE, env);
  // A file that cannot be read would mean the embedded server, which is another database.
  const all = [...fileFaults(env, URLS), ...faults];
  if (!read || all.length > 0) throw new Error(`${all.join('; ')}. Correct the environment and start again.`);
  return {
    databaseUrl: read.DATABASE_URL,
    workerUrl: read.WORKER_DATABASE_URL,
    apiUrl: read.API_DATABASE_URL,
    dataDir: read.DATA_DIR,
    schemas: { cdm: read.CDM_SCHEMA, sync: read.SYNC_SCHEMA, queue: read.QUEUE_SCHEMA },
    cdmVersion: read.CDM_VERSION,
  };
}

function describe(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${readSocket(url).folder ?? hostname}${port ? `:${port}` : ''}${pathname}`;
  } catch {
    throw new Error('DATABASE_URL is not a URL. Expected postgres://user:password@host:5432/database.');
  }
}

function psqlOf(url: string, dataDir: string): string {
  const { hostname, port, username, pathname } = new URL(url);
  const state = `${dataDir}/postgres.json`.replaceAll("'", "'\\''");
  const password = `$(node -p 'JSON.parse(fs.readFileSync(process.argv[1])).password' '${state}')`;
  return `PGPASSWORD=${password} psql -h ${hostname} -p ${port} -U ${username} ${pathname.slice(1)}`;
}
