/** A database of one's own for a test file: a clone of the migrated template. */
import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';
import { connect, DEFAULT_SCHEMAS, type Schemas, type Sql } from '../sql/connect.ts';

export interface TestDatabase {
  readonly sql: Sql;
  readonly url: string;
  readonly schemas: Schemas;
  drop(): Promise<void>;
}

/** `empty` gives a database without our schemas, for tests of the migrations themselves. */
export async function newDatabase(
  options: { empty?: boolean; schemas?: Schemas } = {},
): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = postgres(server, { max: 1, onnotice: () => {} });
  await admin.unsafe(
    `create database ${name} template ${options.empty ? 'template1' : inject('templateDatabase')}`,
  );
  const url = new URL(server);
  url.pathname = `/${name}`;
  const schemas = options.schemas ?? DEFAULT_SCHEMAS;
  const sql = connect(url.href, schemas, { max: 6 });
  return {
    sql,
    url: url.href,
    schemas,
    drop: async () => {
      await sql.end({ timeout: 5 });
      await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}
