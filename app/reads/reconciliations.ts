/** Reads reconciliations for the API. */
import type { z } from '@hono/zod-openapi';
import type { Sql } from '../../sql/connect.ts';
import { problem } from '../problems.ts';
import type { ReconciliationSchema } from '../schemas/reconciliation.ts';

type Reconciliation = z.infer<typeof ReconciliationSchema>;
type Row = Omit<Reconciliation, 'compared_at' | 'confirmed_at'> & {
  compared_at: Date;
  confirmed_at: Date | null;
};

/** Reconciliations, newest first. */
export async function selectReconciliations(
  sql: Sql,
  filter: {
    readonly connection_id?: number;
    /** Only of these connections; null for all. */
    readonly connections?: readonly number[] | null;
    readonly run_id?: number;
    readonly before?: number | undefined;
    readonly limit: number;
  },
): Promise<Reconciliation[]> {
  const { connection_id = null, connections = null, run_id = null, before = null, limit } = filter;
  const rows = await sql<Row[]>`
    select run_id, connection_id, state, compared_at, types, types_missing, stored, vanished, vanished_percent,
      obstacles, doubts, confirmed_at, confirmed_by, removal_run, removed
    from reconciliations
    where (${connection_id}::integer is null or connection_id = ${connection_id})
      and (${connections}::integer[] is null or connection_id = any (${connections}))
      and (${run_id}::bigint is null or run_id = ${run_id})
      and (${before}::bigint is null or run_id < ${before})
    order by run_id desc
    limit ${limit}`;
  return rows.map((row) => ({
    ...row,
    compared_at: row.compared_at.toISOString(),
    confirmed_at: row.confirmed_at?.toISOString() ?? null,
  }));
}

export async function reconciliationOf(
  sql: Sql,
  of: { readonly connection_id: number; readonly run_id: number },
): Promise<Reconciliation> {
  const [found] = await selectReconciliations(sql, { ...of, limit: 1 });
  if (found) return found;
  throw problem(
    'reconciliation-not-found',
    `Run ${of.run_id} of connection ${of.connection_id} has compared nothing (yet).`,
  );
}
