/** Failures of what did not arrive at all: of whole files, and of what a manifest does not say. See failure-reasons.ts. */
import type { Tx } from '../../sql/connect.ts';
import type { FailureReason } from '../lines/failure-reasons.ts';
import { appendChunkInTx } from '../load/append-chunk.ts';
import { addChunkInTx } from '../load/chunk-row.ts';
import { LAST_PHASE } from '../load/phases.ts';

/** The server says in its error file that it could not export something. */
export const SERVER_ERROR = 'server-reported-error' satisfies FailureReason;
/** A deletion that cannot be read is not asked for again unless the watermark is held: what is deleted stays loaded. */
export const DELETION_UNREADABLE = 'deletion-unreadable' satisfies FailureReason;
/** The file could not be had at all, or not to its end. */
export const FILE_LOST = 'file-lost' satisfies FailureReason;
/** A search could not be asked to its end. */
export const SEARCH_LOST = 'search-lost' satisfies FailureReason;
/** Its last line is cut in the middle, at two readings. */
export const CUT_SHORT = 'file-cut-short' satisfies FailureReason;
/** At two readings it held fewer lines than the manifest says (only where the connection wants that to count). */
export const FEWER_LINES = 'fewer-lines-than-announced' satisfies FailureReason;
/** Resources stood only in a reading of it that was damaged or replaced. */
export const MISREAD = 'file-misread' satisfies FailureReason;

export interface FailedFile {
  readonly run_id: number;
  readonly file_id: number;
}

/** A failure of a whole file. It hangs on an empty chunk at the end of what was read, which says where. */
export async function recordFileFailureInTx(
  tx: Tx,
  fileId: number,
  reason: FailureReason,
  field: string | null,
): Promise<void> {
  const chunk = await appendChunkInTx(tx, fileId, {
    ...{ content: '', size: 0, lines: 0, mapped: { at: null, version: null } },
  });
  await tx`
    insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, reason, field)
    select r.connection_id, r.run_id, ${chunk}, 0, f.resource_type, ${reason}, ${field}
    from export_file f join run r using (run_id) where f.file_id = ${fileId}`;
}

export interface MissingPart {
  readonly type: string | null;
  readonly reason: FailureReason;
  readonly field: string | null;
}

/** Failures of what is in no file. They hang on an empty chunk of their own. */
export async function recordMissingInTx(
  tx: Tx,
  runId: number,
  missing: readonly MissingPart[],
): Promise<void> {
  if (missing.length === 0) return;
  const [last] = await tx<{ seq: number }[]>`
    select coalesce(max(seq), -1) as seq from chunk where run_id = ${runId} and file_id is null`;
  const chunk = await addChunkInTx(tx, {
    ...{ run_id: runId, file_id: null, seq: (last?.seq ?? -1) + 1, phase: LAST_PHASE, content: '' },
    ...{ byte_start: 0, byte_end: 0, first_line: 0, lines: 0, mapped: { at: null, version: null } },
  });
  await tx`
    insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, reason, field)
    select r.connection_id, r.run_id, ${chunk}, m.n - 1, m.type, m.reason, m.field
    from run r,
      unnest(${missing.map((one) => one.type) as string[]}::text[], ${missing.map((one) => one.reason)}::text[],
        ${missing.map((one) => one.field) as string[]}::text[]) with ordinality as m(type, reason, field, n)
    where r.run_id = ${runId}`;
}
