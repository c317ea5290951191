/**
 * The entries of all Bundles of an import, and the lines of its archives, in the order in which they lie, from a given
 * place on. Nothing is held but the entry that is being read.
 */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Sql } from '../../sql/connect.ts';
import { partsOf } from '../import/parts.ts';
import type { Source, Stage } from '../import/sources.ts';
import { beginning, cutLines } from '../lines/chunker.ts';
import { DocumentBroken, documentsIn } from '../lines/documents.ts';
import { excessOf } from '../lines/extent.ts';
import { parseStorable, splitLines } from '../lines/read-lines.ts';
import { clean } from '../step/clean.ts';
import { describeError } from '../step/describe-error.ts';
import { SyncError, syncError } from '../step/errors.ts';

export interface Place {
  readonly source_no: number;
  /** Of the next entry. */
  readonly entry_no: number;
}

export type ReadSource = Pick<Source, 'url' | 'part' | 'part_no' | 'form' | 'kind' | 'resource_type'> & {
  readonly source_no: number;
  readonly histories: readonly number[];
  readonly version: string | null;
};

interface Within {
  readonly source: ReadSource;
  readonly document_no: number;
  readonly entry_no: number;
}

export type Read =
  /** An entry of a Bundle. */
  | (Within & { readonly kind: 'entry'; readonly entry: unknown; readonly size: number })
  /** A line of an archive, or what stands for an entry that no one can take apart. `size` where bytes are missing. */
  | (Within & { readonly kind: 'line'; readonly bytes: Buffer; readonly size: number })
  /** A Bundle has ended. */
  | (Within & { readonly kind: 'document'; readonly type: string | null })
  | { readonly kind: 'source'; readonly source: ReadSource }
  | { readonly kind: 'broken'; readonly source: ReadSource; readonly reason: string };

export async function* readSources(
  sql: Sql,
  run: { readonly run_id: number; readonly stage: Stage; readonly maxLineBytes: number },
  from: Place,
): AsyncGenerator<Read> {
  let next = from.source_no;
  for (;;) {
    const sources = await nextFile(sql, run, next);
    const [first, last] = [sources[0], sources.at(-1)];
    if (!first || !last) return;
    await checkUnchanged(sql, run, first);
    const wanted = new Map(sources.map((source) => [source.part_no, source]));
    const path = fileURLToPath(first.url);
    let part_no = 0;
    for await (const part of partsOf(path)) {
      const source = wanted.get(part_no++);
      if (source && part.open) {
        const done = source.source_no === from.source_no ? from.entry_no : 0;
        yield* readSource(source, part.open, run, done);
        wanted.delete(source.part_no);
        if (wanted.size === 0) break;
      }
    }
    next = last.source_no + 1;
  }
}

/** All that is wanted of the next file. */
async function nextFile(
  sql: Sql,
  { run_id: runId, stage }: { readonly run_id: number; readonly stage: Stage },
  from: number,
): Promise<ReadSource[]> {
  const wanted = stage === 'versions' ? sql`unpacked and histories <> '{}'` : sql`unpacked`;
  return await sql<ReadSource[]>`
    select s.source_no, s.url, s.part, s.part_no, s.form, s.kind, s.resource_type, s.histories, s.version
    from import_source s
    where s.run_id = ${runId} and s.source_no >= ${from} and ${wanted} and s.url = (
      select url from import_source where run_id = ${runId} and ${wanted} and source_no >= ${from}
      order by source_no limit 1
    )
    order by s.source_no`;
}

async function* readSource(
  source: ReadSource,
  open: () => Promise<Readable>,
  run: { readonly stage: Stage; readonly maxLineBytes: number },
  done: number,
): AsyncGenerator<Read> {
  const bytes = await open();
  try {
    yield* source.form === 'bundles'
      ? readBundles(source, bytes, run.maxLineBytes, done)
      : readLinesOf(source, bytes, run.maxLineBytes, done);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    // Whoever read it for identities found it whole.
    if (run.stage !== 'identities') throw changed(source);
    yield { kind: 'broken', source, reason };
    return;
  } finally {
    bytes.destroy();
  }
  yield { kind: 'source', source };
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof DocumentBroken) return error.reason;
  return error instanceof SyncError && error.code === 'file-damaged' ? 'damaged' : undefined;
}

async function* readBundles(
  source: ReadSource,
  bytes: Readable,
  maxLineBytes: number,
  done: number,
): AsyncGenerator<Read> {
  let document_no = 0;
  let entry_no = 0;
  for await (const part of documentsIn(bytes, maxLineBytes)) {
    const within = { source, document_no, entry_no };
    if (part.kind === 'entry') {
      entry_no++;
      if (entry_no <= done) continue;
      if (part.size > maxLineBytes || excessOf(part.bytes))
        yield { ...within, kind: 'line', ...oneLine(part) };
      else yield { ...within, kind: 'entry', entry: parse(part.bytes), size: part.size };
    } else {
      const { rest } = part;
      const { isBundle, type } = documentOf(rest, part.entries);
      if (!isBundle && ++entry_no > done) {
        if (rest.length > maxLineBytes)
          yield { ...within, kind: 'line', bytes: beginning(rest, maxLineBytes), size: rest.length };
        else if (excessOf(rest))
          yield { ...within, kind: 'line', ...oneLine({ bytes: rest, size: rest.length }) };
        else yield { ...within, kind: 'entry', entry: { resource: parse(rest) }, size: rest.length };
      }
      yield { ...within, entry_no, kind: 'document', type };
      document_no++;
    }
  }
  if (document_no === 0) throw new DocumentBroken('ends-early');
}

/** What is left of a document without its entries. A resource that is no Bundle may stand among Bundles. */
function documentOf(rest: Buffer, entries: number) {
  const { resourceType, type, entry = [] } = Object(decoded(rest, JSON.parse));
  const whole = Array.isArray(entry) && entry.length === entries && entry.every((one) => one === 0);
  if (resourceType === 'Bundle' && whole) {
    return { isBundle: true, type: typeof type === 'string' ? type : null };
  }
  if (typeof resourceType === 'string' && resourceType !== 'Bundle' && entries === 0)
    return { isBundle: false, type: null };
  throw new DocumentBroken('not-a-bundle');
}

/** Goes down into what it reads, so to be called for what has no excess. */
const parse = (bytes: Buffer): unknown => decoded(bytes, parseStorable);

function decoded(bytes: Buffer, read: (text: string) => unknown): unknown {
  try {
    return read(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new DocumentBroken('not-json');
  }
}

async function* readLinesOf(
  source: ReadSource,
  bytes: Readable,
  maxLineBytes: number,
  done: number,
): AsyncGenerator<Read> {
  let entry_no = 0;
  for await (const cut of cutLines(bytes, {
    chunkBytes: Math.min(maxLineBytes, 1024 * 1024),
    maxLineBytes,
  })) {
    const truncated = cut.text.length < cut.size;
    const lines = truncated
      ? [{ bytes: cut.text, size: cut.size }]
      : splitLines(cut.text, 0, false).lines.map((one) => ({ bytes: one.bytes, size: one.bytes.length }));
    for (const line of lines) {
      const within = { source, document_no: 0, entry_no };
      if (++entry_no > done) yield { ...within, kind: 'line', ...oneLine(line) };
    }
  }
}

const [LF, CR] = [0x0a, 0x0d];

/** JSON has line ends between its values only: without them a pretty-printed one is a line. */
function oneLine({ bytes, size }: { readonly bytes: Buffer; readonly size: number }) {
  const line = bytes.includes(LF) ? bytes.filter((byte) => byte !== LF && byte !== CR) : bytes;
  return { bytes: Buffer.from(line), size: size > bytes.length ? size : line.length };
}

async function checkUnchanged(
  sql: Sql,
  { run_id, stage }: { readonly run_id: number; readonly stage: Stage },
  source: ReadSource,
): Promise<void> {
  const path = fileURLToPath(source.url);
  const found = await stat(path).catch((error: unknown) => {
    throw syncError('import-file-unreadable', { path, reason: describeError(error).code });
  });
  const version = `${found.size}-${found.mtimeMs}`;
  if (source.version === null && stage === 'identities') {
    await sql`
      update import_source set version = ${version}
      where run_id = ${run_id} and url = ${source.url} and version is null`;
  } else if (source.version !== version) throw changed(source);
}

const changed = (source: ReadSource) => syncError('import-file-changed', { file: nameOf(source) });

/** For a person; names in archives are untrusted. */
export function nameOf({ url, part }: Pick<ReadSource, 'url' | 'part'>): string {
  const file = basename(fileURLToPath(url));
  return clean(part === null ? file : `${file}!${part}`, 200);
}
