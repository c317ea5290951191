/**
 * The postgres.js client. SQL in this project names tables without a schema: the search_path puts ours first,
 * then the CDM's, so that both names are configurable in one place.
 *
 * Values arrive as follows: bigint → number (all our ids stay below 2^53, see jobs/map/README.md), numeric →
 * number, date and timestamp → text as Postgres writes it (the CDM's times have no zone), timestamptz → Date.
 */
import { once } from 'node:events';
import { connect as openTcp, type Socket } from 'node:net';
import postgres from 'postgres';
import { DEFAULT_SCHEMAS } from './default-schemas.ts';
import { guardTransactions } from './guard-transactions.ts';
import { quoted } from './quoted.ts';
import { readSocket } from './socket.ts';
import { type DatabaseTls, encrypt, readTls } from './tls.ts';

export interface Schemas {
  /** Where the OMOP CDM and its vocabulary are. */
  readonly cdm: string;
  /** Runs, checkpoints, hashes, views. */
  readonly sync: string;
  /** pg-boss. */
  readonly queue: string;
}

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
  /** Ends a statement that runs for longer than this, in milliseconds; 0 = never. */
  readonly statementTimeoutMs?: number;
  /** Ends a statement that waits for a lock for longer than this, in milliseconds; 0 = never. */
  readonly lockTimeoutMs?: number;
  /** Receives the server's warnings. */
  readonly onWarning?: (text: string) => void;
}

/** Names this process in pg_stat_activity, so that the last process out can tell that it is the last. */
export const APPLICATION = `fhir-omop-sync:${process.pid}`;

/** `url`: where the database is, and how it is spoken to (tls.ts). */
export function connect(url: string, schemas: Schemas = DEFAULT_SCHEMAS, options: ConnectOptions = {}): Sql {
  const tls = readTls(url);
  const { url: address, folder } = readSocket(tls.url);
  // This is a separate constant, since postgres.js documents `socket` but lacks it in its types.
  const settings = {
    max: options.max ?? 10,
    ...(folder === undefined ? {} : { host: folder }),
    types,
    onnotice: (notice: postgres.Notice) => {
      if (notice['severity'] === 'WARNING') options.onWarning?.(notice['message'] ?? '');
    },
    connect_timeout: CONNECT_SECONDS,
    // openSocket encrypts.
    ssl: false,
    socket: (where: Where) => openSocket(where, tls),
    connection: {
      application_name: APPLICATION,
      search_path: searchPath(schemas.sync, schemas.cdm),
      ...(options.statementTimeoutMs ? { statement_timeout: options.statementTimeoutMs } : {}),
      ...(options.lockTimeoutMs ? { lock_timeout: options.lockTimeoutMs } : {}),
    },
  };
  return guardTransactions(postgres(address, settings));
}

const CONNECT_SECONDS = 15;

interface Where {
  readonly host: readonly string[];
  readonly port: readonly number[];
  /** Path of a Unix socket. */
  readonly path?: string | false;
}

/**
 * Opens the connection with TCP_NODELAY, which postgres.js leaves off. A COPY ends with small writes, and
 * Nagle's algorithm holds each back until the one before is acknowledged, some 40 ms each time. Hosts are
 * tried in turn.
 */
async function openSocket({ host, port, path }: Where, tls: DatabaseTls): Promise<Socket> {
  let refused: unknown;
  for (const [index, name] of host.entries()) {
    const number = port[index] ?? 5432;
    const socket = path ? openTcp(path) : openTcp({ host: name, port: number, noDelay: true });
    try {
      socket.setTimeout(CONNECT_SECONDS * 1000, () => socket.destroy(new Error(`${name} did not answer`)));
      await once(socket, 'connect');
      const spoken = tls.options && !path ? await encrypt(socket, name, tls) : socket;
      socket.setTimeout(0);
      return Object.assign(spoken, { host: name, port: number });
    } catch (error) {
      socket.destroy();
      refused = error;
    }
  }
  throw refused;
}

/** A search_path setting. Schema names are quoted, since users choose them. */
export function searchPath(...names: string[]): string {
  return [...names, 'public'].map(quoted).join(', ');
}
