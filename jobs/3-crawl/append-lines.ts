/** Appends resources of a page to the file of their type, as chunks: what was received stays as it was received. */
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import { pack } from '../lines/chunk-text.ts';
import { addChunkInTx } from '../load/chunk-row.ts';
import { countUnchangedInTx, findUnchanged } from '../run/unchanged-chunk.ts';
import type { Deps } from '../step/deps.ts';
import type { Run } from '../step/run.ts';

interface Place {
  readonly phase: number;
  readonly bytes_done: number;
  readonly lines_done: number;
  readonly next_seq: number;
}

/** The file is locked until the commit: of two pages for it, the later follows the earlier. */
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
  if (lines.length === 0) return;
  const [file] = await tx<Place[]>`
    select phase, bytes_done, lines_done, next_seq from export_file where file_id = ${fileId} for update`;
  if (!file) return;
  let { bytes_done: bytes, lines_done: done, next_seq: seq } = file;
  for (const some of portions(lines, connection.config.limits.chunk_bytes)) {
    const text = Buffer.concat(some.flatMap((line) => [line, LINE_END]));
    const unchanged = await findUnchanged(tx, deps, run, connection, text);
    const chunkId = await addChunkInTx(tx, {
      ...{ run_id: run.run_id, file_id: fileId, seq, phase: file.phase, content: text },
      ...{ byte_start: bytes, byte_end: bytes + text.length, first_line: done, lines: some.length },
      mapped: unchanged ? { at: deps.clock(), version: unchanged.version.mappingVersionId } : null,
    });
    if (unchanged) await countUnchangedInTx(tx, { chunkId, runId: run.run_id }, unchanged);
    else await tx`insert into chunk_body (chunk_id, body) values (${chunkId}, ${await pack(text)})`;
    bytes += text.length;
    done += some.length;
    seq += 1;
  }
  await tx`
    update export_file set bytes_done = ${bytes}, lines_done = ${done}, next_seq = ${seq} where file_id = ${fileId}`;
}

const LINE_END = Buffer.from('\n');

function* portions(lines: readonly Buffer[], bytes: number): Generator<readonly Buffer[]> {
  let some: Buffer[] = [];
  let size = 0;
  for (const line of lines) {
    if (some.length > 0 && size + line.length > bytes) {
      yield some;
      some = [];
      size = 0;
    }
    some.push(line);
    size += line.length + 1;
  }
  if (some.length > 0) yield some;
}
