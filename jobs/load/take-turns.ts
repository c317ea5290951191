/**
 * A run of some patients may be live beside an export. Both map chunks at once, as two workers do; but settling and
 * closing compute over all of a connection, and so are done by one run alone, while nobody maps.
 */
import type { Tx } from '../../sql/connect.ts';

/** Of the locks by two numbers, which are apart from those by one. */
const LOADING = 0x10ad;

/** First in the transaction, since who settles waits for all who map. */
export async function mapBesideOthersInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock_shared(${LOADING}::int, ${connectionId}::int)`;
}

export async function settleAloneInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock(${LOADING}::int, ${connectionId}::int)`;
}
