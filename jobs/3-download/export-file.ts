/** A file of an export as it is downloaded: how far it is, and that only one worker takes it further. */
import type { Tx } from '../../sql/connect.ts';
import type { Cut } from '../lines/chunker.ts';
import { openFileUrl } from '../run/staged-files.ts';
import type { Deps } from '../step/deps.ts';

export interface ExportFile {
  readonly file_id: number;
  readonly run_id: number;
  readonly file_no: number;
  readonly kind: string;
  readonly resource_type: string | null;
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

/** The checkpoint: where in the file the next chunk begins. */
export interface Position {
  readonly bytes: number;
  readonly lines: number;
  readonly seq: number;
}

export async function readFile(
  { sql, keyring }: Pick<Deps, 'sql' | 'keyring'>,
  fileId: number,
): Promise<ExportFile | undefined> {
  const [file] = await sql<(ExportFile & { url_hash: string | null })[]>`
    select file_id, run_id, file_no, kind, resource_type, phase, url, encode(url_hash, 'hex') as url_hash, state, bytes_done, lines_done, next_seq, etag,
      restarts, expected_count, refreshed_at, short_reads
    from export_file where file_id = ${fileId}`;
  return file && { ...file, url: await openFileUrl(keyring, file) };
}

/** The checkpoint after this cut. */
export const after = (at: Position, cut: Cut): Position => ({
  ...{ bytes: at.bytes + cut.size, lines: at.lines + cut.lines, seq: at.seq + 1 },
});

/** Moves the checkpoint in the transaction that commits what came before it. */
export async function moveOnInTx(tx: Tx, file: ExportFile, to: Position, etag: string | null): Promise<void> {
  await tx`
    update export_file set bytes_done = ${to.bytes}, lines_done = ${to.lines}, next_seq = ${to.seq}, etag = ${etag}
    where file_id = ${file.file_id}`;
}

/** Locks the file and makes sure that nobody else has taken it further: two workers may read it at once. */
export async function claimInTx(tx: Tx, file: ExportFile, at: Position): Promise<void> {
  const [now] = await tx<Pick<ExportFile, 'bytes_done' | 'next_seq' | 'state' | 'restarts'>[]>`
    select bytes_done, next_seq, state, restarts from export_file where file_id = ${file.file_id} for update`;
  const here = now?.bytes_done === at.bytes && now.next_seq === at.seq && now.restarts === file.restarts;
  if (here && now.state === 'queued') return;
  throw new Error('another worker has taken this file further');
}
