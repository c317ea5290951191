/**
 * A database of one's own on the Citus cluster that CITUS_URL names (its coordinator, any database of it): on each of its
 * nodes, distributed, with the demo vocabulary. The login must be a superuser, and the same on all nodes.
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
import { connect, type Sql } from '../../sql/connect.ts';
import { DEFAULT_SCHEMAS } from '../../sql/default-schemas.ts';
import { distributeInTx } from '../../sql/distribute.ts';
import { migrate } from '../../sql/migrate.ts';
import type { TestDatabase } from '../database.ts';
import { writeVocabulary } from '../ehr/vocabulary.ts';
import { withDatabase } from '../with-database.ts';

/** Tests on a cluster run where this is set; elsewhere they are skipped by name. */
export const CITUS_URL = process.env['CITUS_URL'];

interface Node {
  readonly host: string;
  readonly port: number;
  readonly is_coordinator: boolean;
}

export async function newCitusDatabase(cluster: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = postgres(cluster, { max: 1, onnotice: () => {} });
  const nodes = await admin<Node[]>`
    select nodename as host, nodeport as port, groupid = 0 as is_coordinator from pg_dist_node order by groupid`;
  await admin.end();
  for (const node of nodes)
    await on(node, cluster, async (sql) => void (await sql.unsafe(`create database ${name}`)));
  for (const node of nodes) {
    await on(node, withDatabase(cluster, name), async (sql) => void (await sql`create extension citus`));
  }
  const url = withDatabase(cluster, name);
  const joined = postgres(url, { max: 1, onnotice: () => {} });
  for (const { host, port, is_coordinator } of nodes) {
    await (is_coordinator
      ? joined`select citus_set_coordinator_host(${host}, ${port})`
      : joined`select citus_add_node(${host}, ${port})`);
  }
  await joined.end();
  const sql = connect(url, DEFAULT_SCHEMAS, { max: 6 });
  await migrate(sql, DEFAULT_SCHEMAS);
  await (await openQueue({ url, schemas: DEFAULT_SCHEMAS, passive: true })).close();
  await sql.begin((tx) => distributeInTx(tx));
  await loadDemoVocabulary(sql);
  return {
    ...{ sql, url, socketUrl: url, schemas: DEFAULT_SCHEMAS },
    async drop() {
      await sql.end({ timeout: 5 });
      for (const node of nodes) {
        await on(node, cluster, async (one) => void (await one.unsafe(`drop database ${name} with (force)`)));
      }
    },
  };
}

/** As the real loader leaves it, which makes reference tables of it. */
export async function loadDemoVocabulary(sql: Sql): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-vocabulary-'));
  try {
    await writeVocabulary(folder);
    await loadVocabulary({ sql, source: folder, clock: systemClock, log: pino({ level: 'silent' }) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function on(node: Node, url: string, work: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const address = new URL(url);
  address.hostname = node.host;
  address.port = String(node.port);
  const sql = postgres(address.href, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
