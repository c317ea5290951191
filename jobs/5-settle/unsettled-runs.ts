/**
 * Runs whose changes a settling takes up: its own, those beside it, and those that ended before they had settled (failed,
 * cancelled) since the last that did. What these brought is not sent again as new.
 */
import type { Tx } from '../../sql/connect.ts';
import { readOverlappingInTx } from '../load/compare/overlapping.ts';
import type { Run } from '../step/run.ts';

export async function unsettledRunsInTx(tx: Tx, run: Run): Promise<number[]> {
  const ended = await tx<{ run_id: number }[]>`
    select run_id from run
    where connection_id = ${run.connection_id} and status in ('failed', 'cancelled')
      and finished_at >= coalesce(
        (select max(created_at) from run where connection_id = ${run.connection_id} and status = 'completed'),
        '-infinity'
      )`;
  const beside = await readOverlappingInTx(tx, run);
  return [...new Set([run.run_id, ...beside.keys(), ...ended.map((one) => one.run_id)])];
}
