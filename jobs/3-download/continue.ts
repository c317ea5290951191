/**
 * Continues a file that was read in part before, when the server sends it from its beginning again: the part
 * that is committed already is compared by hash and skipped. A file that has changed meanwhile is read anew.
 */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Sql, Tx } from '../../sql/connect.ts';
import { beginning } from '../lines/chunker.ts';
import { syncError } from '../step/errors.ts';
import type { ExportFile } from './export-file.ts';
import { takeBackInTx } from './take-back.ts';

export const MAX_RESTARTS = 3;

/** Skips the part that is committed already. Resolves to false when the file has changed. */
export async function skipKnown(
  sql: Sql,
  file: ExportFile,
  bytes: Readable,
  maxLineBytes: number,
): Promise<boolean> {
  const known = await sql<KnownChunk[]>`
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

/**
 * Compares the bytes as they arrive: a chunk may be a line of gigabytes, of which only the beginning was
 * kept.
 */
function compareTo({ size, sha256 }: KnownChunk, maxLineBytes: number) {
  const whole = createHash('sha256');
  let kept: Buffer = Buffer.alloc(0);
  let left = size;
  return {
    get left() {
      return left;
    },
    /** Returns the bytes beyond this chunk. */
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

/** Restarts a file that has changed: what was read so far belongs to another file. */
export async function restartInTx(tx: Tx, file: ExportFile): Promise<void> {
  if (file.restarts >= MAX_RESTARTS) {
    throw syncError('file-keeps-changing', { readings: MAX_RESTARTS + 1 });
  }
  await takeBackInTx(tx, file);
}
