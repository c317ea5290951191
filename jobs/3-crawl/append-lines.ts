/** Appends resources of a page to the file of their type, as chunks. What is stored of them stays as it was received. */
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import { portions, textOf } from '../lines/portions.ts';
import { appendChunkInTx } from '../load/append-chunk.ts';
import { sortOutUnchanged, storeSortedInTx } from '../run/unchanged-lines.ts';
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
    const sorted = await sortOutUnchanged(tx, deps, run, connection, content);
    const chunkId = await appendChunkInTx(tx, fileId, {
      ...{ content, size: content.length, lines: some.length },
      ...{ mapped: sorted.mapped, seenUnchanged: sorted.seenUnchanged },
    });
    await storeSortedInTx(tx, deps, { chunkId, runId: run.run_id }, sorted);
  }
}
