/**
 * One Postgres for the whole test run: TEST_DATABASE_URL, else Docker, else the embedded one. It is migrated once
 * into a template database, and the demo vocabulary is loaded once into a second one; each test file works on a clone
 * of its own (database.ts).
 */
import { access, chmod, constants, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { systemClock } from '../jobs/step/clock.ts';
import { openQueue } from '../jobs/step/queue.ts';
import { loadVocabulary } from '../jobs/vocabulary/load/load.ts';
import { connect } from '../sql/connect.ts';
import { databaseSettings } from '../sql/database.ts';
import { DEFAULT_SCHEMAS } from '../sql/default-schemas.ts';
import { removeEmbedded, startEmbedded } from '../sql/embedded.ts';
import { migrate } from '../sql/migrate.ts';
import { writeVocabulary } from './ehr/vocabulary.ts';
import { withDatabase } from './with-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    /** The same by a Unix socket, where the server has one here. */
    socketUrl: string;
    templateDatabase: string;
    /** The same with the demo vocabulary. */
    demoDatabase: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer();
  const templates = ['template', 'demo'].map((name) => `fhir_omop_sync_${name}_${process.pid}`);
  const [template = '', demo = ''] = templates;
  const admin = postgres(server.url, { max: 1, onnotice: () => {} });
  for (const name of templates) await admin.unsafe(`drop database if exists ${name} with (force)`);
  await admin.unsafe(`create database ${template}`);
  await migrated(withDatabase(server.url, template));
  await admin.unsafe(`create database ${demo} template ${template}`);
  await withDemoVocabulary(withDatabase(server.url, demo));
  project.provide('postgresUrl', server.url);
  project.provide('socketUrl', server.socketUrl);
  project.provide('templateDatabase', template);
  project.provide('demoDatabase', demo);
  return async () => {
    for (const name of templates) await admin.unsafe(`drop database if exists ${name} with (force)`);
    await admin.end();
    await server.stop();
  };
}

async function migrated(url: string): Promise<void> {
  const sql = connect(url, DEFAULT_SCHEMAS, { max: 2 });
  // The whole suite may be run on another version of the CDM.
  await migrate(sql, DEFAULT_SCHEMAS, { cdmVersion: databaseSettings(process.env).cdmVersion });
  await sql.end();
  const queue = await openQueue({ url, schemas: DEFAULT_SCHEMAS, passive: true });
  await queue.close();
}

async function withDemoVocabulary(url: string): Promise<void> {
  const sql = connect(url, DEFAULT_SCHEMAS, { max: 2 });
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-vocabulary-'));
  try {
    await writeVocabulary(folder);
    await loadVocabulary({ sql, source: folder, clock: systemClock, log: pino({ level: 'silent' }) });
  } finally {
    await rm(folder, { recursive: true, force: true });
    await sql.end();
  }
}

/** What the server takes of it, with a margin: its log (WAL) and the databases of two files at a time. */
const ROOM = 3 * 1024 ** 3;

interface Server {
  url: string;
  socketUrl: string;
  stop(): Promise<void>;
}

async function startServer(): Promise<Server> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) return { url: given, socketUrl: given, stop: async () => {} };
  return (await inDocker()) ?? (await embedded());
}

async function inDocker(): Promise<Server | undefined> {
  try {
    const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
    const container = await new PostgreSqlContainer('postgres:18-alpine').start();
    const url = container.getConnectionUri();
    return { url, socketUrl: url, stop: async () => void (await container.stop()) };
  } catch {
    return undefined; // No container runtime: the embedded one serves as well.
  }
}

async function embedded(): Promise<Server> {
  const dataDir = await mkdtemp(join(await scratch(), 'fhir-omop-sync-test-'));
  // As root the server runs as another user, who is to pass through the folder to its data.
  await chmod(dataDir, 0o711);
  // Tests lose nothing in a power cut, so they need not wait for the disk.
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];
  settings.push('max_wal_size=1GB');
  const server = await startEmbedded({ dataDir, settings });
  return {
    url: server.url,
    socketUrl: server.socketUrl,
    stop: async () => {
      await server.close();
      removeEmbedded(dataDir);
    },
  };
}

/**
 * Where the data lie: in memory where there is room. Each file's database is a copy of a thousand files, which costs a
 * disk's file system several times what it costs one in memory.
 */
async function scratch(): Promise<string> {
  const memory = '/dev/shm';
  try {
    await access(memory, constants.W_OK);
    const { bavail, bsize } = await statfs(memory);
    if (bavail * bsize >= ROOM && process.availableMemory() >= 2 * ROOM) return memory;
  } catch {
    // A system without it, such as macOS.
  }
  return tmpdir();
}
