/**
 * A run of some patients may be live beside an export. Both map chunks at once, as two workers do; but settling and
 * closing compute over all of a connection, and so are done by one run alone, while nobody maps.
 */
import type { Tx } from '../../sql/connect.ts';

/** Of the locks by two numbers, which are apart from those by one. */
const LOADING = 0x10ad;
const COMPARING = 0x10ae;

/** First in the transaction, since who settles, or maps alone, waits for all who map. */
export async function mapBesideOthersInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock_shared(${LOADING}::int, ${connectionId}::int)`;
}

/**
 * The same for a chunk that another has contradicted (compare/seen-unchanged.ts). It waits before it has written
 * anything: a chunk that maps beside it would hold rows that it needs, and need the lock that it holds.
 */
export async function mapAloneInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock(${LOADING}::int, ${connectionId}::int)`;
  await compareAloneInTx(tx, connectionId);
}

/** Before lines are called unchanged without being mapped, or what is unchanged in a chunk is noted. */
export async function compareBesideOthersInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock_shared(${COMPARING}::int, ${connectionId}::int)`;
}

/**
 * Before a chunk commits what it decided by what others have noted as unchanged. Whoever maps takes this lock when all
 * its rows are written and locked, and the run's row only after it: so who holds it waits for nobody who waits for it.
 */
export async function compareAloneInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock(${COMPARING}::int, ${connectionId}::int)`;
}

export async function settleAloneInTx(tx: Tx, connectionId: number): Promise<void> {
  await tx`select pg_advisory_xact_lock(${LOADING}::int, ${connectionId}::int)`;
}
