/**
 * The environment, read once at start and passed in. An invalid setting stops the start with a message that
 * names the setting but does not repeat its value, which may be a secret.
 */
import { z } from 'zod';
import { isLoopback } from '../jobs/fhir/http.ts';
import type { Networks } from '../jobs/outbound/networks.ts';
import { syncError } from '../jobs/step/errors.ts';
import { secretFault } from '../jobs/step/secret-strength.ts';
import { DEFAULT_SCHEMAS, type Schemas } from '../sql/connect.ts';
import { readSignInSettings, type SignInSettings } from './auth/sign-in-settings.ts';
import { readProxies } from './http/proxies.ts';
import type { TlsFiles } from './http/tls.ts';
import { readSecondPerson, type SecondPersonSettings } from './second-person/settings.ts';

const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const schemaName = (standard: string) =>
  z.string().regex(SCHEMA_NAME, 'expected a lower-case schema name, such as "cdm"').default(standard);
/** An empty variable counts as unset, since compose files and CI pass "nothing" that way. */
const whenSet = <S extends z.ZodType>(schema: S) =>
  z.preprocess((text) => (text === '' ? undefined : text), schema);

const secret = z.string().superRefine((text, context) => {
  const fault = secretFault(text);
  if (fault !== undefined) context.addIssue(fault);
});
const networks = z.string().transform((text, context) => {
  const read = readProxies(text);
  if (read !== undefined) return read;
  context.addIssue('expected addresses and networks, such as "10.0.0.0/8, ::1"');
  return z.NEVER;
});
const flag = z
  .enum(['true', 'false'], 'expected true or false')
  .default('false')
  .transform((text) => text === 'true');

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
  ADMIN_TOKEN: whenSet(secret.optional()),
  TICK_SECRET: whenSet(secret.optional()),
  METRICS_TOKEN: whenSet(secret.optional()),
  ALERT_WEBHOOK_SECRET: whenSet(z.string().optional()),
  ALLOWED_HOSTS: whenSet(
    z
      .string()
      .regex(/^[\sA-Za-z0-9._,-]+$/, 'expected names without port, such as "omop, omop.example.org"')
      .default(''),
  ),
  TRUSTED_PROXIES: whenSet(networks.default([])),
  BEHIND_PROXY: whenSet(flag),
  TLS_CERT_FILE: whenSet(z.string().optional()),
  TLS_KEY_FILE: whenSet(z.string().optional()),
  REQUESTS_PER_MINUTE: whenSet(
    z.coerce.number('expected a number, 0 for no limit').int().min(0).max(1_000_000).default(1200),
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
  /** A bearer token that may do everything; callers without one need a token of their own or a session. */
  readonly adminToken: string | undefined;
  /** Bearer token of POST /internal/tick; without one there is no such path. */
  readonly tickSecret: string | undefined;
  /** Bearer token of GET /metrics; without one only this machine is answered. */
  readonly metricsToken: string | undefined;
  /** Folder from which a vocabulary may be loaded through the API. */
  readonly vocabularyDir: string | undefined;
  /** Time limit of a statement of an API request; 0 means none. Steps of the pipeline are not bound by it. */
  readonly statementTimeoutSeconds: number;
  readonly encryptionKey: string | undefined;
  /** Names under which the server answers, besides addresses and localhost. */
  readonly names: ReadonlySet<string>;
  /** Whose X-Forwarded-… headers count. */
  readonly trustedProxies: Networks;
  /** TLS ends in front of us. */
  readonly behindProxy: boolean;
  /** Files of the certificate (with its chain) and its key, when TLS ends here. */
  readonly tls: TlsFiles | undefined;
  /** Requests that an address may send; 0 for no limit. */
  readonly requestsPerMinute: number;
  readonly signIn: SignInSettings;
  readonly secondPerson: SecondPersonSettings;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
}

export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const result = EnvironmentSchema.safeParse(env);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw syncError('setting-invalid', { faults: faults.join('; ') });
  }
  const read = result.data;
  const faults = [...sharedSecrets(read), ...plainHttp(read)];
  if (faults.length > 0) throw syncError('setting-invalid', { faults: faults.join('; ') });
  const signIn = readSignInSettings(env);
  return {
    databaseUrl: read.DATABASE_URL,
    dataDir: read.DATA_DIR,
    schemas: { cdm: read.CDM_SCHEMA, sync: read.SYNC_SCHEMA, queue: read.QUEUE_SCHEMA },
    host: read.HOST,
    port: read.PORT,
    adminToken: read.ADMIN_TOKEN,
    tickSecret: read.TICK_SECRET,
    metricsToken: read.METRICS_TOKEN,
    vocabularyDir: read.VOCABULARY_DIR,
    statementTimeoutSeconds: read.STATEMENT_TIMEOUT_SECONDS,
    encryptionKey: read.ENCRYPTION_KEY,
    names: namesOf(read, signIn.publicUrl),
    trustedProxies: read.TRUSTED_PROXIES,
    behindProxy: read.BEHIND_PROXY || read.TRUSTED_PROXIES.length > 0,
    tls: tlsOf(read),
    requestsPerMinute: read.REQUESTS_PER_MINUTE,
    signIn,
    secondPerson: readSecondPerson(env),
    logLevel: read.LOG_LEVEL,
  };
}

type Environment = z.infer<typeof EnvironmentSchema>;

/** A secret that opens two doors is known to both sides of each. */
function sharedSecrets(read: Environment): string[] {
  const names = ['ADMIN_TOKEN', 'TICK_SECRET', 'METRICS_TOKEN', 'ALERT_WEBHOOK_SECRET'] as const;
  return names.flatMap((one, index) =>
    names
      .slice(index + 1)
      .filter((other) => read[one] !== undefined && read[one] === read[other])
      .map(
        (other) => `${one} and ${other}: expected two secrets, got the same (\`openssl rand -hex 24\` each)`,
      ),
  );
}

/** Off this machine tokens and data go over TLS: ours, or that of a proxy which somebody vouches for. */
function plainHttp(read: Environment): string[] {
  if ((read.TLS_CERT_FILE === undefined) !== (read.TLS_KEY_FILE === undefined)) {
    return ['TLS_CERT_FILE and TLS_KEY_FILE belong together: set both or neither'];
  }
  const safe = read.TLS_CERT_FILE !== undefined || read.BEHIND_PROXY || read.TRUSTED_PROXIES.length > 0;
  if (safe || isLoopback(read.HOST)) return [];
  return [
    `HOST: ${read.HOST} is not this machine alone, and tokens would go over it in clear. Set TLS_CERT_FILE and ` +
      'TLS_KEY_FILE, or TRUSTED_PROXIES (or BEHIND_PROXY=true) where a proxy in front speaks TLS, or HOST=127.0.0.1',
  ];
}

function namesOf(read: Environment, publicUrl: string | undefined): ReadonlySet<string> {
  const given = read.ALLOWED_HOSTS.split(/[\s,]+/).filter((name) => name !== '');
  const known = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
  return new Set([read.HOST, ...known, ...given].map((name) => name.toLowerCase()));
}

function tlsOf({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key }: Environment): TlsFiles | undefined {
  return cert === undefined || key === undefined ? undefined : { cert, key };
}
