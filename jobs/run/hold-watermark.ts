/**
 * Reasons of failures that hold the watermark: something that the server has was not received, so the next sync asks
 * for the same time again. Everything else is a matter of one resource, which stays listed until it is loaded.
 */
import type { Tx } from '../../sql/connect.ts';
import { FILE_ERROR, NOT_NDJSON } from '../lines/read-lines.ts';

/** The server says in its error file that it could not export something. */
export const SERVER_ERROR = 'server-reported-error';
/** A deletion that cannot be read is not asked for again unless the watermark is held: what is deleted stays loaded. */
export const DELETION_UNREADABLE = 'deletion-unreadable';
/** The file could not be had at all, or not to its end. */
export const FILE_LOST = 'file-lost';
/** Its last line is cut in the middle, at two readings. */
export const CUT_SHORT = 'file-cut-short';
/** At two readings it held fewer lines than the manifest says (only where the connection wants that to count). */
export const FEWER_LINES = 'fewer-lines-than-announced';
/** Resources stood only in a reading of it that was damaged or replaced. */
export const MISREAD = 'file-misread';

export const HOLD_WATERMARK = [
  ...[SERVER_ERROR, FILE_ERROR, NOT_NDJSON, FILE_LOST, CUT_SHORT, FEWER_LINES, MISREAD, DELETION_UNREADABLE],
];

export interface FailedFile {
  readonly run_id: number;
  readonly file_id: number;
  readonly phase: number;
}

/** A failure of a whole file. It hangs on an empty chunk at the end of what was read, which says where. */
export async function recordFileFailureInTx(
  tx: Tx,
  file: FailedFile,
  reason: string,
  field: string | null,
): Promise<void> {
  await tx`
    with read as (
      update export_file set next_seq = next_seq + 1 where file_id = ${file.file_id}
      returning next_seq - 1 as seq, bytes_done, lines_done, resource_type
    ), here as (
      insert into chunk (run_id, file_id, seq, phase, byte_start, byte_end, first_line, lines, sha256, state)
      select ${file.run_id}, ${file.file_id}, seq, ${file.phase}, bytes_done, bytes_done, lines_done, 0, sha256(''), 'done'
      from read
      returning chunk_id
    )
    insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, reason, field)
    select r.connection_id, r.run_id, here.chunk_id, 0, read.resource_type, ${reason}, ${field}
    from run r, here, read where r.run_id = ${file.run_id}`;
}
