/**
 * Rows that others have written into the CDM about what we loaded: members of cohorts, episodes, terms that were found in
 * notes. None of them may outlive the person or the note, least of all the words of a note.
 */
import type { Tx } from '../../../sql/connect.ts';
import { IDS_PER_RESOURCE } from '../../map/cdm/row-ids.ts';
import { changePersonInTx } from '../write/change-person.ts';

/** Takes any keys of resources: those that are no persons and have no notes are named by no such row. */
export async function deleteOthersRowsInTx(tx: Tx, keys: readonly number[]): Promise<void> {
  await tx`delete from cohort where subject_id = any(${keys}::bigint[])`;
  // The ids are fetched first, since on Citus the two tables lie apart.
  const episodes = await tx<{ id: number }[]>`
    select episode_id as id from episode where person_id = any(${keys}::bigint[])`;
  if (episodes.length > 0) {
    const ids = episodes.map((one) => one.id);
    await tx`delete from episode_event where episode_id = any(${ids}::bigint[])`;
    await tx`delete from episode where person_id = any(${keys}::bigint[]) and episode_id = any(${ids}::bigint[])`;
  }
  await tx`
    delete from note_nlp n using unnest(${keys}::bigint[]) as k(key)
    where n.note_id >= k.key * ${IDS_PER_RESOURCE} and n.note_id < (k.key + 1) * ${IDS_PER_RESOURCE}`;
}

/** Of persons that others stand for from now on. */
export async function moveOthersRowsInTx(
  tx: Tx,
  changes: readonly { readonly from: number; readonly to: number }[],
): Promise<void> {
  const moves = tx`
    unnest(${changes.map(({ from }) => from)}::bigint[], ${changes.map(({ to }) => to)}::bigint[])
      as m(replaced, person)`;
  await tx`update cohort t set subject_id = m.person from ${moves} where t.subject_id = m.replaced`;
  await changePersonInTx(tx, 'episode', { moves, isTheirs: tx`t.person_id = m.replaced` });
}
