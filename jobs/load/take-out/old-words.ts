/** Terms that a program of others found in a note are of its words: they go where a new version has other ones. */
import type { Tx } from '../../../sql/connect.ts';
import { type Finished, idOf } from '../assemble.ts';
import type { Ledger } from '../write/ledger.ts';
import { deleteTermsInTx } from './rows-of-others.ts';

/** Before the notes are written again. */
export async function deleteTermsOfOldWordsInTx(
  tx: Tx,
  changed: readonly Finished[],
  ledger: Pick<Ledger, 'rows'>,
): Promise<void> {
  const words = new Map<number, unknown>();
  for (const { key, rows } of changed) {
    rows.forEach(({ table, values }, index) => {
      if (table === 'note') words.set(idOf(table, key, index), values['note_text']);
    });
  }
  if (words.size === 0) return;
  const read = await tx<{ id: number }[]>`
    select distinct note_id as id from note_nlp where note_id = any(${[...words.keys()]}::bigint[])`;
  if (read.length === 0) return;
  const notes = await tx<{ id: number; text: string | null }[]>`
    select note_id as id, note_text as text from note where note_id = any(${read.map((one) => one.id)}::bigint[])`;
  const others = notes.filter(({ id, text }) => text !== words.get(id)).map(({ id }) => id);
  if (others.length > 0) await deleteTermsInTx(tx, others, ledger);
}
