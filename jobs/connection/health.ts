/** How connections are doing. The view connection_health decides; here are its words, for API, command line and alerts. */
import type { Sql, Tx } from '../../sql/connect.ts';

/** From well to what needs a person soonest. */
export const HEALTH = ['healthy', 'degraded', 'never-synced', 'silent', 'failing', 'paused'] as const;
export type Health = (typeof HEALTH)[number];

/** Why a connection is not healthy. */
export interface Reason {
  /** Stable. */
  readonly code: string;
  /** Types, a file, a scope, a step; empty for the whole. */
  readonly subject: string;
  readonly amount: number | null;
  readonly run_id: number | null;
  readonly message: string;
  readonly todo: string | null;
}

export async function readReasons(sql: Sql | Tx, connectionId: number): Promise<Reason[]> {
  return await sql<Reason[]>`
    select code, subject, amount, run_id, message, todo from health_reasons where connection_id = ${connectionId}`;
}
