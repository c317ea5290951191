/** The worklist of unmapped codes as it is kept of a connection, and as counting all that it has gives it. */
import type { Sql } from '../../sql/connect.ts';

export interface Counted {
  readonly code: string;
  readonly resource_type: string;
  readonly element: string;
  readonly records: number;
  readonly persons: number;
}

export async function unmappedCounts(
  sql: Sql,
  connectionId: number,
): Promise<{ readonly kept: Counted[]; readonly anew: Counted[] }> {
  const kept = await sql<Counted[]>`
    select s.code, m.resource_type, m.element, m.records, m.persons
    from unmapped_summary m join source_code s using (code_id)
    where m.connection_id = ${connectionId} order by s.system, s.code, m.resource_type, m.element`;
  const anew = await sql<Counted[]>`
    select s.code, r.resource_type, u.element, count(*) as records, count(distinct u.person_id) as persons
    from unmapped_use u join resource r using (resource_key) join source_code s using (code_id)
    where r.connection_id = ${connectionId} group by s.system, s.code, r.resource_type, u.element
    order by s.system, s.code, r.resource_type, u.element`;
  return { kept: [...kept], anew: [...anew] };
}
