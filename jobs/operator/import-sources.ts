/**
 * What the files under some paths are: exports as servers and bulk data clients leave them, Bundles, single resources,
 * and archives of these. Data; what was deleted, and what the server remarks, in folders or under names of their own; and
 * what is about the export and no part of it, which is told and left where it is.
 *
 * A name says how a file is to be read, and its beginning whether it can be. NDJSON on the disk is read where it is;
 * Bundles and whatever an archive holds are made lines first (1-unpack).
 */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { RESOURCE_TYPES } from '../fhir/resource-types.ts';
import { isArchive, type Part, partsOf } from '../import/parts.ts';
import type { Source } from '../import/sources.ts';
import { typeAtTop } from '../lines/documents.ts';
import { identityOf } from '../lines/line.ts';
import { DELETED_PHASE, ERROR_PHASE, phaseOf } from '../load/phases.ts';
import { clean } from '../step/clean.ts';
import { describeError } from '../step/describe-error.ts';
import { SyncError, syncError } from '../step/errors.ts';
import { isWithin } from '../vocabulary/load/allowed-source.ts';

export interface Found {
  readonly sources: readonly Source[];
  readonly leftOut: readonly LeftOut[];
  /** Of the server, where a log or a manifest tells it; the latest. */
  readonly transactionTime: string | null;
}

export interface LeftOut {
  /** Under the path that was given; in an archive, after its name and an exclamation mark. */
  readonly name: string;
  readonly what: keyof typeof LEFT_OUT;
}

export const LEFT_OUT = {
  log: 'the log of an export',
  manifest: 'the manifest of an export',
  json: 'JSON, and no FHIR resource',
  archive: 'an archive within an archive',
  link: 'a link that leads out of the folder',
  other: 'neither NDJSON nor JSON',
} as const;

const LINES = /\.(ndjson|jsonl)(\.(gz|zst))?$/i;
const JSON_FILE = /\.json(\.(gz|zst))?$/i;
const MANIFEST = /^manifest[^/]*\.json$/i;

export async function findSources(paths: readonly string[]): Promise<Found> {
  const sources: Source[] = [];
  const leftOut: LeftOut[] = [];
  const times: string[] = [];
  const seen = new Set<string>();
  for (const given of paths) {
    const files = await pathsIn(given);
    const border = await realpath(given);
    for (const path of files) {
      if (seen.has(path)) continue;
      seen.add(path);
      const name = relative(given, path) || basename(path);
      if (path !== given && (await leadsOut(border, path))) {
        leftOut.push({ name, what: 'link' });
        continue;
      }
      if (!isArchive(path) && !mayBeData(path)) {
        leftOut.push({ name, what: 'other' });
        continue;
      }
      let part_no = 0;
      for await (const part of partsOf(path)) {
        const shown = part.name === null ? name : `${name}!${clean(part.name, 200)}`;
        const found = await look(part, part.name ?? path);
        times.push(...(found.times ?? []));
        if (found.what) leftOut.push({ name: shown, what: found.what });
        if (found.form) {
          const { form } = found;
          const unpacked = form === 'bundles' || part.name !== null;
          const where = { url: pathToFileURL(path).href, part: part.name, part_no, unpacked, form };
          sources.push({ ...where, ...natureOf(part.name ?? path, form) });
        }
        part_no++;
      }
    }
  }
  if (sources.length === 0) throw syncError('import-empty', { paths: paths.join(', ') });
  const [latest = null] = times.sort((a, b) => Date.parse(b) - Date.parse(a));
  return { sources: sources.sort(inOrder), leftOut, transactionTime: latest };
}

/** What is made lines first is read as it lies, since an archive is read from its beginning. */
const inOrder = (a: Source, b: Source) =>
  a.unpacked || b.unpacked ? Number(b.unpacked) - Number(a.unpacked) : a.phase - b.phase;

/** A file itself, or all files under a folder. */
async function pathsIn(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const found = await readdir(path, { recursive: true, withFileTypes: true });
    return found
      .filter((one) => !one.isDirectory())
      .map((one) => join(one.parentPath, one.name))
      .sort();
  } catch (cause) {
    if (cause instanceof SyncError) throw cause;
    throw syncError('import-no-folder', { path, reason: describeError(cause).code }, { cause });
  }
}

/**
 * Whoever may write to the folder may not be allowed to read what a link in it leads to, and so must not have it loaded. A
 * link that leads nowhere leads out of it, too.
 */
async function leadsOut(border: string, path: string): Promise<boolean> {
  const real = await realpath(path).catch(() => undefined);
  return real === undefined || !isWithin(border, real);
}

const mayBeData = (name: string) => LINES.test(name) || JSON_FILE.test(name);

interface Look {
  readonly form?: Source['form'];
  readonly what?: LeftOut['what'];
  readonly times?: readonly string[];
}

/** Of a log or a manifest all lines are read, of data no more than its beginning. */
const BEGINNING = 1024 * 1024;
/** Where the name says the type: whether it is a Bundle all the same. */
const FIRST_WORDS = 200;

async function look(part: Part, name: string): Promise<Look> {
  if (part.name !== null && isArchive(part.name)) return { what: 'archive' };
  if (!part.open || !mayBeData(name)) return { what: 'other' };
  const isTyped = LINES.test(name) && typeOf(name) !== null;
  if (isTyped && typeOf(name) === 'Bundle') return { form: 'ndjson' };
  const head = await beginningOf(await part.open(), isTyped ? FIRST_WORDS : BEGINNING);
  if (LINES.test(name)) {
    const log = isTyped ? undefined : readLog(head.bytes);
    if (log) return { what: 'log', times: log };
    return { form: isOfBundles(name, head.bytes) ? 'bundles' : 'ndjson' };
  }
  const type = typeAtTop(head.bytes);
  if (type === 'Bundle') return { form: 'bundles' };
  if (type !== undefined) return { form: 'ndjson' };
  const json = head.whole ? parse(head.bytes.toString('utf8')) : undefined;
  if (json && MANIFEST.test(basename(name))) return { what: 'manifest', times: timesOf(json) };
  // A Bundle with its entries first, or one that is cut, or resources in a shape that nobody reads: told as broken.
  return isNoResource(head, json) ? { what: 'json' } : { form: 'bundles' };
}

interface Beginning {
  readonly bytes: Buffer;
  readonly whole: boolean;
  /** It could not be read so far: it is cut, or no compressed file. */
  readonly damaged?: boolean;
}

function isNoResource({ bytes, whole, damaged }: Beginning, json: object | undefined): boolean {
  if (damaged) return false;
  if (json && !Array.isArray(json)) return true;
  // In UTF-16 there is a zero beside each letter.
  if (bytes.toString('latin1').replaceAll('\0', '').includes('"resourceType"')) return false;
  return json !== undefined || !startsWithObject(bytes) || (whole && isJsonLines(bytes));
}

function isJsonLines(bytes: Buffer): boolean {
  const lines = bytes.toString('utf8').split('\n');
  return lines.every((line) => line.trim() === '' || parse(line) !== undefined);
}

async function beginningOf(bytes: Readable, most: number): Promise<Beginning> {
  const held: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of bytes) {
      held.push(part);
      size += part.length;
      if (size >= most) return { bytes: Buffer.concat(held), whole: false };
    }
    return { bytes: Buffer.concat(held), whole: true };
  } catch (error) {
    // Cut or damaged: whoever reads it as data says so.
    if (error instanceof SyncError && error.code !== 'file-damaged') throw error;
    return { bytes: Buffer.concat(held), whole: false, damaged: true };
  } finally {
    bytes.destroy();
  }
}

/** A Bundle a line; unless the name says that Bundles are what was exported, or what was deleted. */
const isOfBundles = (name: string, head: Buffer) =>
  identifiesBundle(head) && natureOf(name, 'ndjson').kind === 'output';

const identifiesBundle = (head: Buffer) =>
  identityOf(head)?.type === 'Bundle' ||
  /^\s*\{\s*"resourceType"\s*:\s*"Bundle"/.test(head.toString('latin1', 0, 200));

const startsWithObject = (head: Buffer) =>
  /^(?:\u00ef\u00bb\u00bf)?\s*\{/.test(head.toString('latin1', 0, 1000));

/** The folder says what a file is (deleted/, error/) unless the file's own name says another type. */
function natureOf(path: string, form: Source['form']): Pick<Source, 'kind' | 'resource_type' | 'phase'> {
  const type = typeOf(path);
  const words = [...wordsOf(basename(path)), basename(dirname(path))].map((word) => word.toLowerCase());
  const said = (...names: string[]) => names.some((name) => words.includes(name));
  if (form === 'ndjson' && (type === null || type === 'Bundle') && said('deleted'))
    return { kind: 'deleted', resource_type: null, phase: DELETED_PHASE };
  if (
    form === 'ndjson' &&
    (type === 'OperationOutcome' || (type === null && said('error', 'errors', 'outcome')))
  )
    return { kind: 'error', resource_type: null, phase: ERROR_PHASE };
  return { kind: 'output', resource_type: form === 'bundles' ? null : type, phase: phaseOf(type) };
}

/** The resource type that a name tells ("30.Observation.ndjson.gz", "Patient.000.ndjson"). */
function typeOf(path: string): string | null {
  return wordsOf(basename(path)).find((word) => RESOURCE_TYPES.has(word)) ?? null;
}

const wordsOf = (name: string) => name.split(/[^A-Za-z]+/);

/** The times that it tells, when this is a log as bulk data clients write them (SMART, logVersion 2). */
function readLog(head: Buffer): string[] | undefined {
  const times: string[] = [];
  let isLog = false;
  for (const line of head.toString('utf8').split('\n')) {
    if (line.trim() === '') continue;
    const event = parse(line) ?? {};
    isLog ||= 'eventId' in event && 'exportId' in event && !('resourceType' in event);
    if (!isLog) return undefined;
    times.push(...timesOf(Object(event['eventDetail'])));
  }
  return isLog ? times : undefined;
}

function timesOf(of: Readonly<Record<string, unknown>>): string[] {
  const time = of['transactionTime'];
  const isTime = typeof time === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.+Z-]{5,30}$/.test(time);
  return isTime && !Number.isNaN(Date.parse(time)) ? [time] : [];
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return Object(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch {
    return undefined;
  }
}
