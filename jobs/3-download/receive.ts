/** Receives the bytes of one file and commits them chunk by chunk, each commit with the file's checkpoint. */
import type { Tx } from '../../sql/connect.ts';
import type { Connection } from '../connection/connection.ts';
import type { OpenFile } from '../fhir/file.ts';
import { type Cut, cutLines, isBeginning } from '../lines/chunker.ts';
import { addChunkInTx } from '../load/chunk-row.ts';
import { advanceInTx } from '../run/advance.ts';
import { pauseInTx } from '../run/backlog.ts';
import { logExport } from '../run/export-log.ts';
import { sortOutUnchanged, storeSortedInTx } from '../run/unchanged-lines.ts';
import type { Deps } from '../step/deps.ts';
import { syncError } from '../step/errors.ts';
import type { StepContext } from '../step/handler.ts';
import type { Run } from '../step/run.ts';
import { after, claimInTx, type ExportFile, moveOnInTx, type Position } from './export-file.ts';
import { isCounted, lastLineIsCut, lastTextOf, readOnceMoreInTx, settleShortInTx } from './short-file.ts';

/** One download of one file. */
export interface Download {
  readonly deps: Deps;
  readonly step: StepContext<'download'>;
  readonly run: Run;
  readonly connection: Connection;
  readonly file: ExportFile;
}

export async function receive(download: Download, opened: OpenFile): Promise<void> {
  const { deps, run, connection, file } = download;
  const { chunk_bytes, max_line_bytes } = connection.config.limits;
  logExport(deps, run, 'download_request', { file_no: file.file_no, from: opened.from });
  const cuts = cutLines(opened.bytes, { chunkBytes: chunk_bytes, maxLineBytes: max_line_bytes });
  let at: Position = { bytes: file.bytes_done, lines: file.lines_done, seq: file.next_seq };
  let last: Cut | undefined;
  for await (const cut of cuts) {
    checkSize(connection, at.bytes + cut.size);
    await deps.disk?.check();
    if (mayReadOnceMore(download) && lastLineIsCut(cut)) return readOnceMore(download);
    const handedOn = await commitCut(download, at, cut, opened.etag);
    if (handedOn) return;
    at = after(at, cut);
    last = cut;
  }
  await finish(download, at, last);
}

/** Commits one chunk; true when the file was handed on or paused with it, and this job is over. */
async function commitCut(download: Download, at: Position, cut: Cut, etag: string | null): Promise<boolean> {
  const { deps, step, run, connection, file } = download;
  const { queue, clock } = deps;
  const { limits } = connection.config;
  const yields = step.shouldYield();
  let paused = false;
  await step.checkpoint(async (tx) => {
    await claimInTx(tx, file, at);
    await storeChunkInTx(tx, download, at, cut);
    await moveOnInTx(tx, file, after(at, cut), etag);
    await advanceInTx(tx, queue, { run_id: run.run_id, limits }, clock());
    paused = await pauseInTx(tx, file, limits);
    if (yields && !paused) {
      await queue.sendInTx(tx, 'download', { run_id: file.run_id, file_id: file.file_id });
    }
    if (yields || paused) await step.completeInTx(tx);
  });
  return yields || paused;
}

async function storeChunkInTx(tx: Tx, download: Download, at: Position, cut: Cut): Promise<void> {
  const { deps, run, connection, file } = download;
  const isReadable = file.kind === 'output' && !isBeginning(cut);
  const sorted = isReadable
    ? await sortOutUnchanged(tx, deps, run, connection, cut.text)
    : { toMap: cut.text, unchanged: [], seenUnchanged: null, mapped: null };
  const to = after(at, cut);
  const chunkId = await addChunkInTx(tx, {
    ...{ run_id: file.run_id, file_id: file.file_id, seq: at.seq, phase: file.phase, content: cut.text },
    ...{ byte_start: at.bytes, byte_end: to.bytes, first_line: at.lines, lines: cut.lines },
    ...{ mapped: sorted.mapped, seenUnchanged: sorted.seenUnchanged },
  });
  await storeSortedInTx(tx, deps, { chunkId, runId: file.run_id }, sorted);
}

async function finish(download: Download, at: Position, last: Cut | undefined): Promise<void> {
  const { deps, step, run, connection, file } = download;
  const fewer = isCounted(file) && at.lines < (file.expected_count ?? 0);
  if (mayReadOnceMore(download) && fewer) return readOnceMore(download);
  const cutShort = lastLineIsCut(last ?? (await lastTextOf(deps, file.file_id)));
  const now = deps.clock();
  await step.commit(async (tx) => {
    await claimInTx(tx, file, at);
    await tx`update export_file set state = 'done', finished_at = ${now} where file_id = ${file.file_id}`;
    if (run.kind === 'export')
      await settleShortInTx(tx, connection, file, at.lines, { cutShort, fewer }, now);
    await advanceInTx(tx, deps.queue, { run_id: run.run_id, limits: connection.config.limits }, now);
  });
  const { file_no } = file;
  logExport(deps, run, 'download_complete', { file_no, resourceCount: at.lines, fileSize: at.bytes });
}

const mayReadOnceMore = ({ run, file }: Download) => run.kind === 'export' && file.short_reads === 0;

const readOnceMore = ({ deps, step, file }: Download) =>
  step.commit((tx) => readOnceMoreInTx(tx, deps.queue, file));

function checkSize(connection: Connection, bytes: number): void {
  const { export_max_file_bytes } = connection.config.limits;
  if (bytes <= export_max_file_bytes) return;
  throw syncError('file-too-large', { limit: export_max_file_bytes });
}
