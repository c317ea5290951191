/** Makes files of the run of those sources that are read where they are, and lets the run go on. */
import type { Tx } from '../../sql/connect.ts';
import { readConnection } from '../connection/connection.ts';
import type { Keyring } from '../connection/keyring.ts';
import { advanceInTx } from '../run/advance.ts';
import { type FileEntry, stageFiles, storeFilesInTx } from '../run/staged-files.ts';
import type { Clock } from '../step/clock.ts';
import type { Queue } from '../step/queue.ts';

export async function stageSourcesInTx(
  tx: Tx,
  { queue, clock, keyring }: { readonly queue: Queue; readonly clock: Clock; readonly keyring: Keyring },
  { run_id, connection_id }: { readonly run_id: number; readonly connection_id: number },
): Promise<void> {
  const staging = stageFiles(tx, keyring, run_id);
  const sources = await tx<Pick<FileEntry, 'kind' | 'resource_type' | 'phase' | 'url'>[]>`
    select kind, resource_type, phase, url from import_source
    where run_id = ${run_id} and not unpacked order by source_no`;
  for (const file of sources) {
    staging.add({ ...file, expected_count: null, entry_no: null });
    await staging.rest();
  }
  await storeFilesInTx(tx, { run_id, part: 'main' }, await staging.finish());
  await tx`update run set manifest_at = ${clock()} where run_id = ${run_id}`;
  const { limits } = (await readConnection(tx, connection_id)).config;
  await advanceInTx(tx, queue, { run_id, limits }, clock());
}
