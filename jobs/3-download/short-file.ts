/**
 * Settles a file that seems to end early. Compression and Content-Length tell of a broken transfer by themselves; a
 * plain body that a server ends in good order does not. Two signs are left: its last line is cut in the middle, or it
 * holds fewer lines than the manifest says. On either it is read once more. When nothing has changed, a cut line is
 * proof that something is missing and holds the watermark; a count is not, since servers are known to send wrong ones
 * (Bulk Data: "optional"). So it is only told, unless the connection says that its server counts right. The count of a
 * file that holds no resources says even less. Beside deletions it may count Bundles or entries, and beside errors
 * servers put how many resources they lost.
 */

import type { Tx } from '../../sql/connect.ts';
import { noun } from '../../sql/noun.ts';
import type { Connection } from '../connection/connection.ts';
import { openBody } from '../connection/sealed-data.ts';
import { unpack } from '../lines/chunk-text.ts';
import { type Cut, isBeginning } from '../lines/chunker.ts';
import { CUT_SHORT, type FailedFile, FEWER_LINES, recordFileFailureInTx } from '../run/missing-parts.ts';
import { noteInTx, notice } from '../run/notices.ts';
import type { Deps } from '../step/deps.ts';
import type { Queue } from '../step/queue.ts';

/** A moment later the same server may have written the rest. */
const READ_AGAIN_SECONDS = 30;
const NEWLINE = 10;

export interface ShortFile extends FailedFile {
  readonly file_no: number;
  readonly kind: string;
  readonly resource_type: string | null;
  readonly expected_count: number | null;
}

/** Whether the manifest's count is to be believed at first. */
export function isCounted({ kind, expected_count }: ShortFile): boolean {
  return expected_count !== null && (kind === 'output' || kind === 'members');
}

/** Whether the text ends in the middle of a line. A last line without its end is allowed when it is whole. */
export function lastLineIsCut(cut: Cut | undefined): boolean {
  if (!cut || isBeginning(cut) || cut.text.at(-1) === NEWLINE) return false;
  const line = cut.text
    .subarray(cut.text.lastIndexOf(NEWLINE) + 1)
    .toString('utf8')
    .trim();
  // "}" alone ends a pretty-printed resource, which is not looked into here.
  if (line === '' || line === '}' || line === ']') return false;
  try {
    JSON.parse(line.replace(/^\uFEFF/, ''));
    return false;
  } catch {
    return true;
  }
}

/** The last chunk that is here, for a worker that took over after it was stored. */
export async function lastTextOf(
  { sql, keyring }: Pick<Deps, 'sql' | 'keyring'>,
  fileId: number,
): Promise<Cut | undefined> {
  const [chunk] = await sql<{ chunk_id: number; body: Buffer; size: number; lines: number }[]>`
    select c.chunk_id, b.body, c.byte_end - c.byte_start as size, c.lines from chunk c join chunk_body b using (chunk_id)
    where c.file_id = ${fileId} order by c.seq desc limit 1`;
  if (!chunk) return undefined;
  const { chunk_id, body, size, lines } = chunk;
  return { text: await unpack(await openBody(keyring, chunk_id, body)), size, lines };
}

export async function readOnceMoreInTx(tx: Tx, queue: Queue, file: FailedFile): Promise<void> {
  const { run_id, file_id } = file;
  const first = await tx`
    update export_file set short_reads = short_reads + 1
    where file_id = ${file_id} and short_reads = 0 and state = 'queued' returning file_id`;
  if (first.length > 0)
    await queue.sendInTx(tx, 'download', { run_id, file_id }, { startAfter: READ_AGAIN_SECONDS });
}

export async function settleShortInTx(
  tx: Tx,
  connection: Connection,
  file: ShortFile,
  lines: number,
  found: { readonly cutShort: boolean; readonly fewer: boolean },
  at: Date,
): Promise<void> {
  if (found.cutShort) await recordFileFailureInTx(tx, file.file_id, CUT_SHORT, null);
  else if (found.fewer && connection.config.short_files === 'hold')
    await recordFileFailureInTx(tx, file.file_id, FEWER_LINES, null);
  if (found.fewer) {
    const { file_no, resource_type } = file;
    const expected = file.expected_count ?? 0;
    const announced = `${expected} ${noun(expected, 'resource')}${resource_type ? ` (${resource_type})` : ''}`;
    const held = lines === 0 ? 'is empty' : `holds ${lines} ${noun(lines, 'line')}`;
    const particulars = { subject: `file ${file_no}`, amount: expected - lines };
    await noteInTx(tx, file.run_id, at, notice(FEWER_LINES, { announced, held }, particulars));
  }
}
