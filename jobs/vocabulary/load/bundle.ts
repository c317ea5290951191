/**
 * An Athena download as a folder, or as the zip itself, which is read entry by entry and never unpacked. File
 * names are compared case-insensitively (people unzip on all kinds of disks), and one folder level in between
 * is allowed.
 */
import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { VOCABULARY_TABLES, type VocabularyTable } from '../../../sql/vocabulary-tables.ts';
import { syncError } from '../../step/errors.ts';
import { isWithin, outside } from './allowed-source.ts';
import { CPT4_FILE, fileNameOf, REQUIRED } from './files.ts';

export interface BundleFile {
  readonly name: string;
  /** Size of the uncompressed text. */
  readonly bytes: number;
  open(): Promise<Readable>;
}

export interface Bundle {
  readonly files: ReadonlyMap<VocabularyTable, BundleFile>;
  /** Whether CONCEPT_CPT4.csv lies beside the others. */
  readonly hasCpt4File: boolean;
  close(): void;
}

/** With `within`, no file may lie outside that folder once links are resolved. */
export async function openBundle(source: string, within?: string): Promise<Bundle> {
  const found = await stat(source).catch(() => undefined);
  if (!found) {
    throw syncError('vocabulary-source-missing', { path: `"${source}"` });
  }
  const resolve = async (path: string): Promise<string> => {
    if (within === undefined) return path;
    const real = await realpath(path);
    if (!isWithin(within, real)) throw outside();
    return real;
  };
  const opened = found.isDirectory()
    ? await fromFolder(source, resolve)
    : await fromZip(await resolve(source));
  try {
    return { ...pick(opened.files, source), close: opened.close };
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** Uncompressed size of all files that are read. */
export function bytesOf({ files }: Pick<Bundle, 'files'>): number {
  return [...files.values()].reduce((sum, file) => sum + file.bytes, 0);
}

interface Opened {
  files: BundleFile[];
  close(): void;
}

async function fromFolder(folder: string, resolve: (path: string) => Promise<string>): Promise<Opened> {
  const files: BundleFile[] = [];
  const read = async (path: string, deeper: boolean): Promise<void> => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      const place = join(path, entry.name);
      if (entry.isDirectory() && deeper && !entry.name.startsWith('.')) await read(place, false);
      if (!entry.name.toLowerCase().endsWith('.csv') || entry.name.startsWith('.')) continue;
      const full = await resolve(place);
      const { size } = await stat(full);
      files.push({
        name: entry.name,
        bytes: size,
        open: async () => createReadStream(full, { highWaterMark: 256 * 1024 }),
      });
    }
  };
  await read(folder, true);
  return { files, close: () => {} };
}

async function fromZip(path: string): Promise<Opened> {
  const zip = await openPromise(path, { autoClose: false, lazyEntries: true }).catch((cause: unknown) => {
    throw syncError(
      'vocabulary-source-unreadable',
      { file: `"${basename(path)}"`, found: 'cannot be read as a zip file: it may not have arrived whole' },
      { cause },
    );
  });
  const files: BundleFile[] = [];
  for await (const entry of zip.eachEntry()) {
    const name = basename(entry.fileName);
    const wanted = name.toLowerCase().endsWith('.csv') && !name.startsWith('.');
    // macOS adds a shadow of each file under this folder.
    if (!wanted || entry.fileName.startsWith('__MACOSX/')) continue;
    files.push({ name, bytes: entry.uncompressedSize, open: () => openEntry(zip, entry) });
  }
  return { files, close: () => zip.close() };
}

async function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  if (entry.isEncrypted()) {
    throw syncError('vocabulary-source-unreadable', {
      file: `"${entry.fileName}"`,
      found: 'is encrypted in the zip',
    });
  }
  return zip.openReadStreamPromise(entry);
}

function pick(all: BundleFile[], source: string): Omit<Bundle, 'close'> {
  const files = new Map<VocabularyTable, BundleFile>();
  for (const table of VOCABULARY_TABLES) {
    const matching = all.filter((file) => file.name.toLowerCase() === fileNameOf(table).toLowerCase());
    if (matching.length > 1) {
      throw syncError('vocabulary-source-ambiguous', {
        source: basename(source),
        count: matching.length,
        file: fileNameOf(table),
      });
    }
    if (matching[0]) files.set(table, matching[0]);
  }
  const missing = [...REQUIRED].filter((table) => !files.has(table)).map(fileNameOf);
  if (missing.length > 0) {
    throw syncError('vocabulary-file-missing', {
      source: basename(source),
      missing: missing.join(', '),
      required: [...REQUIRED].map(fileNameOf).join(', '),
    });
  }
  const hasCpt4File = all.some((file) => file.name.toLowerCase() === CPT4_FILE.toLowerCase());
  return { files, hasCpt4File };
}
