/**
 * Adds to the record of who did what, in the transaction of what is recorded: what is rolled back leaves no event, and
 * nothing is committed without one. The event is sealed afterwards (seal.ts), so that no lock lasts as long as a step.
 */
import type { Tx } from '../../sql/connect.ts';
import { clean } from '../step/clean.ts';
import type { Actor } from './actor.ts';

/** `refused`: not let in, or not allowed. `failed`: begun and not achieved. */
export type Outcome = 'done' | 'refused' | 'failed';

/** Ids, codes, counts and settings. Never a secret, and nothing that tells of a patient. */
export type Facts = Readonly<Record<string, unknown>>;

export interface AuditEvent {
  readonly at: Date;
  readonly actor: Actor;
  /** The thing and the verb: "connection.create", "run.cancel". */
  readonly action: string;
  /** What was acted on: "connection/7", "run/12". */
  readonly object: string;
  /** `done` when left out. */
  readonly outcome?: Outcome | undefined;
  /** HTTP status of the answer, where there was a request. */
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  /** The caller's own id of the request. */
  readonly clientRequestId?: string | undefined;
  /** Settings that were changed, as they were. */
  readonly before?: Facts | undefined;
  /** The same, as they are now. */
  readonly after?: Facts | undefined;
  readonly details?: Facts | undefined;
}

const LONGEST = 200;

export async function recordInTx(tx: Tx, event: AuditEvent): Promise<void> {
  const { actor, outcome = 'done' } = event;
  await tx`
    insert into audit_event (
      at, actor, role, via, action, object, outcome, status, address, request_id, client_request_id,
      before, after, details
    )
    values (
      ${event.at}, ${short(actor.name)}, ${actor.role}, ${actor.via}, ${event.action}, ${short(event.object)},
      ${outcome}, ${event.status ?? null}, ${short(actor.address)}, ${short(event.requestId)},
      ${short(event.clientRequestId)}, ${json(event.before)}::text::jsonb, ${json(event.after)}::text::jsonb,
      ${json(event.details)}::text::jsonb
    )`;
}

/** What callers say of themselves is of any length, and may hold what a terminal obeys. */
function short(text: string): string;
function short(text: string | null | undefined): string | null;
function short(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : clean(text.replace(/\p{Cc}/gu, ' '), LONGEST);
}

/** Postgres takes no NUL in a JSON text. */
function json(facts: Facts | undefined): string | null {
  return facts === undefined ? null : JSON.stringify(facts).replaceAll('\\u0000', '');
}
