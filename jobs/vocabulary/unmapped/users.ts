/** Who uses unmapped codes. */
import type { Tx } from '../../../sql/connect.ts';
import { list } from '../../../sql/list.ts';

/** The connections in which one of these codes is on the worklist: what they have loaded changes with its map. */
export async function usersInTx(tx: Tx, codes: readonly number[]): Promise<number[]> {
  const rows = await tx<{ connection_id: number }[]>`
    select distinct connection_id from unmapped_summary where code_id = any(${list(codes)}::bigint[])
    order by connection_id`;
  return rows.map((row) => row.connection_id);
}
