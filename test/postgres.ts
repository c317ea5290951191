/**
 * One Postgres for the whole test run: TEST_DATABASE_URL, else Docker, else the embedded one. It is migrated once
 * into a template database; each test file works on a clone of its own (database.ts).
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { openQueue } from '../jobs/step/queue.ts';
import { cdmVersionOf } from '../sql/cdm-version.ts';
import { connect, DEFAULT_SCHEMAS } from '../sql/connect.ts';
import { removeEmbedded, startEmbedded } from '../sql/embedded.ts';
import { migrate } from '../sql/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    templateDatabase: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer();
  const templateDatabase = `fhir_omop_sync_template_${process.pid}`;
  const admin = postgres(server.url, { max: 1, onnotice: () => {} });
  await admin.unsafe(`drop database if exists ${templateDatabase}`);
  await admin.unsafe(`create database ${templateDatabase}`);
  const url = withDatabase(server.url, templateDatabase);
  const sql = connect(url, DEFAULT_SCHEMAS, { max: 2 });
  // The whole suite may be run on another version of the CDM.
  await migrate(sql, DEFAULT_SCHEMAS, { cdmVersion: cdmVersionOf(process.env) });
  const queue = await openQueue({ url, schemas: DEFAULT_SCHEMAS, passive: true });
  await queue.close();
  await sql.end();
  project.provide('postgresUrl', server.url);
  project.provide('templateDatabase', templateDatabase);
  return async () => {
    await admin.unsafe(`drop database if exists ${templateDatabase} with (force)`);
    await admin.end();
    await server.stop();
  };
}

interface Server {
  url: string;
  stop(): Promise<void>;
}

async function startServer(): Promise<Server> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) return { url: given, stop: async () => {} };
  return (await inDocker()) ?? (await embedded());
}

async function inDocker(): Promise<Server | undefined> {
  try {
    const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
    const container = await new PostgreSqlContainer('postgres:18-alpine').start();
    return { url: container.getConnectionUri(), stop: async () => void (await container.stop()) };
  } catch {
    return undefined; // No container runtime: the embedded one serves as well.
  }
}

async function embedded(): Promise<Server> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-test-'));
  // Tests lose nothing in a power cut, so they need not wait for the disk.
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];
  const server = await startEmbedded({ dataDir, settings });
  return {
    url: server.url,
    stop: async () => {
      await server.close();
      removeEmbedded(dataDir);
    },
  };
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
