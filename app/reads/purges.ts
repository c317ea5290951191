/** Reads purges for the API. */
import type { z } from '@hono/zod-openapi';
import type { Sql, Tx } from '../../sql/connect.ts';
import { problem } from '../problems.ts';
import type { PurgeSchema } from '../schemas/purge.ts';

type Purge = z.infer<typeof PurgeSchema>;
type Row = Omit<Purge, 'requested_at' | 'finished_at' | 'lifted_at'> & {
  requested_at: Date;
  finished_at: Date | null;
  lifted_at: Date | null;
};

/** Purges, newest first. */
export async function selectPurges(
  sql: Sql | Tx,
  filter: {
    readonly connection_id?: number;
    /** Only of these connections; null for all. */
    readonly connections?: readonly number[] | null;
    readonly purge_id?: number;
    readonly before?: number | undefined;
    readonly limit: number;
  },
): Promise<Purge[]> {
  const { connection_id = null, connections = null, purge_id = null, before = null, limit } = filter;
  const rows = await sql<Row[]>`
    select purge_id, connection_id, reason, requested_by, requested_at, run_id, resources, finished_at, lifted_at,
      lifted_by,
      case
        when lifted_at is not null then 'lifted'
        when finished_at is not null then 'done'
        when run_id is not null then 'running'
        else 'requested'
      end as state
    from purge
    where (${connection_id}::integer is null or connection_id = ${connection_id})
      and (${connections}::integer[] is null or connection_id = any (${connections}))
      and (${purge_id}::integer is null or purge_id = ${purge_id})
      and (${before}::bigint is null or purge_id < ${before}::bigint)
    order by purge_id desc
    limit ${limit}`;
  return rows.map((row) => ({
    ...row,
    requested_at: row.requested_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
    lifted_at: row.lifted_at?.toISOString() ?? null,
  }));
}

export async function purgeOf(sql: Sql | Tx, connection_id: number, purge_id: number): Promise<Purge> {
  const [found] = await selectPurges(sql, { connection_id, purge_id, limit: 1 });
  if (found) return found;
  throw problem('purge-not-found', `Connection ${connection_id} has no purge ${purge_id}. List its purges.`);
}
