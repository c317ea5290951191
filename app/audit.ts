/** What the API adds to the record: who did what, by which request. It holds ids, codes and settings, never content. */
import type { Context } from 'hono';
import { type AuditEvent, type Facts, recordInTx } from '../jobs/record/record.ts';
import type { Tx } from '../sql/connect.ts';
import type { AppEnv } from './app-env.ts';

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
  await recordInTx(tx, eventOf(c, entry));
}

/** Records that somebody read what tells of persons, before they are given it. */
export async function auditRead(c: Context<AppEnv>, entry: Omit<AuditEntry, 'status'>): Promise<void> {
  const { sql } = c.var.services;
  await sql.begin((tx) => recordInTx(tx, eventOf(c, { ...entry, status: 200 })));
}

/** Records that a request was refused, in a transaction of its own, since nothing else is written. */
export async function auditRefusal(c: Context<AppEnv>, entry: AuditEntry): Promise<void> {
  const { sql } = c.var.services;
  await sql.begin((tx) => recordInTx(tx, { ...eventOf(c, entry), outcome: 'refused' }));
}

function eventOf(c: Context<AppEnv>, entry: AuditEntry): AuditEvent {
  const { caller } = c.var;
  const { action, target, status, before, after, details } = entry;
  return {
    ...{ at: c.var.services.clock(), action, object: target, status, before, after, details },
    actor: {
      name: caller.via === 'cli' ? `cli:${caller.name}` : caller.name,
      // Whoever has not been recognised has no role.
      role: caller.via === 'nobody' ? null : caller.role,
      via: caller.via,
      address: c.var.address,
    },
    requestId: c.var.requestId,
    clientRequestId: c.var.callersRequestId,
  };
}
