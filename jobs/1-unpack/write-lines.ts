/** Writes what was read as lines of chunks, of one file of the run for each type. */
import type { Tx } from '../../sql/connect.ts';
import type { Keyring } from '../connection/keyring.ts';
import { RESOURCE_TYPES } from '../fhir/resource-types.ts';
import { pack } from '../lines/chunk-text.ts';
import { textOf } from '../lines/portions.ts';
import { appendChunkInTx } from '../load/append-chunk.ts';
import { storePackedInTx } from '../load/chunk-body.ts';
import { DELETED_PHASE, ERROR_PHASE, phaseOf } from '../load/phases.ts';
import type { FileEntry } from '../run/staged-files.ts';

export interface NewLine {
  readonly kind: FileEntry['kind'];
  readonly type: string | null;
  readonly bytes: Buffer;
  /** More than `bytes` where only the beginning was kept of a line that is too long. */
  readonly size: number;
  readonly source_no: number;
  readonly entry_no: number;
}

/** Lines that are written together, packed before the transaction begins. */
export interface PackedChunk {
  readonly kind: FileEntry['kind'];
  readonly type: string | null;
  readonly text: Buffer;
  readonly body: Buffer;
  readonly size: number;
  readonly lines: readonly NewLine[];
}

export async function packLines(all: readonly NewLine[], chunkBytes: number): Promise<PackedChunk[]> {
  const chunks: PackedChunk[] = [];
  for (const lines of byFile(all).values()) {
    let held: NewLine[] = [];
    let size = 0;
    const end = async () => {
      const [first] = held;
      if (first) chunks.push(await chunkOf(first, held));
      held = [];
      size = 0;
    };
    for (const line of lines) {
      const isCut = line.size > line.bytes.length;
      if (isCut || size + line.size > chunkBytes) await end();
      held.push(line);
      size += line.size;
      if (isCut) await end();
    }
    await end();
  }
  return chunks;
}

function byFile(all: readonly NewLine[]): ReadonlyMap<string, NewLine[]> {
  const files = new Map<string, NewLine[]>();
  for (const line of all) {
    const key = `${line.kind} ${line.type}`;
    const lines = files.get(key);
    if (lines) lines.push(line);
    else files.set(key, [line]);
  }
  return files;
}

async function chunkOf(
  { kind, type, bytes, size }: NewLine,
  lines: readonly NewLine[],
): Promise<PackedChunk> {
  const isCut = size > bytes.length;
  const text = isCut ? bytes : textOf(lines.map((line) => line.bytes));
  return { kind, type, text, body: await pack(text), size: isCut ? size + 1 : text.length, lines };
}

/** Types that FHIR does not have share a file, whatever they call themselves. */
export const typeOfFile = (type: string | null) => (type !== null && RESOURCE_TYPES.has(type) ? type : null);

export async function writeChunksInTx(
  tx: Tx,
  keyring: Keyring,
  runId: number,
  chunks: readonly PackedChunk[],
): Promise<void> {
  for (const { kind, type, text, body, size, lines } of chunks) {
    const fileId = await fileInTx(tx, runId, kind, type);
    const chunkId = await appendChunkInTx(tx, fileId, {
      ...{ content: text, size, lines: lines.length, mapped: null },
    });
    await storePackedInTx(tx, keyring, chunkId, body);
    await tx`
      insert into chunk_source (chunk_id, source_nos, entry_nos)
      values (${chunkId}, ${lines.map((line) => line.source_no)}::int[], ${lines.map((line) => line.entry_no)}::bigint[])`;
  }
}

/** It is done from the beginning: nothing is downloaded, and nothing is mapped before the run has all of its files. */
async function fileInTx(
  tx: Tx,
  runId: number,
  kind: FileEntry['kind'],
  type: string | null,
): Promise<number> {
  const url = `unpacked:${kind}${type === null ? '' : `/${type}`}`;
  const [found] = await tx<{ file_id: number }[]>`
    select file_id from export_file where run_id = ${runId} and url = ${url}`;
  if (found) return found.file_id;
  const phase = kind === 'deleted' ? DELETED_PHASE : kind === 'error' ? ERROR_PHASE : phaseOf(type);
  // With a place of its own, so that no file on the disk is taken for this one under another name (storeFilesInTx).
  const [made] = await tx<{ file_id: number }[]>`
    insert into export_file (run_id, part, file_no, kind, resource_type, phase, url, state, entry_no)
    select ${runId}, 'main', f.next, ${kind}, ${type}, ${phase}, ${url}, 'done', f.next
    from (select coalesce(max(file_no), 0) + 1 as next from export_file where run_id = ${runId}) f
    returning file_id`;
  if (!made) throw new Error('no file was made');
  return made.file_id;
}
