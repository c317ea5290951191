/** The audit of the API: who did what. It holds ids and codes, never content. */
import type { Context } from 'hono';
import type { Sql, Tx } from '../sql/connect.ts';
import type { AppEnv } from './app-env.ts';

export interface AuditEntry {
  /** The thing and the verb: "connection.create", "sync.start". */
  readonly action: string;
  /** What was acted on: "connection/7", "run/12". */
  readonly target: string;
  readonly status: number;
}

/**
 * Writes the entry in the transaction of the change where there is one, so that no change goes unrecorded.
 */
export async function audit(sql: Sql | Tx, c: Context<AppEnv>, entry: AuditEntry): Promise<void> {
  await sql`
    insert into audit (at, actor, action, target, status, request_id)
    values (
      ${c.var.services.clock()}, ${c.var.caller.name}, ${entry.action}, ${entry.target}, ${entry.status},
      ${c.var.requestId}
    )`;
}
