/** Events as they stand in the table, and the canonical text that their hash is made of. */
import { createHash } from 'node:crypto';
import type { Sql, Tx } from '../../sql/connect.ts';
import { canonicalJson } from './changes.ts';

export interface StoredEvent {
  readonly event_id: number;
  /** UTC with microseconds, as Postgres has it: "2026-11-29T08:30:00.123456Z". */
  readonly at: string;
  readonly actor: string;
  readonly role: string | null;
  readonly via: string;
  readonly action: string;
  readonly object: string;
  readonly outcome: string;
  readonly status: number | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly client_request_id: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly details: unknown;
}

/** In this order in the canonical text. */
export const FIELDS = [
  ...([
    'event_id',
    'at',
    'actor',
    'role',
    'via',
    'action',
    'object',
    'outcome',
    'status',
    'address',
  ] as const),
  ...(['request_id', 'client_request_id', 'before', 'after', 'details'] as const),
] as const satisfies readonly (keyof StoredEvent)[];

/** The columns of a StoredEvent; `e` is audit_event. */
export const eventColumns = (sql: Sql | Tx) => sql`
  e.event_id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, e.actor, e.role, e.via,
  e.action, e.object, e.outcome, e.status, e.address, e.request_id, e.client_request_id, e.before, e.after, e.details`;

/** One line of JSON: the fields in their order, and within them the keys in alphabetical order. */
export function canonicalText(event: StoredEvent): string {
  return `{${FIELDS.map((field) => `"${field}":${canonicalJson(event[field])}`).join(',')}}`;
}

/** Before the first seal. */
export const NO_HASH = '0'.repeat(64);

/** SHA-256 in lower-case hexadecimal. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface Bound {
  readonly version: number;
  readonly event_id: number;
  readonly event_hash: string;
  /** As an event has it. */
  readonly event_at: string;
}

/** The version of the seals that are made now. */
export const SEAL_VERSION = 2;

/** The hash of a seal: over the hash before it, and the hash, number and time of its event, as they are written. */
export function chained(previous: string, { version, event_hash, event_id, event_at }: Bound): string {
  // Older seals say nothing of number and time.
  return sha256(version === 1 ? previous + event_hash : `${previous}${event_hash}${event_id}${event_at}`);
}
