/** Which Postgres to use: the one of DATABASE_URL, or else the embedded one in DATA_DIR. */
import { resolve } from 'node:path';
import { DEFAULT_SCHEMAS, type Schemas } from './connect.ts';
import { startEmbedded } from './embedded.ts';
import { readTls } from './tls.ts';

export interface Database {
  readonly url: string;
  readonly schemas: Schemas;
  /** Where the database is, for people; without the password. */
  readonly described: string;
  /** What an operator should know of how it is spoken to. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

export interface DatabaseSettings {
  readonly databaseUrl?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly schemas?: Partial<Schemas> | undefined;
}

export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const schemas = { ...DEFAULT_SCHEMAS, ...settings.schemas };
  if (settings.databaseUrl) {
    const described = describe(settings.databaseUrl);
    const { warning } = readTls(settings.databaseUrl);
    return {
      url: settings.databaseUrl,
      schemas,
      described,
      warnings: warning ? [warning] : [],
      close: async () => {},
    };
  }
  const dataDir = resolve(settings.dataDir ?? '.data');
  const embedded = await startEmbedded({ dataDir });
  return {
    url: embedded.url,
    schemas,
    described: `embedded PostgreSQL in ${dataDir}${embedded.joined ? ' (already running)' : ''}`,
    warnings: [],
    close: () => embedded.close(),
  };
}

/** The same settings from the environment, for commands that need nothing else from it. */
export function databaseSettings(env: NodeJS.ProcessEnv): DatabaseSettings {
  return {
    databaseUrl: env['DATABASE_URL'] || undefined,
    dataDir: env['DATA_DIR'] || undefined,
    schemas: {
      ...(env['CDM_SCHEMA'] ? { cdm: env['CDM_SCHEMA'] } : {}),
      ...(env['SYNC_SCHEMA'] ? { sync: env['SYNC_SCHEMA'] } : {}),
      ...(env['QUEUE_SCHEMA'] ? { queue: env['QUEUE_SCHEMA'] } : {}),
    },
  };
}

function describe(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname}${port ? `:${port}` : ''}${pathname}`;
  } catch {
    throw new Error('DATABASE_URL is not a URL. Expected postgres://user:password@host:5432/database.');
  }
}
