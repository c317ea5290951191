/**
 * A run of some patients may be live beside an export. Both map chunks at once, as two workers do; but settling and
 * closing compute over all of a connection, and so are done by one run alone, while nobody maps.
 */
import type { Tx } from '../../sql/connect.ts';

/** Of the locks by two numbers, which are apart from those by one. */
const LOADING = 0x10ad;
const COMPARING = 0x10ae;

/** First in the transaction, since who settles waits for all who map. */
export async function mapBesideOthersInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`
    select pg_advisory_xact_lock_shared(${LOADING}::int, ${connectionId}::int),
      pg_advisory_xact_lock_shared(${COMPARING}::int, ${connectionId}::int)`;
}

/** The same for a chunk that must know what all others of its run have found unchanged. */
export async function mapAloneInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock_shared(${LOADING}::int, ${connectionId}::int)`;
  await tx`select pg_advisory_xact_lock(${COMPARING}::int, ${connectionId}::int)`;
}

/** Before lines are called unchanged without being mapped. */
export async function compareBesideOthersInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock_shared(${COMPARING}::int, ${connectionId}::int)`;
}

export async function settleAloneInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock(${LOADING}::int, ${connectionId}::int)`;
}
