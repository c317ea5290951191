/** The API on a database of its own, with everything it logs kept for the test. No port: requests go to the app. */
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { createApp } from '../../app/app.ts';
import type { App, Services } from '../../app/app-env.ts';
import { createTokenInTx } from '../../app/auth/api-tokens.ts';
import type { Role } from '../../app/caller.ts';
import { openKeyring } from '../../jobs/connection/keyring.ts';
import { createTokens } from '../../jobs/fhir/token/tokens.ts';
import { createReferenceMemory } from '../../jobs/load/reference-memory.ts';
import { type Clock, systemClock } from '../../jobs/step/clock.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import { openQueue, type Queue } from '../../jobs/step/queue.ts';
import { createResolver } from '../../jobs/vocabulary/resolve/resolver.ts';
import type { Sql } from '../../sql/connect.ts';
import { newDatabase } from '../database.ts';
import { LOOPBACK, outbound } from '../outbound/local.ts';

export const TOKEN = 'a-token-for-the-tests';
/** What every role may read. */
export const DASHBOARD = '/api/v1/admin/fhir-sync/dashboard';
export const CONNECTIONS = '/api/v1/admin/fhir-connections';

export interface TestApi {
  readonly app: App;
  readonly sql: Sql;
  readonly queue: Queue;
  /** What a worker of it would be given. */
  readonly deps: Deps;
  /** Everything logged, as one text. */
  logged(): string;
  /** With the token; a JSON body where one is given. */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Any request; from an address where one is given. */
  send(method: string, path: string, more?: Sent): Promise<Answer>;
  /** A token of the role, restricted where connections are given. */
  tokenOf(role: Role, connections?: readonly number[]): Promise<string>;
  /** A connection; fields that are not given have plausible values. */
  connect(fields?: Record<string, unknown>): Promise<number>;
  close(): Promise<void>;
}

export interface Sent {
  /** Bearer credential; without one there is no header. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is. */
  readonly body?: string | undefined;
  /** The other end of the connection. */
  readonly address?: string;
  readonly encrypted?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared with what is expected, not computed with.
  readonly json: any;
}

export interface ApiOptions extends Partial<Services['config']> {
  readonly clock?: Clock;
}

export async function startApi(options: ApiOptions = { adminToken: TOKEN }): Promise<TestApi> {
  const { clock = systemClock, ...config } = options;
  const database = await newDatabase();
  const queue = await openQueue({ url: database.socketUrl, schemas: database.schemas, passive: true });
  const keyring = await openKeyring({ ENCRYPTION_KEY: randomBytes(32).toString('base64') });
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
  const app = createApp({
    sql: database.sql,
    schemas: database.schemas,
    queue,
    keyring,
    log,
    config: { adminToken: undefined, ...config },
    clock,
    outbound,
  });
  const deps: Deps = {
    ...{ sql: database.sql, schemas: database.schemas, queue, clock, keyring, log, outbound },
    tokens: createTokens({ keyring, clock, outbound }),
    resolver: createResolver({ sql: database.sql, clock }),
    references: createReferenceMemory(),
    firstLoads: new Map(),
    vocabularyDir: config.vocabularyDir,
  };
  let connections = 0;

  async function call(method: string, path: string, body?: unknown): Promise<Answer> {
    return await answerOf(
      await app.request(path, {
        method,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  }

  async function send(method: string, path: string, sent: Sent = {}): Promise<Answer> {
    const { token, headers, body, address, encrypted } = sent;
    const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const init = { method, headers: { ...bearer, ...headers }, ...(body === undefined ? {} : { body }) };
    const incoming = { socket: { remoteAddress: address, encrypted } };
    return await answerOf(await app.request(path, init, address === undefined ? {} : { incoming }));
  }

  async function tokenOf(role: Role, among: readonly number[] | null = null): Promise<string> {
    const wanted = { role, connections: among, note: `a ${role}`, expires_at: null, created_by: 'test' };
    return (await createTokenInTx(database.sql, wanted, clock())).token;
  }

  return {
    app,
    sql: database.sql,
    queue,
    deps,
    logged: () => lines.join(''),
    call,
    send,
    tokenOf,
    async connect(fields = {}) {
      connections += 1;
      const created = await call('POST', CONNECTIONS, {
        site_name: `Site ${connections}`,
        site_key: `site-${connections}`,
        fhir_base_url: 'https://ehr.example/fhir',
        client_id: 'us',
        ...fields,
        // Servers of the tests are on this machine, which a connection reaches only where it is told to.
        ...(isHere(fields['fhir_base_url'])
          ? { sync_config: { allowed_networks: LOOPBACK, ...Object(fields['sync_config']) } }
          : {}),
      });
      if (created.status !== 201)
        throw new Error(`creating a connection answered ${created.status}: ${created.text}`);
      return created.json.connection_id;
    },
    async close() {
      await queue.close();
      await database.drop();
    },
  };
}

const isHere = (url: unknown) => typeof url === 'string' && url.startsWith('http://127.0.0.1:');

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}
