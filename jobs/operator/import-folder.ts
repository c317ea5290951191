/**
 * What the files of a folder are: exports as servers and bulk data clients leave them. Data; what was deleted, and what
 * the server remarks, in folders or under names of their own; and what is about the export and no part of it, which is
 * told and left where it is.
 */
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { createGunzip } from 'node:zlib';
import { DELETED_PHASE, ERROR_PHASE, phaseOf } from '../load/phases.ts';
import type { FileEntry } from '../run/staged-files.ts';
import { describeError } from '../step/describe-error.ts';
import { SyncError, syncError } from '../step/errors.ts';

export interface Folder {
  /** In the order in which they are wanted. */
  readonly files: readonly FileEntry[];
  readonly leftOut: readonly LeftOut[];
  /** Of the server, where a log or a manifest tells it; the latest. */
  readonly transactionTime: string | null;
}

export interface LeftOut {
  /** In the folder. */
  readonly name: string;
  readonly what: keyof typeof LEFT_OUT;
}

export const LEFT_OUT = {
  log: 'the log of an export',
  manifest: 'the manifest of an export',
  other: 'no .ndjson',
} as const;

const NDJSON = /\.ndjson(\.gz)?$/i;
const MANIFEST = /^manifest[^/]*\.json$/i;

export async function readFolder(folder: string): Promise<Folder> {
  const files: FileEntry[] = [];
  const leftOut: LeftOut[] = [];
  const times: string[] = [];
  for (const path of await pathsIn(folder)) {
    const name = relative(folder, path);
    const log = NDJSON.test(path) && typeOf(path) === null ? await readLog(path) : undefined;
    if (log) {
      leftOut.push({ name, what: 'log' });
      times.push(...log);
    } else if (NDJSON.test(path)) files.push(entryOf(path));
    else if (MANIFEST.test(basename(path))) {
      leftOut.push({ name, what: 'manifest' });
      times.push(...timesOf(parse(await readFile(path, 'utf8'))));
    } else leftOut.push({ name, what: 'other' });
  }
  if (files.length === 0) {
    throw syncError('import-empty', { folder });
  }
  const [latest = null] = times.sort((a, b) => Date.parse(b) - Date.parse(a));
  return { files: files.sort((a, b) => a.phase - b.phase), leftOut, transactionTime: latest };
}

async function pathsIn(folder: string): Promise<string[]> {
  try {
    if (!(await stat(folder)).isDirectory())
      throw syncError('import-no-folder', { folder, reason: 'it is no folder' });
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    return found
      .filter((one) => !one.isDirectory())
      .map((one) => join(one.parentPath, one.name))
      .sort();
  } catch (cause) {
    if (cause instanceof SyncError) throw cause;
    throw syncError('import-no-folder', { folder, reason: describeError(cause).code }, { cause });
  }
}

/** The folder says what a file is (deleted/, error/) unless the file's own name says another type. */
function entryOf(path: string): FileEntry {
  const type = typeOf(path);
  const words = [...wordsOf(basename(path)), basename(dirname(path))].map((word) => word.toLowerCase());
  const said = (...names: string[]) => names.some((name) => words.includes(name));
  const unknown = { url: pathToFileURL(path).href, expected_count: null, entry_no: null };
  if ((type === null || type === 'Bundle') && said('deleted'))
    return { kind: 'deleted', resource_type: null, phase: DELETED_PHASE, ...unknown };
  if (type === 'OperationOutcome' || (type === null && said('error', 'errors', 'outcome')))
    return { kind: 'error', resource_type: null, phase: ERROR_PHASE, ...unknown };
  return { kind: 'output', resource_type: type, phase: phaseOf(type), ...unknown };
}

/** The resource type that a name tells ("30.Observation.ndjson.gz", "Patient.000.ndjson"). */
function typeOf(path: string): string | null {
  return wordsOf(basename(path)).find((word) => /^[A-Z][a-z]+([A-Z][a-z]+)*$/.test(word)) ?? null;
}

const wordsOf = (name: string) => name.split(/[^A-Za-z]+/);

/** The times that it tells, when this is a log as bulk data clients write them (SMART, logVersion 2). */
async function readLog(path: string): Promise<string[] | undefined> {
  const times: string[] = [];
  let isLog = false;
  try {
    for await (const line of shortLines(path)) {
      if (line.trim() === '') continue;
      const event = parse(line);
      isLog ||= 'eventId' in event && 'exportId' in event && !('resourceType' in event);
      if (!isLog) return undefined;
      times.push(...timesOf(Object(event['eventDetail'])));
    }
  } catch {
    // Cut or damaged: whoever reads it as data says so.
  }
  return isLog ? times : undefined;
}

/** Of a log all lines are short. */
const LONGEST = 1024 * 1024;

async function* shortLines(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const text = /\.gz$/i.test(path) ? pipeline(file, createGunzip(), () => {}) : file;
  text.setEncoding('utf8');
  let rest = '';
  for await (const part of text) {
    const lines = `${rest}${part}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > LONGEST) return;
  }
  yield rest;
}

function timesOf(of: Readonly<Record<string, unknown>>): string[] {
  const time = of['transactionTime'];
  const isTime = typeof time === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.+Z-]{5,30}$/.test(time);
  return isTime && !Number.isNaN(Date.parse(time)) ? [time] : [];
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
