/**
 * Asks for the load of a vocabulary from the server's own disk. The row and its job are one transaction, and
 * one load is under way at a time.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Clock } from '../step/clock.ts';
import { syncError } from '../step/errors.ts';
import type { Queue } from '../step/queue.ts';

export interface StartVocabularyLoad {
  /** Folder or zip, as allowedSource() found it. */
  readonly path: string;
  readonly requested_by: string;
}

/** Returns the number of the load. */
export async function startVocabularyLoadInTx(
  tx: Tx,
  deps: { readonly queue: Queue; readonly clock: Clock },
  { path, requested_by }: StartVocabularyLoad,
): Promise<number> {
  const [created] = await tx<{ load_id: number }[]>`
    insert into vocabulary_load (path, requested_by, created_at)
    values (${path}, ${requested_by}, ${deps.clock()})
    on conflict ((true)) where state in ('queued', 'running') do nothing
    returning load_id`;
  if (!created) throw await running(tx);
  await deps.queue.sendInTx(tx, 'vocabulary', created);
  return created.load_id;
}

async function running(tx: Tx): Promise<Error> {
  const [live] = await tx<{ load_id: number; state: string }[]>`
    select load_id, state from vocabulary_load where state in ('queued', 'running')`;
  return syncError('vocabulary-load-running', {
    load: `Load ${live?.load_id ?? ''}`,
    state: live?.state ?? 'at its end',
  });
}
