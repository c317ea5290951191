/** The API on a database of its own, with everything it logs kept for the test. No port: requests go to the app. */
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { createApp } from '../../app/app.ts';
import type { App } from '../../app/app-env.ts';
import { openKeyring } from '../../jobs/connection/keyring.ts';
import { createTokens } from '../../jobs/fhir/token/tokens.ts';
import { createReferenceMemory } from '../../jobs/load/reference-memory.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import { openQueue, type Queue } from '../../jobs/step/queue.ts';
import { createResolver } from '../../jobs/vocabulary/resolve/resolver.ts';
import type { Sql } from '../../sql/connect.ts';
import { newDatabase } from '../database.ts';

export const TOKEN = 'a-token-for-the-tests';
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
  /** A connection; fields that are not given have plausible values. */
  connect(fields?: Record<string, unknown>): Promise<number>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared with what is expected, not computed with.
  readonly json: any;
}

export async function startApi(
  options: { adminToken?: string | undefined; vocabularyDir?: string } = { adminToken: TOKEN },
): Promise<TestApi> {
  const database = await newDatabase();
  const queue = await openQueue({ url: database.url, schemas: database.schemas, passive: true });
  const keyring = await openKeyring({ ENCRYPTION_KEY: randomBytes(32).toString('base64') });
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
  const clock = () => new Date();
  const app = createApp({
    sql: database.sql,
    queue,
    keyring,
    log,
    config: { adminToken: options.adminToken, vocabularyDir: options.vocabularyDir },
    clock,
  });
  const deps: Deps = {
    ...{ sql: database.sql, schemas: database.schemas, queue, clock, keyring, log },
    tokens: createTokens({ keyring, clock }),
    resolver: createResolver({ sql: database.sql, clock }),
    references: createReferenceMemory(),
    firstLoads: new Map(),
    vocabularyDir: options.vocabularyDir,
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

  return {
    app,
    sql: database.sql,
    queue,
    deps,
    logged: () => lines.join(''),
    call,
    async connect(fields = {}) {
      connections += 1;
      const created = await call('POST', CONNECTIONS, {
        site_name: `Site ${connections}`,
        site_key: `site-${connections}`,
        fhir_base_url: 'https://ehr.example/fhir',
        client_id: 'us',
        ...fields,
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

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}
