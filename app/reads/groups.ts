/** Groups that are exported, with how many are in them; who that is, the view group_members tells. */
import type { Sql } from '../../sql/connect.ts';

export interface GroupCount {
  readonly connection_id: number;
  readonly site_key: string;
  readonly group_id: string;
  readonly members: number;
  readonly gone: number;
  /** Members whose whole history has not been exported yet. */
  readonly without_history: number;
  readonly last_run: number | null;
}

export async function selectGroups(sql: Sql, connections: readonly number[] | null): Promise<GroupCount[]> {
  return await sql<GroupCount[]>`
    select connection_id, site_key, group_id, count(*) filter (where is_member) as members,
      count(*) filter (where not is_member) as gone,
      count(*) filter (where is_member and history_run is null) as without_history, max(last_run) as last_run
    from group_members
    where (${connections}::integer[] is null or connection_id = any (${connections}))
    group by connection_id, site_key, group_id
    order by site_key, group_id
    limit 500`;
}
