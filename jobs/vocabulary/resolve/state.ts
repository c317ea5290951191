/**
 * The state of the vocabulary: which release, and which revision of the local maps. What a code leads to may only
 * change when one of them does, so both are part of what a resource was mapped with, and a worker forgets what it
 * remembers when either moves.
 */
import type { Sql, Tx } from '../../../sql/connect.ts';
import { syncError } from '../../step/errors.ts';

export interface VocabularyState {
  readonly releaseId: number;
  readonly mapRevision: number;
  /** In UTC, as 2026-11-20: local maps have a day from which and until which they hold. */
  readonly day: string;
}

/** Read first in a transaction, it keeps the release as it is until the end of it (see swap.ts). */
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
