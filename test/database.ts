/** A database of one's own for a test file: a clone of the migrated template. */
import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';
import { connect, type Schemas, type Sql } from '../sql/connect.ts';
import { DEFAULT_SCHEMAS } from '../sql/default-schemas.ts';
import { withDatabase } from './with-database.ts';

export interface TestDatabase {
  readonly sql: Sql;
  readonly url: string;
  /** The same by a Unix socket, past the network's part of the kernel, where there is one. */
  readonly socketUrl: string;
  readonly schemas: Schemas;
  drop(): Promise<void>;
}

/**
 * `demo` gives it the demo vocabulary, as its real loader leaves it. `empty` gives a database without our schemas, for
 * tests of the migrations themselves.
 */
export async function newDatabase(
  options: { demo?: boolean; empty?: boolean; schemas?: Schemas } = {},
): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = postgres(server, { max: 1, onnotice: () => {} });
  const template = options.empty ? 'template1' : inject(options.demo ? 'demoDatabase' : 'templateDatabase');
  // Copying files takes Postgres a third of the time that it needs for blocks, one by one, into its log.
  await admin.unsafe(`create database ${name} template ${template} strategy file_copy`);
  const url = withDatabase(server, name);
  const socketUrl = withDatabase(inject('socketUrl'), name);
  const schemas = options.schemas ?? DEFAULT_SCHEMAS;
  const sql = connect(socketUrl, schemas, { max: 6 });
  return {
    sql,
    url,
    socketUrl,
    schemas,
    drop: async () => {
      await sql.end({ timeout: 5 });
      await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}
