/** What is not loaded, counted by connection, reason and type; the single resources are in the API's lists. */
import type { Sql } from '../../sql/connect.ts';

export const KINDS = ['failed', 'excluded', 'parked'] as const;
export type NotLoadedKind = (typeof KINDS)[number];

export interface NotLoadedGroup {
  readonly connection_id: number;
  readonly site_name: string;
  readonly kind: NotLoadedKind;
  readonly reason: string | null;
  readonly resource_type: string | null;
  readonly resources: number;
}

export interface GroupFilter {
  /** Only of these connections; null for all. */
  readonly connections: readonly number[] | null;
  readonly kind: NotLoadedKind;
  readonly resource_type?: string | undefined;
  readonly reason?: string | undefined;
}

/** The largest groups first, at most 200: each is a question, not a list. */
export async function selectNotLoaded(sql: Sql, filter: GroupFilter): Promise<NotLoadedGroup[]> {
  const { connections, kind } = filter;
  const source = {
    failed: sql`select connection_id, reason, resource_type from failure where resolved_at is null`,
    excluded: sql`select connection_id, reason, resource_type from resource where outcome = 'excluded'`,
    parked: sql`
      select w.connection_id, 'waits for ' || w.target_type as reason, r.resource_type
      from waiting w join resource r using (resource_key) where w.parked`,
  }[kind];
  // Counted before the connections' names are joined, so that the index of the failures is enough to count them.
  return await sql<NotLoadedGroup[]>`
    with counted as (
      select g.connection_id, g.reason, g.resource_type, count(*) as resources
      from (${source}) g
      where (${connections}::integer[] is null or g.connection_id = any (${connections}))
        and (${filter.resource_type ?? null}::text is null or g.resource_type = ${filter.resource_type ?? null})
        and (${filter.reason ?? null}::text is null or g.reason = ${filter.reason ?? null})
      group by g.connection_id, g.reason, g.resource_type
    )
    select connection_id, c.site_name, ${kind} as kind, reason, resource_type, resources
    from counted join connection c using (connection_id)
    order by resources desc, c.site_name, reason, resource_type
    limit 200`;
}
