/**
 * A Postgres for a bench or a chaos run, and scratch databases on it: DATABASE_URL (a server where we may
 * create databases), else the embedded one in a folder of its own that is removed afterwards. Its settings
 * are durable as in production, since a measurement without fsync says nothing.
 *
 * Databases are cloned from a template that is migrated and has its vocabulary, so each measurement begins
 * alike.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import postgres from 'postgres';
import { systemClock } from '../../jobs/step/clock.ts';
import { openQueue } from '../../jobs/step/queue.ts';
import { loadVocabulary } from '../../jobs/vocabulary/load/load.ts';
import { buildSearch } from '../../jobs/vocabulary/search/search-index.ts';
import { connect } from '../../sql/connect.ts';
import { DEFAULT_SCHEMAS } from '../../sql/default-schemas.ts';
import { removeEmbedded, startEmbedded } from '../../sql/embedded.ts';
import { migrate } from '../../sql/migrate.ts';
import { writeVocabulary } from '../ehr/vocabulary.ts';

export interface Server {
  readonly described: string;
  /** A fresh clone of the template. */
  create(): Promise<string>;
  /** A clone of that database, to which nobody may be connected. */
  clone(url: string): Promise<string>;
  drop(url: string): Promise<void>;
  /** Crashes the server and starts it again; undefined where it is not ours. */
  readonly crash: (() => void) | undefined;
  close(): Promise<void>;
}

/**
 * `vocabulary` is a folder or zip in Athena's format; the demo's own when omitted. `settings` are further
 * ones for a server of ours.
 */
export async function openServer(
  options: { vocabulary?: string | undefined; settings?: readonly string[] } = {},
): Promise<Server> {
  const place = await openPlace(options.settings ?? []);
  const admin = postgres(place.url, { max: 1, onnotice: () => {} });
  const made = new Set<string>();
  const create = async (template: string) => {
    const name = `scratch_${randomBytes(5).toString('hex')}`;
    await admin.unsafe(`create database ${name} template ${template}`);
    const url = new URL(place.socketUrl);
    url.pathname = `/${name}`;
    made.add(name);
    return { name, url: url.href };
  };
  const drop = async (name: string) => {
    await admin.unsafe(`drop database if exists ${name} with (force)`);
    made.delete(name);
  };
  const template = await create('template1');
  await prepare(template.url, options.vocabulary);
  const [version] = await admin<{ v: string }[]>`select current_setting('server_version') as v`;
  const close = async () => {
    for (const name of made) await drop(name);
    await admin.end({ timeout: 1 });
    await place.close();
  };
  // A bench that is stopped by hand must not leave a server behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void close().finally(() => process.exit(130)));
  }
  return {
    described: `PostgreSQL ${version?.v ?? ''} (${place.described})`,
    create: async () => (await create(template.name)).url,
    clone: async (url) => (await create(nameOf(url))).url,
    drop: (url) => drop(nameOf(url)),
    crash: place.crash,
    close,
  };
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

async function openPlace(settings: readonly string[]) {
  const given = process.env['DATABASE_URL'];
  if (given)
    return {
      url: given,
      socketUrl: given,
      described: 'DATABASE_URL',
      close: async () => {},
      crash: undefined,
    };
  const dataDir = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-scratch-'));
  const server = await startEmbedded({ dataDir, settings });
  return {
    url: server.url,
    socketUrl: server.socketUrl,
    described: 'embedded, durable settings',
    crash: () => server.crash(),
    async close() {
      await server.close();
      removeEmbedded(dataDir);
    },
  };
}

async function prepare(url: string, vocabulary: string | undefined): Promise<void> {
  const sql = connect(url, DEFAULT_SCHEMAS, { max: 3 });
  await migrate(sql, DEFAULT_SCHEMAS);
  const queue = await openQueue({ url, schemas: DEFAULT_SCHEMAS, passive: true });
  await queue.close();
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-vocabulary-'));
  try {
    if (!vocabulary) await writeVocabulary(folder);
    const log = pino({ level: 'silent' });
    await loadVocabulary({ sql, source: vocabulary ?? folder, clock: systemClock, log });
    // This happens now, so that no worker does it while it is being measured.
    await buildSearch({ sql, clock: systemClock, log });
    await sql`vacuum analyze`;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await sql.end();
  }
}
