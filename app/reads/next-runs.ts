/** When scheduled syncs are due. */
import { dueSyncs } from '../../jobs/connection/due-sync.ts';
import type { Sql } from '../../sql/connect.ts';

/** The next time of each connection that has a schedule, by its id. */
export async function nextRuns(sql: Sql): Promise<ReadonlyMap<number, Date>> {
  return new Map((await dueSyncs(sql)).map(({ connection_id, due_at }) => [connection_id, due_at]));
}
