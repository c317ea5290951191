/**
 * The files that a path on this machine stands for: itself, or those within a .zip or .tar. Archives are read from
 * their beginning to their end and never unpacked to the disk, so what their entries are called is only ever shown. What
 * they say of sizes is not believed: an archive that gives out many times its own size is refused.
 */
import { on } from 'node:events';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { openPromise } from 'yauzl';
import { openPath, openWithin } from '../fhir/file.ts';
import { clean } from '../step/clean.ts';
import { describeError } from '../step/describe-error.ts';
import { SyncError, syncError } from '../step/errors.ts';

export interface Part {
  /** In its archive; null for the file itself. */
  readonly name: string | null;
  /** Its bytes, decompressed. To be read before the next part is asked for. Left out for what is no file (a link). */
  readonly open?: () => Promise<Readable>;
}

export const isArchive = (name: string): boolean => isZip(name) || isTar(name);
const isZip = (name: string) => /\.zip$/i.test(name);
const isTar = (name: string) => /\.(tar|tgz|tar\.(gz|zst))$/i.test(name);

/** FHIR as text is compressed to a tenth, and hardly ever to less than a fiftieth. */
const MOST_TIMES = 300;
const ANYHOW = 1024 ** 3;
/** No archive of data has as many entries. */
const MOST_ENTRIES = 2_000_000;
/** What tar puts before an entry, such as its long name. */
const LONGEST_META = 1024 * 1024;

export async function* partsOf(path: string): AsyncGenerator<Part> {
  if (!isArchive(path)) {
    yield { name: null, open: () => openPath(path) };
    return;
  }
  let entries = 0;
  try {
    for await (const part of isZip(path) ? zipped(path) : tarred(path)) {
      if (++entries > MOST_ENTRIES) throw unreadable(path, 'it has too many entries');
      yield part;
    }
  } catch (error) {
    if (error instanceof SyncError) throw error;
    throw unreadable(path, describeError(error).code, error);
  }
}

async function* zipped(path: string): AsyncGenerator<Part> {
  // Names that lead out of the archive are refused by the library.
  const zip = await openPromise(path, { autoClose: false, lazyEntries: true }).catch((error: unknown) => {
    throw unreadable(path, 'no zip file, or not a whole one', error);
  });
  const count = counter(path, mostOf(await sizeOf(path)));
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (name.endsWith('/') || isShadow(name)) continue;
      const open = async () => {
        if (entry.isEncrypted()) throw unreadable(path, 'it is encrypted');
        const bytes = Readable.from(summed(await zip.openReadStreamPromise(entry), entry.crc32), BYTES);
        return await openWithin(counted(bytes, path, count));
      };
      yield { name, open };
    }
  } finally {
    zip.close();
  }
}

const BYTES = { objectMode: false };

/** The library compares sizes, and not the checksum. */
async function* summed(bytes: Readable, expected: number): AsyncGenerator<Buffer> {
  let sum = 0;
  for await (const part of bytes) {
    sum = crc32(part, sum);
    yield part;
  }
  if (sum !== expected) throw new Error('the checksum is another');
}

async function* tarred(path: string): AsyncGenerator<Part> {
  const bytes = bounded(await openPath(path), path, await sizeOf(path));
  const parser = new Parser({ strict: true, maxMetaEntrySize: LONGEST_META, brotli: false, zstd: false });
  const entries = on(parser, 'entry', { close: ['end'] });
  let ended = false;
  parser.on('nullBlock', () => {
    ended = true;
  });
  bytes.on('error', (error) => parser.abort(error));
  bytes.pipe(parser as unknown as NodeJS.WritableStream);
  try {
    for await (const [entry] of entries as AsyncIterable<[ReadEntry]>) {
      const { path: name, type } = entry;
      if (isShadow(name) || type === 'Directory') entry.resume();
      else if (type !== 'File' && type !== 'OldFile' && type !== 'ContiguousFile') {
        entry.resume();
        yield { name };
      } else {
        yield { name, open: () => openWithin(Readable.from(entry, { objectMode: false })) };
        // Whatever was not read of it is in the way of the next.
        entry.resume();
      }
    }
    // One that was cut between two entries shows it by this alone.
    if (!ended) throw unreadable(path, 'it ends too early');
  } finally {
    bytes.destroy();
  }
}

const mostOf = (size: number) => size * MOST_TIMES + ANYHOW;

/** What an archive of that size gives out, as far as that is believable. */
export const bounded = (bytes: Readable, path: string, size: number): Readable =>
  counted(bytes, path, counter(path, mostOf(size)));

/** macOS adds a shadow of each file. */
const isShadow = (name: string) => name.startsWith('__MACOSX/') || basename(name).startsWith('._');

type Count = (bytes: number) => void;

function counter(path: string, limit: number): Count {
  let sum = 0;
  return (bytes) => {
    sum += bytes;
    if (sum > limit) throw unreadable(path, `it unpacks to more than ${MOST_TIMES} times its size`);
  };
}

function counted(bytes: Readable, path: string, count: Count): Readable {
  async function* read(): AsyncGenerator<Buffer> {
    try {
      for await (const part of bytes) {
        count(part.length);
        yield part;
      }
    } catch (error) {
      if (error instanceof SyncError && error.code !== 'file-damaged') throw error;
      throw unreadable(path, 'it is damaged or ends too early', error);
    }
  }
  const all = Readable.from(read(), { objectMode: false });
  all.on('error', () => {});
  return all;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    throw syncError('import-file-unreadable', { path, reason: describeError(error).code });
  }
}

function unreadable(path: string, found: string, cause?: unknown): SyncError {
  return syncError('import-archive-unreadable', { file: clean(basename(path), 200), found }, { cause });
}
