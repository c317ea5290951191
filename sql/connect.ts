/**
 * The postgres.js client. SQL in this project names tables without a schema: the search_path puts ours first, then
 * the CDM's, so that both names are configurable in one place.
 *
 * Values come as: bigint → number (all our ids stay below 2^53, see jobs/map/README.md), numeric → number,
 * date and timestamp → text as Postgres writes it (the CDM's times have no zone), timestamptz → Date.
 */
import postgres from 'postgres';

export interface Schemas {
  /** Where the OMOP CDM and its vocabulary are. */
  readonly cdm: string;
  /** Runs, checkpoints, hashes, views. */
  readonly sync: string;
  /** pg-boss. */
  readonly queue: string;
}

export const DEFAULT_SCHEMAS: Schemas = { cdm: 'cdm', sync: 'ehr_sync', queue: 'pgboss' };

const numberType = (from: number[]) => ({
  to: from[0] ?? 20,
  from,
  serialize: (value: number) => String(value),
  parse: (text: string) => Number(text),
});
const textType = (from: number[]) => ({
  to: 25,
  from,
  serialize: (value: string) => value,
  parse: (text: string) => text,
});

const types = { bigint: numberType([20]), numeric: numberType([1700]), civil: textType([1082, 1114]) };

export type Sql = postgres.Sql<{ bigint: number; numeric: number; civil: string }>;
export type Tx = postgres.TransactionSql<{ bigint: number; numeric: number; civil: string }>;

export interface ConnectOptions {
  /** Connections in the pool. */
  readonly max?: number;
  /** Ends a statement that runs longer, in milliseconds; 0 = never. */
  readonly statementTimeoutMs?: number;
}

/** Names this process in pg_stat_activity, so that the last process out can tell that it is the last. */
export const APPLICATION = `fhir-omop-sync:${process.pid}`;

export function connect(url: string, schemas: Schemas = DEFAULT_SCHEMAS, options: ConnectOptions = {}): Sql {
  return postgres(url, {
    max: options.max ?? 10,
    types,
    onnotice: () => {},
    connect_timeout: 15,
    connection: {
      application_name: APPLICATION,
      search_path: searchPath(schemas.sync, schemas.cdm),
      ...(options.statementTimeoutMs ? { statement_timeout: options.statementTimeoutMs } : {}),
    },
  });
}

/** A search_path setting; schema names are quoted, since they are the user's choice. */
export function searchPath(...names: string[]): string {
  return [...names, 'public'].map((name) => `"${name.replaceAll('"', '""')}"`).join(', ');
}
