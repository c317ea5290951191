/**
 * The state of the vocabulary: its release, and the revision of the local maps. What a code leads to may
 * change only when one of them does. So both are part of what a resource was mapped with, and a worker
 * forgets what it remembers when either changes.
 */
import type { Sql, Tx } from '../../../sql/connect.ts';
import { syncError } from '../../step/errors.ts';

export interface VocabularyState {
  readonly releaseId: number;
  readonly mapRevision: number;
  /** The day in UTC, as 2026-11-20: local maps have a first and a last day on which they hold. */
  readonly day: string;
}

/** Reading it first in a transaction keeps the release in place until the transaction ends (see swap.ts). */
export async function readState(tx: Sql | Tx, now: Date): Promise<VocabularyState> {
  const day = dayOf(now);
  const [row] = await tx<Omit<VocabularyState, 'day'>[]>`
    select r.release_id as "releaseId",
           s.revision + (select count(*) from unnest(s.boundaries) as b where b <= ${day}::date) as "mapRevision"
    from vocabulary_release r cross join local_map_state s where r.is_current`;
  if (row) return { ...row, day };
  throw syncError('vocabulary-not-loaded');
}

export function sameState(one: VocabularyState, other: VocabularyState): boolean {
  return one.releaseId === other.releaseId && one.mapRevision === other.mapRevision;
}

export function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}
