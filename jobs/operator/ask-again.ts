/** Forgets what a server answered when it was asked for single resources and did not give them: the next sync asks anew. */
import type { Tx } from '../../sql/connect.ts';
import { readConnection } from '../connection/connection.ts';

/** How many resources that is. That a type takes no searches is forgotten, too: the server may have changed. */
export async function askAgainInTx(
  tx: Tx,
  of: { readonly connection_id: number; readonly resource_type?: string | undefined },
): Promise<number> {
  const { connection_id } = await readConnection(tx, of.connection_id);
  const type = of.resource_type ?? null;
  const forgotten = await tx`
    update hydration_request set state = 'unavailable'
    where connection_id = ${connection_id} and state in ('not-found', 'refused')
      and (${type}::text is null or resource_type = ${type})`;
  await tx`
    delete from hydration_search
    where connection_id = ${connection_id} and (${type}::text is null or resource_type = ${type})`;
  return forgotten.count;
}
