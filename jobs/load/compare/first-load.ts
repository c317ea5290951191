/**
 * On the first load of a connection every resource is new, so there is nothing to compare it with: asking for what is
 * known of it is left out. Should one be there after all (the export holds it twice), the unique index says so, the
 * chunk is rolled back and done again, and from then on this worker asks.
 */
import type { Tx } from '../../../sql/connect.ts';

/** By run: whether its resources are all new, as far as this worker knows. */
export type FirstLoads = Map<number, boolean>;

/** Runs that a worker remembers; one that it forgot is asked for again. */
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
