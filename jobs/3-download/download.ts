/**
 * Step 3: reads one file and commits it chunk by chunk. Each commit holds the chunk, the file's offset and, when its
 * phase is open, the chunk's map job: that is the checkpoint. After a break the file is continued at the last
 * committed byte by Range, or read again from its beginning, with what is known already compared by hash and let go;
 * a file that changed underneath, or proves damaged, starts anew. One that ends early by the look of it is read once more.
 */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Tx } from '../../sql/connect.ts';
import { type Connection, readConnection } from '../connection/connection.ts';
import { FILE_DAMAGED, type OpenFile, openLocalFile, openRemoteFile } from '../fhir/file.ts';
import { pack } from '../lines/chunk-text.ts';
import { beginning, type Cut, cutLines } from '../lines/chunker.ts';
import { advanceInTx } from '../run/advance.ts';
import { pauseInTx } from '../run/backlog.ts';
import { checkAge } from '../run/check-age.ts';
import { logExport } from '../run/export-log.ts';
import { noteInTx } from '../run/notices.ts';
import type { Deps } from '../step/deps.ts';
import { giveUp, SyncError } from '../step/errors.ts';
import type { Handler, StepContext } from '../step/handler.ts';
import { type Run, readRun } from '../step/run.ts';
import { isLost, settleLostFile } from './lost-file.ts';
import { lastLineIsCut, lastTextOf, readOnceMoreInTx, settleShortInTx } from './short-file.ts';
import { takeBackInTx } from './take-back.ts';
import { countUnchangedInTx, findUnchanged, type Unchanged } from './unchanged-chunk.ts';

const MAX_RESTARTS = 3;

export interface ExportFile {
  readonly file_id: number;
  readonly run_id: number;
  readonly file_no: number;
  readonly kind: string;
  readonly phase: number;
  readonly url: string;
  readonly state: string;
  readonly bytes_done: number;
  readonly lines_done: number;
  readonly next_seq: number;
  readonly etag: string | null;
  readonly restarts: number;
  readonly expected_count: number | null;
  readonly refreshed_at: Date | null;
  readonly short_reads: number;
}

export const downloadStep: Handler<'download'> = async (deps, step) => {
  const { sql } = deps;
  const run = await readRun(sql, step.payload.run_id);
  const file = await readFile(deps, step.payload.file_id);
  if (!run || !file || file.state !== 'queued' || !['downloading', 'processing'].includes(run.status)) {
    return step.commit(async () => {});
  }
  const connection = await readConnection(sql, run.connection_id);
  try {
    await readWhole(deps, step, run, connection, file);
  } catch (error) {
    // Called off by ourselves: no try of the file. Another worker goes on at the checkpoint.
    if (step.stopping?.aborted && error instanceof SyncError) {
      return step.commit((tx) => deps.queue.sendInTx(tx, 'download', step.payload));
    }
    const damaged = error instanceof SyncError && error.code === FILE_DAMAGED;
    if (damaged) await step.checkpoint((tx) => takeBackInTx(tx, file));
    if (error instanceof SyncError && error.code === 'disk-low') return waitForDisk(deps, step, run, error);
    // Files on disk are for a person to put right: there the run stops, and goes on when it is started again.
    if (run.kind === 'import') throw error;
    if (error instanceof SyncError && error.code === 'file-throttled') {
      return waitForServer(deps, step, run, connection, error);
    }
    // A worker that hands itself on after each chunk begins to count anew.
    const oftenEnough = damaged && file.restarts >= MAX_RESTARTS;
    if (!oftenEnough && !isLost(error, step.payload.attempt ?? 0)) throw error;
    await settleLostFile(deps, step, run, connection, file, error);
  }
};

async function readWhole(
  deps: Deps,
  step: StepContext<'download'>,
  run: Run,
  connection: Connection,
  file: ExportFile,
): Promise<void> {
  await deps.disk?.check();
  const opened = await open(deps, step, run, connection, file);
  try {
    await receive(deps, step, run, connection, file, opened);
  } finally {
    opened.bytes.destroy();
  }
}

/** 429 is no fault of the file: it is asked for again as often as it takes, within the time that an export may take. */
async function waitForServer(
  deps: Deps,
  step: StepContext<'download'>,
  run: Run,
  connection: Connection,
  error: SyncError,
): Promise<void> {
  checkAge(run, connection, deps.clock());
  const { poll_min_seconds, poll_max_seconds } = connection.config.limits;
  const startAfter = Math.min(poll_max_seconds, Math.max(poll_min_seconds, 1, error.retryAfterSeconds ?? 60));
  await step.commit((tx) => deps.queue.sendInTx(tx, 'download', step.payload, { startAfter }));
}

/** However long it takes: what is here stays, and neither this file nor the run is to blame. */
async function waitForDisk(
  { log, queue, clock }: Deps,
  step: StepContext<'download'>,
  run: Run,
  { code, message, retryAfterSeconds = 60 }: SyncError,
): Promise<void> {
  log.warn({ step: 'download', run_id: run.run_id, file_id: step.payload.file_id, code }, message);
  await step.commit(async (tx) => {
    await noteInTx(tx, run.run_id, clock(), { code, message });
    await queue.sendInTx(tx, 'download', step.payload, { startAfter: retryAfterSeconds });
  });
}

async function readFile(deps: Deps, fileId: number): Promise<ExportFile | undefined> {
  const [file] = await deps.sql<ExportFile[]>`
    select file_id, run_id, file_no, kind, phase, url, state, bytes_done, lines_done, next_seq, etag, restarts,
      expected_count, refreshed_at, short_reads
    from export_file where file_id = ${fileId}`;
  return file;
}

async function open(
  deps: Deps,
  step: StepContext<'download'>,
  run: Run,
  connection: Connection,
  file: ExportFile,
): Promise<OpenFile> {
  if (run.kind === 'import') return openLocalFile(file.url);
  const request = {
    url: file.url,
    from: file.bytes_done,
    etag: file.etag,
    requiresToken: run.requires_token,
    signal: step.stopping,
    refusePrivate: deps.refusePrivateNetworks,
  };
  return openRemoteFile(connection, deps.tokens.of(connection), request, deps.clock);
}

async function receive(
  deps: Deps,
  step: StepContext<'download'>,
  run: Run,
  connection: Connection,
  file: ExportFile,
  opened: OpenFile,
): Promise<void> {
  const { queue, clock } = deps;
  const { limits } = connection.config;
  const { chunk_bytes, max_line_bytes } = limits;
  const again = (tx: Tx) => queue.sendInTx(tx, 'download', { run_id: file.run_id, file_id: file.file_id });
  if (opened.from < file.bytes_done && !(await skipKnown(deps, file, opened.bytes, max_line_bytes))) {
    return step.commit(async (tx) => {
      await restartInTx(tx, file);
      await again(tx);
    });
  }
  logExport(deps, run, 'download_request', { file_no: file.file_no, from: opened.from });
  const readOnceMore = () => step.commit((tx) => readOnceMoreInTx(tx, queue, file));
  const mayReadOnceMore = run.kind === 'export' && file.short_reads === 0;
  let last: Cut | undefined;
  const cuts = cutLines(opened.bytes, { chunkBytes: chunk_bytes, maxLineBytes: max_line_bytes });
  let at: Position = { bytes: file.bytes_done, lines: file.lines_done, seq: file.next_seq };
  for await (const cut of cuts) {
    checkSize(connection, at.bytes + cut.size);
    await deps.disk?.check();
    last = cut;
    if (mayReadOnceMore && lastLineIsCut(cut)) return readOnceMore();
    const position = at;
    const write = async (tx: Tx) => {
      await claimInTx(tx, file, position);
      const whole = file.kind === 'output' && cut.text.length === cut.size;
      const unchanged = whole ? await findUnchanged(tx, deps, run, connection, cut.text) : undefined;
      await storeChunkInTx(tx, file, position, cut, unchanged, clock());
      await moveOnInTx(tx, file, position, cut, opened.etag);
      await advanceInTx(tx, queue, file.run_id, clock());
    };
    at = { bytes: at.bytes + cut.size, lines: at.lines + cut.lines, seq: at.seq + 1 };
    const yields = step.shouldYield();
    let paused = false;
    await step.checkpoint(async (tx) => {
      await write(tx);
      paused = await pauseInTx(tx, file, limits);
      if (yields && !paused) await again(tx);
      if (yields || paused) await step.completeInTx(tx);
    });
    if (yields || paused) return;
  }
  const fewer = file.expected_count !== null && at.lines < file.expected_count;
  if (mayReadOnceMore && fewer) return readOnceMore();
  const cutShort = lastLineIsCut(last ?? (await lastTextOf(deps.sql, file.file_id)));
  await step.commit(async (tx) => {
    await claimInTx(tx, file, at);
    await tx`update export_file set state = 'done', finished_at = ${clock()} where file_id = ${file.file_id}`;
    if (run.kind === 'export')
      await settleShortInTx(tx, connection, file, at.lines, { cutShort, fewer }, clock());
    await advanceInTx(tx, queue, file.run_id, clock());
  });
  const { file_no } = file;
  logExport(deps, run, 'download_complete', { file_no, resourceCount: at.lines, fileSize: at.bytes });
}

function checkSize(connection: Connection, bytes: number): void {
  const { export_max_file_bytes } = connection.config.limits;
  if (bytes <= export_max_file_bytes) return;
  throw giveUp(
    'file-too-large',
    `A file of the export is larger than sync_config.limits.export_max_file_bytes (${export_max_file_bytes}). ` +
      'Raise the limit if that is right; else the server repeats itself.',
  );
}

interface Position {
  readonly bytes: number;
  readonly lines: number;
  readonly seq: number;
}

async function storeChunkInTx(
  tx: Tx,
  file: ExportFile,
  at: Position,
  cut: Cut,
  unchanged: Unchanged | undefined,
  now: Date,
): Promise<void> {
  const sha256 = createHash('sha256').update(cut.text).digest();
  const [chunk] = await tx<{ chunk_id: number }[]>`
    insert into chunk (run_id, file_id, seq, phase, byte_start, byte_end, first_line, lines, sha256, state, mapped_at,
      mapping_version_id)
    values (${file.run_id}, ${file.file_id}, ${at.seq}, ${file.phase}, ${at.bytes}, ${at.bytes + cut.size},
      ${at.lines}, ${cut.lines}, ${sha256}, ${unchanged ? 'done' : 'waiting'}, ${unchanged ? now : null},
      ${unchanged?.version.mappingVersionId ?? null})
    returning chunk_id`;
  const chunkId = chunk?.chunk_id ?? 0;
  if (unchanged) return countUnchangedInTx(tx, { chunkId, runId: file.run_id }, unchanged);
  await tx`insert into chunk_body (chunk_id, body) values (${chunkId}, ${await pack(cut.text)})`;
}

async function moveOnInTx(
  tx: Tx,
  file: ExportFile,
  at: Position,
  cut: Cut,
  etag: string | null,
): Promise<void> {
  await tx`update export_file set bytes_done = ${at.bytes + cut.size}, lines_done = ${at.lines + cut.lines},
      next_seq = ${at.seq + 1}, etag = ${etag}
    where file_id = ${file.file_id}`;
}

/** Locks the file and makes sure that nobody else has taken it further: two workers may read it at once. */
async function claimInTx(tx: Tx, file: ExportFile, at: Position): Promise<void> {
  const [now] = await tx<Pick<ExportFile, 'bytes_done' | 'next_seq' | 'state' | 'restarts'>[]>`
    select bytes_done, next_seq, state, restarts from export_file where file_id = ${file.file_id} for update`;
  const here = now?.bytes_done === at.bytes && now.next_seq === at.seq && now.restarts === file.restarts;
  if (here && now.state === 'queued') return;
  throw new Error('another worker has taken this file further');
}

/** Reads past what is committed already; false when the file is not the one that it was. */
async function skipKnown(
  deps: Deps,
  file: ExportFile,
  bytes: Readable,
  maxLineBytes: number,
): Promise<boolean> {
  const known = await deps.sql<KnownChunk[]>`
    select byte_end - byte_start as size, sha256 from chunk where file_id = ${file.file_id} order by seq`;
  const sizes = known.filter(({ size }) => size > 0);
  let comparison = sizes[0] && compareTo(sizes[0], maxLineBytes);
  let next = 1;
  if (!comparison) return true;
  for await (const part of bytes.iterator({ destroyOnReturn: false })) {
    let rest: Buffer = part;
    while (comparison) {
      rest = comparison.read(rest);
      if (comparison.left > 0) break;
      if (!comparison.isSame()) return false;
      const chunk: KnownChunk | undefined = sizes[next++];
      comparison = chunk && compareTo(chunk, maxLineBytes);
    }
    if (comparison) continue;
    if (rest.length > 0) bytes.unshift(rest);
    return true;
  }
  return false;
}

interface KnownChunk {
  readonly size: number;
  readonly sha256: Buffer;
}

/** Takes the bytes as they come: a chunk may be a line of gigabytes, of which only the beginning was kept. */
function compareTo({ size, sha256 }: KnownChunk, maxLineBytes: number) {
  const whole = createHash('sha256');
  let kept: Buffer = Buffer.alloc(0);
  let left = size;
  return {
    get left() {
      return left;
    },
    /** What is not of this chunk any more. */
    read(bytes: Buffer): Buffer {
      const own = bytes.subarray(0, left);
      left -= own.length;
      whole.update(own);
      kept = beginning(Buffer.concat([kept, beginning(own, maxLineBytes)]), maxLineBytes);
      return bytes.subarray(own.length);
    },
    isSame(): boolean {
      if (whole.digest().equals(sha256)) return true;
      return size > maxLineBytes && createHash('sha256').update(kept).digest().equals(sha256);
    },
  };
}

/** The file changed underneath: what was read of it belongs to another file. */
async function restartInTx(tx: Tx, file: ExportFile): Promise<void> {
  if (file.restarts >= MAX_RESTARTS) {
    throw giveUp(
      'file-keeps-changing',
      `A file of the export differed at each of ${MAX_RESTARTS + 1} readings. Start the sync again.`,
    );
  }
  await takeBackInTx(tx, file);
}
