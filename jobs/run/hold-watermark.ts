/**
 * Reasons of failures that hold the watermark: something that the server has was not received, so the next sync asks
 * for the same time again. Everything else is a matter of one resource, which stays listed until it is loaded.
 */

import type { Tx } from '../../sql/connect.ts';
import { FILE_ERROR, NOT_NDJSON } from '../lines/read-lines.ts';
import { addChunkInTx } from '../load/chunk-row.ts';

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
  const [read] = await tx<{ seq: number; bytes: number; lines: number; type: string | null }[]>`
    update export_file set next_seq = next_seq + 1 where file_id = ${file.file_id}
    returning next_seq - 1 as seq, bytes_done as bytes, lines_done as lines, resource_type as type`;
  if (!read) return;
  const { seq, bytes, lines, type } = read;
  const chunk = await addChunkInTx(tx, {
    ...{ run_id: file.run_id, file_id: file.file_id, seq, phase: file.phase, content: '' },
    ...{
      byte_start: bytes,
      byte_end: bytes,
      first_line: lines,
      lines: 0,
      mapped: { at: null, version: null },
    },
  });
  await tx`
    insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, reason, field)
    select connection_id, run_id, ${chunk}, 0, ${type}, ${reason}, ${field} from run where run_id = ${file.run_id}`;
}
