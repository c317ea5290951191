/**
 * What Postgres refuses, by SQLSTATE (PostgreSQL manual, appendix A): what passes by itself, and what does
 * not. The code of such an error is `postgres-` followed by its SQLSTATE. For a connection that fails, it is
 * the client's own code.
 */
import type { Sort } from './entry.ts';

interface StateClass {
  /** SQLSTATEs, or their first two characters for the rest of a class. */
  readonly states: readonly string[];
  /** Codes of the client and of the system beneath it. */
  readonly codes?: readonly string[];
  readonly sort: Sort;
  readonly says: string;
  readonly todo: string;
}

/** Two transactions collided; the same works in a new transaction. */
const COLLISIONS = ['40001', '40P01', '23505'];

export const DATABASE = {
  collision: {
    states: COLLISIONS,
    sort: 'retry',
    says: 'Two transactions wanted the same at the same moment.',
    todo: 'It is tried again. If it stays, report it.',
  },
  'took-too-long': {
    states: ['55P03', '57014'],
    sort: 'retry',
    says: 'A lock was held by others, or a statement took longer than allowed.',
    todo: 'See pg_stat_activity for the query that is in the way and end it; then retry the run.',
  },
  'disk-full': {
    states: ['53100', '58030'],
    sort: 'retry',
    says: 'The disk of the database is full or fails.',
    todo: "Make room for the database and its WAL (see the server's log); then retry the run.",
  },
  'out-of-resources': {
    states: ['53'],
    sort: 'retry',
    says: 'The database server is out of memory or connections.',
    todo: 'Let fewer workers run, or raise max_connections or the memory of the server; then retry the run.',
  },
  'connection-lost': {
    states: ['08', '57P'],
    codes: [
      ...['CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECTION_ENDED', 'CONNECT_TIMEOUT'],
      ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND'],
    ],
    sort: 'retry',
    says: 'The connection to the database was lost, or none was to be had.',
    todo: 'Check that the server runs and that this machine may connect; then retry the run.',
  },
  'not-encrypted': {
    states: [],
    codes: ['DATABASE_TLS'],
    sort: 'retry-briefly',
    says: 'The database offers no TLS, or a certificate that is not accepted.',
    todo: "See the message for which; correct sslmode and sslrootcert in DATABASE_URL, or the server's certificate.",
  },
  'read-only': {
    states: ['25006'],
    sort: 'retry',
    says: 'The database takes no writes.',
    todo: 'Let DATABASE_URL name the primary and no standby; then retry the run.',
  },
  'not-let-in': {
    states: ['28', '3D'],
    sort: 'retry-briefly',
    says: 'The database server refuses this login, or has no database of that name.',
    todo: `Check user, password and database name in DATABASE_URL, and the server's pg_hba.conf; then retry the run.`,
  },
  'not-allowed': {
    states: ['42501'],
    sort: 'retry-briefly',
    says: 'The database user may not do this.',
    todo: 'Grant it what `npm run cli -- doctor` finds missing, or run as the owner; then retry the run.',
  },
  reference: {
    states: ['23503'],
    sort: 'retry-briefly',
    says: 'A row refers to one that is not there.',
    todo: `See the constraint in the message. With foreign keys to concept, load a complete vocabulary
      (\`npm run cli -- doctor\` lists what lacks); then retry the run.`,
  },
  constraint: {
    states: ['23'],
    sort: 'give-up',
    says: 'A row does not fit a constraint of the database, and would not the next time.',
    todo: `See the constraint in the message. Drop constraints of your own, or report the row's table and constraint;
      then retry the run.`,
  },
  'plan-outdated': {
    states: ['26', '42P05'],
    sort: 'retry',
    says: 'A prepared statement is not what it was, since tables or the connection have changed.',
    todo: `It is tried again. If it stays, let no pooler between this program and Postgres share connections within a
      session.`,
  },
  schema: {
    states: ['42', '0A', '3F'],
    sort: 'give-up',
    says: 'A statement does not fit the tables of this database, or this database cannot do it.',
    todo: `Run \`npm run migrate\`; a CDM of your own needs the columns of CDM 5.4. If neither helps, report it. Then
      retry the run.`,
  },
  value: {
    states: ['22', '54'],
    sort: 'retry-briefly',
    says: 'A value does not fit its column.',
    todo: 'This is a fault of this program: report the code and the table. The run can be retried after an update.',
  },
  other: {
    states: [],
    sort: 'retry',
    says: 'Postgres gives a reason that has no place in this list.',
    todo: "See the server's log at that time; then retry the run, or report it.",
  },
} as const satisfies Record<string, StateClass>;

export type DatabaseClass = keyof typeof DATABASE;

const CLASSES: readonly (readonly [DatabaseClass, StateClass])[] = Object.entries(DATABASE) as [
  DatabaseClass,
  StateClass,
][];

/** A plan that was made before a table changed is refused with the SQLSTATE of what no database can do (0A000). */
const OUTDATED = 'RevalidateCachedQuery';

/** A partition was attached since one was chosen for the row; refused with the SQLSTATE of a constraint (23514). */
const OTHER_PARTITION = 'ExecPartitionCheckEmitError';

/** The class of a SQLSTATE: the one with the longest matching prefix. `routine`: where in Postgres it came from. */
export function classOf(state: string, routine?: string): DatabaseClass {
  if (routine === OUTDATED) return 'plan-outdated';
  if (routine === OTHER_PARTITION) return 'collision';
  const matches = CLASSES.flatMap(([name, { states }]) =>
    states.filter((begin) => state.startsWith(begin)).map((begin) => ({ name, begin })),
  );
  const [best] = matches.toSorted((one, other) => other.begin.length - one.begin.length);
  return best?.name ?? 'other';
}

/** The class of one of the client's codes; undefined for any other code. */
export function classOfCode(code: string): DatabaseClass | undefined {
  return CLASSES.find(([, { codes }]) => codes?.includes(code))?.[0];
}

export function isCollision(error: unknown): boolean {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return COLLISIONS.some((state) => state === code);
}
