/**
 * The state of the vocabulary: its release, and the revision of the local maps; beside it the version of the CDM. What
 * a code leads to may change only when one of them does. So both are part of what a resource was mapped with, and a
 * worker forgets what it remembers when either changes.
 */
import type { CdmState } from '../../../sql/cdm-version.ts';
import type { Sql, Tx } from '../../../sql/connect.ts';
import { syncError } from '../../step/errors.ts';

export interface VocabularyState {
  readonly releaseId: number;
  readonly mapRevision: number;
  /** The day in UTC, as 2026-11-20: local maps have a first and a last day on which they hold. */
  readonly day: string;
  /** The version of the CDM that rows are made for. */
  readonly cdm: CdmState;
}

/**
 * Reading it first in a transaction keeps the release (see swap.ts) and the version of the CDM (sql/move-cdm.ts) in place
 * until the transaction ends.
 */
export async function readState(tx: Sql | Tx, now: Date): Promise<VocabularyState> {
  const day = dayOf(now);
  const [row] = await tx<(Omit<VocabularyState, 'day' | 'cdm'> & CdmState)[]>`
    select r.release_id as "releaseId",
           s.revision + (select count(*) from unnest(s.boundaries) as b where b <= ${day}::date) as "mapRevision",
           c.version, c.moves
    from vocabulary_release r cross join local_map_state s cross join cdm_version c where r.is_current`;
  if (row) {
    const { releaseId, mapRevision, version, moves } = row;
    return { releaseId, mapRevision, day, cdm: { version, moves } };
  }
  throw syncError('vocabulary-not-loaded');
}

export function sameState(one: VocabularyState, other: VocabularyState): boolean {
  return one.releaseId === other.releaseId && one.mapRevision === other.mapRevision;
}

export function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10);
}
