/** A run as the steps need it. */
import type { Sql, Tx } from '../../sql/connect.ts';

/** Exports, imports and syncs of some patients bring something in; the other kinds work on what is stored (jobs/operator). */
export type RunKind =
  | 'export'
  | 'import'
  | 'remap'
  | 'redrive'
  | 'removal'
  | 'purge'
  | 'deletion'
  | 'patient';

export interface Run {
  readonly run_id: number;
  readonly connection_id: number;
  readonly kind: RunKind;
  readonly mode: 'full' | 'incremental';
  readonly status:
    | 'pending'
    | 'exporting'
    | 'downloading'
    | 'processing'
    | 'completed'
    | 'failed'
    | 'cancelled';
  /** Which of its exports the run is at: who is in the Group, the history of newcomers, or the main one. */
  readonly part: 'members' | 'newcomers' | 'main';
  readonly since: string | null;
  readonly export_scope: string | null;
  readonly kick_off_started_at: Date | null;
  readonly status_url: string | null;
  readonly polls: number;
  readonly transaction_time: string | null;
  readonly requires_token: boolean | null;
  readonly manifest_at: Date | null;
  readonly retried_at: Date | null;
  readonly scopes_not_granted: string[];
  readonly closing_at: Date | null;
  readonly created_at: Date;
  /** Whether it asks by searches in place of an export. */
  readonly crawls: boolean;
  /** What the export left open is being asked for, for the how-manieth time, in which batch. */
  readonly hydrating: boolean;
  readonly hydrating_since: Date | null;
  readonly hydration_round: number;
  readonly hydration_batch: number;
  /** Whether the run is compared with what is stored when it closes. */
  readonly reconciles: boolean;
  /** What exactly an operation was asked to do. */
  readonly asked: unknown;
}

export async function readRun(sql: Sql | Tx, runId: number): Promise<Run | undefined> {
  const [run] = await sql<Run[]>`
    select run_id, connection_id, kind, mode, status, part, since, export_scope, kick_off_started_at, status_url, polls,
      transaction_time, requires_token, manifest_at, retried_at, scopes_not_granted, closing_at, created_at, crawls,
      hydrating, hydrating_since, hydration_round, hydration_batch, reconciles, asked
    from run where run_id = ${runId}`;
  return run;
}

/**
 * A condition on `status`: the run has not ended. It is written out, so that it matches the condition of the
 * index that allows a connection only one such run.
 */
export const notEnded = (sql: Sql | Tx) =>
  sql`status in ('pending', 'exporting', 'downloading', 'processing')`;

/** Whether steps that map, settle or close may work on the run. */
export const isLive = (run: Run) => run.status === 'downloading' || run.status === 'processing';

/**
 * The day up to which the data tell of stays that are not over. It is the server's day where the server
 * stated one, and otherwise the day on which the run was created.
 */
export function extractionDate(run: Run): string {
  const said = run.transaction_time?.slice(0, 10) ?? '';
  return /^\d{4}-\d{2}-\d{2}$/.test(said) ? said : run.created_at.toISOString().slice(0, 10);
}
