/**
 * On the first load of a connection every resource is new and there is nothing to compare it with, so the
 * query for what is known is left out. Should a resource be there after all (the export holds it twice), the
 * unique index reports it. The chunk is then rolled back and done again, and from then on this worker asks.
 */
import type { Tx } from '../../../sql/connect.ts';

/** Whether all resources of a run are new, as far as this worker knows; by run. */
export type FirstLoads = Map<number, boolean>;

/** How many runs a worker remembers; the database is asked again about a forgotten one. */
const RUNS = 100;

export async function isFirstLoad(
  tx: Tx,
  context: { readonly connectionId: number; readonly runId: number },
  memory: FirstLoads,
): Promise<boolean> {
  const remembered = memory.get(context.runId);
  if (remembered !== undefined) return remembered;
  const [row] = await tx<{ first: boolean }[]>`
    select not exists (
      select 1 from run r
      where r.connection_id = ${context.connectionId} and r.run_id < ${context.runId}
        and exists (select 1 from chunk c where c.run_id = r.run_id)
    ) as first`;
  const first = row?.first ?? false;
  if (memory.size >= RUNS) memory.clear();
  memory.set(context.runId, first);
  return first;
}
