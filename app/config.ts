/**
 * The environment, read once at start and passed in. An invalid setting stops the start with a message that
 * names the setting but does not repeat its value, which may be a secret.
 */
import { isLoopback } from '../jobs/fhir/http.ts';
import type { Networks } from '../jobs/outbound/networks.ts';
import { checkSettings, readSettings, settingFault } from '../jobs/step/settings.ts';
import type { Schemas } from '../sql/connect.ts';
import { DATABASE } from '../sql/settings/database.ts';
import { ALERTS, KEYS, LIMITS } from '../sql/settings/program.ts';
import type { Read } from '../sql/settings/read.ts';
import { SERVER } from '../sql/settings/server.ts';
import { readSignInSettings, type SignInSettings } from './auth/sign-in-settings.ts';
import { readProxies } from './http/proxies.ts';
import type { TlsFiles } from './http/tls.ts';
import { readSecondPerson, type SecondPersonSettings } from './second-person/settings.ts';

/** What the API reads of the settings; people and second persons have readers of their own. */
const SHAPE = {
  ...DATABASE,
  ...SERVER,
  ALERT_WEBHOOK_SECRET: ALERTS.ALERT_WEBHOOK_SECRET,
  ENCRYPTION_KEY: KEYS.ENCRYPTION_KEY,
  LOG_LEVEL: LIMITS.LOG_LEVEL,
};
type Environment = Read<typeof SHAPE>;

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
  checkSettings(env);
  const read = readSettings(SHAPE, env);
  const trustedProxies = readProxies(read.TRUSTED_PROXIES);
  if (trustedProxies === undefined) {
    throw settingFault('TRUSTED_PROXIES: expected addresses and networks, such as "10.0.0.0/8, ::1"');
  }
  const behindProxy = read.BEHIND_PROXY || trustedProxies.length > 0;
  const faults = [...sharedSecrets(read), ...plainHttp(read, behindProxy)];
  if (faults.length > 0) throw settingFault(...faults);
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
    trustedProxies,
    behindProxy,
    tls: tlsOf(read),
    requestsPerMinute: read.REQUESTS_PER_MINUTE,
    signIn,
    secondPerson: readSecondPerson(env),
    logLevel: read.LOG_LEVEL,
  };
}

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
function plainHttp(read: Environment, behindProxy: boolean): string[] {
  if ((read.TLS_CERT_FILE === undefined) !== (read.TLS_KEY_FILE === undefined)) {
    return ['TLS_CERT_FILE and TLS_KEY_FILE belong together: set both or neither'];
  }
  const safe = read.TLS_CERT_FILE !== undefined || behindProxy;
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
