/** What the API adds to the record: who did what, by which request. It holds ids, codes and settings, never content. */
import type { Context } from 'hono';
import { type AuditEvent, type Facts, type Outcome, recordInTx } from '../jobs/record/record.ts';
import type { Tx } from '../sql/connect.ts';
import type { AppEnv } from './app-env.ts';
import type { Caller } from './caller.ts';

export interface AuditEntry {
  /** The thing and the verb: "connection.create", "sync.start". */
  readonly action: string;
  /** What was acted on: "connection/7", "run/12". */
  readonly target: string;
  readonly status: number;
  /** Settings that were changed, as they were. */
  readonly before?: Facts | undefined;
  /** The same, as they are now. */
  readonly after?: Facts | undefined;
  readonly details?: Facts | undefined;
}

/** Goes into the transaction of the change, so that no change goes unrecorded and nothing is recorded that was not. */
export async function audit(tx: Tx, c: Context<AppEnv>, entry: AuditEntry): Promise<void> {
  await recordInTx(tx, eventOf(c, c.var.caller, entry));
}

/** Records that somebody read what tells of persons, before they are given it. */
export async function auditRead(c: Context<AppEnv>, entry: Omit<AuditEntry, 'status'>): Promise<void> {
  const { sql } = c.var.services;
  await sql.begin((tx) => recordInTx(tx, eventOf(c, c.var.caller, { ...entry, status: 200 })));
}

/** A sign-in, a sign-out, or a request that was refused: of whom, and with what outcome. */
export interface AccessEntry extends AuditEntry {
  /** As far as they are known. */
  readonly caller: Caller;
  readonly outcome: Outcome;
}

/** In a transaction of its own, since nothing else is written. */
export async function recordAccess(c: Context<AppEnv>, entry: AccessEntry): Promise<void> {
  const { sql } = c.var.services;
  await sql.begin((tx) => recordInTx(tx, { ...eventOf(c, entry.caller, entry), outcome: entry.outcome }));
}

function eventOf(c: Context<AppEnv>, caller: Caller, entry: AuditEntry): AuditEvent {
  const { action, target, status, before, after, details } = entry;
  return {
    ...{ at: c.var.services.clock(), action, object: target, status, before, after, details },
    actor: { ...caller, name: caller.via === 'cli' ? `cli:${caller.name}` : caller.name },
    requestId: c.var.requestId,
    clientRequestId: c.req.header('x-request-id'),
  };
}
