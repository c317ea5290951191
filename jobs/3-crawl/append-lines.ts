/** Appends resources of a page to the file of their type, as chunks: what was received stays as it was received. */
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import { portions, textOf } from '../lines/portions.ts';
import { appendChunkInTx } from '../load/append-chunk.ts';
import { storeBodyInTx } from '../load/chunk-body.ts';
import { countUnchangedInTx, findUnchanged } from '../run/unchanged-chunk.ts';
import type { Deps } from '../step/deps.ts';
import type { Run } from '../step/run.ts';

export async function appendLinesInTx(
  tx: Tx,
  deps: Deps,
  {
    run,
    connection,
    fileId,
  }: { readonly run: Run; readonly connection: Connection; readonly fileId: number },
  lines: readonly Buffer[],
): Promise<void> {
  for (const some of portions(lines, connection.config.limits.chunk_bytes)) {
    const content = textOf(some);
    const unchanged = await findUnchanged(tx, deps, run, connection, content);
    const chunkId = await appendChunkInTx(tx, fileId, {
      ...{ content, size: content.length, lines: some.length },
      mapped: unchanged ? { at: deps.clock(), version: unchanged.version.mappingVersionId } : null,
    });
    if (unchanged) await countUnchangedInTx(tx, { chunkId, runId: run.run_id }, unchanged);
    else await storeBodyInTx(tx, deps.keyring, chunkId, content);
  }
}
