/**
 * Takes back what came of text that a file does not hold. Chunks are mapped while their file is still being read, and
 * only the end of a compressed file tells whether it was sound; or the server puts another file in its place. Then the
 * chunks that were read go, and the resources that they brought equal no content any more, so that they are mapped
 * anew where the next reading has them.
 *
 * Resources that no later reading has are settled before the run closes (5-settle/settle-misread.ts).
 */
import type { Tx } from '../../sql/connect.ts';
import type { FailedFile } from '../run/missing-parts.ts';

export async function takeBackInTx(
  tx: Tx,
  { file_id, run_id }: Pick<FailedFile, 'file_id' | 'run_id'>,
): Promise<void> {
  await tx`select 1 from export_file where file_id = ${file_id} for update`;
  // A chunk that is being mapped is waited for: what comes of it is taken back with the others.
  const chunks = await tx<{ chunk_id: number }[]>`
    select chunk_id from chunk where file_id = ${file_id} order by chunk_id for update`;
  if (chunks.length === 0) return;
  const ids = chunks.map(({ chunk_id }) => chunk_id);
  await tx`
    update resource set content_hash = '', last_updated = null, position = 0, incomplete = true
    where chunk_id = any(${ids}::bigint[])`;
  await tx`delete from failure where run_id = ${run_id} and chunk_id = any(${ids}::bigint[])`;
  await tx`delete from chunk where chunk_id = any(${ids}::bigint[])`;
  await tx`
    update export_file set bytes_done = 0, lines_done = 0, next_seq = 0, etag = null, restarts = restarts + 1
    where file_id = ${file_id}`;
}
