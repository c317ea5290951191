/** Thresholds that the site has set for checks of the Data Quality Dashboard. */
import type { Tx } from '../../sql/connect.ts';

export async function selectThresholdInTx(
  tx: Tx,
  check_id: string,
): Promise<{ readonly threshold: number; readonly note: string } | undefined> {
  const [row] = await tx<{ threshold: number; note: string }[]>`
    select threshold, note from dqd_threshold where check_id = ${check_id} for update`;
  return row;
}
