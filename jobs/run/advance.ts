/**
 * Decides what comes next in a run. Every step that finishes something (a manifest, a file, a chunk) calls
 * this in its transaction, as its last act. The run is locked, so of two steps that finish at once the later
 * sees what the earlier committed. Whichever finishes the last thing of a phase opens the next phase. The
 * lock lasts only as long as the commit.
 */
import type { Tx } from '../../sql/connect.ts';
import { DELETED_PHASE, ERROR_PHASE } from '../load/phases.ts';
import type { Queue } from '../step/queue.ts';
import { readRun } from '../step/run.ts';
import { type BacklogLimits, mayBeginInTx } from './backlog.ts';
import { nextPartInTx } from './group-membership.ts';
import { beginHydrationInTx } from './hydration.ts';
import { moveSearchesInTx } from './searches.ts';

/**
 * How many map jobs of a run are queued at once: enough for many workers, few enough that runs take turns.
 */
const QUEUED = 32;

/** Thrown when the run has ended while a step of it was at work. */
export class RunEnded extends Error {}

/** The run, and those limits of its connection that decide what may begin. */
export interface Advancing {
  readonly run_id: number;
  readonly limits: BacklogLimits & { readonly parallel_downloads: number; readonly parallel_reads: number };
}

export async function advanceInTx(
  tx: Tx,
  queue: Queue,
  { run_id: runId, limits }: Advancing,
  now: Date,
): Promise<void> {
  // Sent at once, since everybody who finishes something waits meanwhile. Both see what was committed before the lock.
  const [[run], [pending]] = await Promise.all([
    tx<{ status: string; closing_at: Date | null; manifest_at: Date | null; crawls: boolean }[]>`
      select status, closing_at, manifest_at, crawls from run where run_id = ${runId} for no key update`,
    tx`
      select 1 from export_file where run_id = ${runId} and state = 'pending' order by phase, file_no limit 1`,
  ]);
  // The run was cancelled or has failed meanwhile. What this step did is rolled back, so nothing is added
  // after the totals were frozen.
  if (!run || !['downloading', 'processing'].includes(run.status)) throw new RunEnded();
  if (run.closing_at) return;

  if (run.crawls) {
    const upToPhase = await mayBeginInTx(tx, runId, limits);
    await moveSearchesInTx(tx, queue, runId, { parallel: limits.parallel_reads, upToPhase, now });
  } else if (pending) await queueDownloads(tx, queue, runId, limits);
  // The files that a partial manifest names are downloaded. They are not mapped yet, since the order of
  // mapping is known only when all files are named.
  if (!run.manifest_at) return;
  const [open] = await tx<{ files: number | null; chunks: number | null }[]>`
    select (select min(phase) from export_file where run_id = ${runId} and state in ('pending', 'queued')) as files,
      (select min(phase) from chunk where run_id = ${runId} and state <> 'done') as chunks`;
  const files = open?.files ?? null;
  const chunks = open?.chunks ?? null;
  if (files === null && run.status === 'downloading') {
    await tx`update run set status = 'processing' where run_id = ${runId}`;
  }
  if (chunks !== null) {
    await releaseChunks(tx, queue, runId, Math.min(chunks, mayBeMapped(files)));
  } else if (files === null) {
    const whole = await readRun(tx, runId);
    if (whole && whole.part !== 'main') return nextPartInTx(tx, queue, whole, now);
    if (whole?.hydrating) return;
    if (whole && (await beginHydrationInTx(tx, queue, whole, now))) return;
    await tx`update run set closing_at = ${now} where run_id = ${runId}`;
    await queue.sendInTx(tx, 'redrive', { run_id: runId });
  }
}

/**
 * A deletion cannot be undone if its file proves damaged, so these files are mapped only once they are whole.
 */
function mayBeMapped(openFiles: number | null): number {
  if (openFiles === null) return ERROR_PHASE;
  return openFiles < DELETED_PHASE ? openFiles : openFiles - 1;
}

/** Keeps as many downloads going as the connection and the backlog allow, the earliest phases first. */
async function queueDownloads(
  tx: Tx,
  queue: Queue,
  runId: number,
  limits: Advancing['limits'],
): Promise<void> {
  const files = await tx<{ file_id: number }[]>`
    update export_file set state = 'queued'
    where file_id in (
      select file_id from (
        select file_id from export_file
        where run_id = ${runId} and state = 'pending' and phase <= ${await mayBeginInTx(tx, runId, limits)}
        order by phase, file_no limit ${literal(tx, limits.parallel_downloads)}
      ) next
      limit greatest(0, ${limits.parallel_downloads}
        - (select count(*) from export_file where run_id = ${runId} and state = 'queued'))
    )
    returning file_id`;
  await queue.sendManyInTx(
    tx,
    'download',
    files.map(({ file_id }) => ({ run_id: runId, file_id })),
  );
}

/** Queues chunks up to `phase` for mapping, if fewer than half of QUEUED are in the queue. */
async function releaseChunks(tx: Tx, queue: Queue, runId: number, phase: number): Promise<void> {
  const chunks = await tx<{ chunk_id: number; again: boolean }[]>`
    update chunk set state = 'queued'
    where chunk_id in (
      select chunk_id from chunk
      where run_id = ${runId} and state = 'waiting' and phase <= ${phase}
        and (select count(*) from chunk where run_id = ${runId} and state = 'queued') < ${QUEUED / 2}
      order by phase, chunk_id limit ${literal(tx, QUEUED / 2)}
    )
    returning chunk_id, origin_chunk_id is not null as again`;
  const payloads = (again: boolean) =>
    chunks.filter((one) => one.again === again).map(({ chunk_id }) => ({ run_id: runId, chunk_id }));
  await queue.sendManyInTx(tx, 'map', payloads(false));
  await queue.sendManyInTx(tx, 'remap', payloads(true));
}

/** For a limit that is not known the planner assumes a tenth of the table, and reads all of it. */
const literal = (tx: Tx, limit: number) => tx.unsafe(String(limit));
