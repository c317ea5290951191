/**
 * The environment, read once at start and passed in. An invalid setting stops the start with a message that
 * names the setting but does not repeat its value, which may be a secret.
 */
import { z } from 'zod';
import { isLoopback } from '../jobs/fhir/http.ts';
import { syncError } from '../jobs/step/errors.ts';
import { DEFAULT_SCHEMAS, type Schemas } from '../sql/connect.ts';
import { readSignInSettings, type SignInSettings } from './auth/sign-in-settings.ts';

const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const schemaName = (standard: string) =>
  z.string().regex(SCHEMA_NAME, 'expected a lower-case schema name, such as "cdm"').default(standard);
/** An empty variable counts as unset, since compose files and CI pass "nothing" that way. */
const whenSet = <S extends z.ZodType>(schema: S) =>
  z.preprocess((text) => (text === '' ? undefined : text), schema);

const EnvironmentSchema = z.object({
  DATABASE_URL: whenSet(
    z
      .url({ protocol: /^postgres(ql)?$/, error: 'expected postgres://user:password@host:5432/database' })
      .optional(),
  ),
  DATA_DIR: whenSet(z.string().default('./.data')),
  CDM_SCHEMA: whenSet(schemaName(DEFAULT_SCHEMAS.cdm)),
  SYNC_SCHEMA: whenSet(schemaName(DEFAULT_SCHEMAS.sync)),
  QUEUE_SCHEMA: whenSet(schemaName(DEFAULT_SCHEMAS.queue)),
  HOST: whenSet(z.string().min(1).default('127.0.0.1')),
  PORT: whenSet(z.coerce.number('expected a port number').int().min(0).max(65_535).default(8080)),
  ADMIN_TOKEN: whenSet(
    z.string().min(16, 'expected at least 16 characters: `openssl rand -hex 24`').optional(),
  ),
  TICK_SECRET: whenSet(
    z.string().min(16, 'expected at least 16 characters: `openssl rand -hex 24`').optional(),
  ),
  STATEMENT_TIMEOUT_SECONDS: whenSet(
    z.coerce.number('expected seconds, 0 for no limit').int().min(0).max(86_400).default(30),
  ),
  ENCRYPTION_KEY: whenSet(z.string().optional()),
  VOCABULARY_DIR: whenSet(z.string().optional()),
  LOG_LEVEL: whenSet(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')),
});

export interface Config {
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly schemas: Schemas;
  readonly host: string;
  readonly port: number;
  /** Bearer token of the admin API; undefined only on loopback. */
  readonly adminToken: string | undefined;
  /** Bearer token of POST /internal/tick; without one there is no such path. */
  readonly tickSecret: string | undefined;
  /** Folder from which a vocabulary may be loaded through the API. */
  readonly vocabularyDir: string | undefined;
  /** Time limit of a statement of an API request; 0 means none. Steps of the pipeline are not bound by it. */
  readonly statementTimeoutSeconds: number;
  readonly encryptionKey: string | undefined;
  readonly signIn: SignInSettings;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const result = EnvironmentSchema.safeParse(env);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw syncError('setting-invalid', { faults: faults.join('; ') });
  }
  const read = result.data;
  if (!read.ADMIN_TOKEN && !isLoopback(read.HOST)) {
    throw syncError('setting-invalid', {
      faults:
        `ADMIN_TOKEN: required since HOST (${read.HOST}) is not this machine alone. ` +
        'Set it (`openssl rand -hex 24`), or HOST=127.0.0.1',
    });
  }
  return {
    databaseUrl: read.DATABASE_URL,
    dataDir: read.DATA_DIR,
    schemas: { cdm: read.CDM_SCHEMA, sync: read.SYNC_SCHEMA, queue: read.QUEUE_SCHEMA },
    host: read.HOST,
    port: read.PORT,
    adminToken: read.ADMIN_TOKEN,
    tickSecret: read.TICK_SECRET,
    vocabularyDir: read.VOCABULARY_DIR,
    statementTimeoutSeconds: read.STATEMENT_TIMEOUT_SECONDS,
    encryptionKey: read.ENCRYPTION_KEY,
    signIn: readSignInSettings(env),
    logLevel: read.LOG_LEVEL,
  };
}
