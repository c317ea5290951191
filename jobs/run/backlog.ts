/**
 * Backpressure from mapping to downloading: bounds how much text of a run may wait to be mapped
 * (`limits.backlog_bytes`).
 *
 * A pause must end by itself. Mapping can work only on chunks of the lowest open phase; chunks of later
 * phases wait for its files. So files of that phase are held up only by chunks that can be mapped now, each
 * of which looks for pending files when it is done. Files of later phases are held up by everything that
 * waits. A paused file goes back to `pending`. Downloads begin again only when half of the backlog has been
 * worked off, since a server without Range sends the whole file again.
 */
import type { Tx } from '../../sql/connect.ts';
import { DELETED_PHASE } from '../load/phases.ts';

export interface BacklogLimits {
  readonly backlog_bytes: number;
  readonly chunk_bytes: number;
}

const NONE = -1;
/** The largest smallint. */
const ALL = 32_767;
const RESUME_SHARE = 0.5;

/** The last phase of which a download may begin. The caller holds the run's lock. */
export function mayBeginInTx(tx: Tx, runId: number, limits: BacklogLimits): Promise<number> {
  return roomInTx(tx, runId, limits, RESUME_SHARE);
}

/**
 * Puts a file back to `pending` if it would add to a full backlog; returns false when there is room. The
 * caller holds the run's lock.
 */
export async function pauseInTx(
  tx: Tx,
  file: { readonly file_id: number; readonly run_id: number; readonly phase: number },
  limits: BacklogLimits,
): Promise<boolean> {
  // Nothing of these files is mapped before they are whole, so a pause would not end.
  if (file.phase >= DELETED_PHASE) return false;
  if (file.phase <= (await roomInTx(tx, file.run_id, limits, 1))) return false;
  // The file has come further since its URL was renewed. It may now have to wait for longer than that URL
  // lives, so the URL may be renewed again.
  await tx`update export_file set state = 'pending', refreshed_at = null where file_id = ${file.file_id}`;
  return true;
}

/** The last phase for which less than `share` of the limit waits. */
async function roomInTx(tx: Tx, runId: number, limits: BacklogLimits, share: number): Promise<number> {
  const bytes = limits.backlog_bytes * share;
  // Small files make small chunks, so the number of chunks is limited too: to as many as make up the limit
  // when full.
  const chunks = Math.max(1, Math.ceil(bytes / limits.chunk_bytes));
  const [backlog] = await tx<{ known: boolean; lowest: number | null; now_full: boolean; full: boolean }[]>`
    with lowest as (
      select least(
        (select min(phase) from export_file where run_id = ${runId} and state in ('pending', 'queued')),
        (select min(phase) from chunk where run_id = ${runId} and state <> 'done')
      ) as phase
    ), held as (
      select phase, byte_end - byte_start as bytes from chunk where run_id = ${runId} and state <> 'done'
      order by phase, chunk_id limit ${chunks}
    ), sums as (
      select count(*) filter (where h.phase = l.phase) as chunks_now, count(*) as chunks,
        coalesce(sum(h.bytes) filter (where h.phase = l.phase), 0) as bytes_now, coalesce(sum(h.bytes), 0) as bytes
      from held h cross join lowest l
    )
    select (select manifest_at is not null from run where run_id = ${runId}) as known,
      (select phase from lowest) as lowest,
      bytes_now >= ${bytes} or chunks_now >= ${chunks} as now_full, bytes >= ${bytes} or chunks >= ${chunks} as full
    from sums`;
  // Nothing is mapped while the manifest is still growing, so a pause would not end.
  if (!backlog?.known) return ALL;
  if (backlog.now_full) return NONE;
  return backlog.full ? (backlog.lowest ?? ALL) : ALL;
}
