/**
 * Reads a chunk's lines into resources with identity and hash. What is no resource becomes a failure with its line
 * and reason; the rest of the chunk goes on.
 */
import type { Resource } from '../map/types.ts';
import { contentHash } from './content-hash.ts';
import { excessOf } from './extent.ts';
import type { FailureReason } from './failure-reasons.ts';
import { identityOf, type Line, lineHash } from './line.ts';
import { split } from './split.ts';
import { mapInTurns } from './turns.ts';

export interface Entry {
  readonly line: number;
  /** Where it stands in its run: of two versions in one run the later wins. */
  readonly position: number;
  readonly bytes: Buffer;
  /** Parsed again after release(). */
  readonly resource: Resource;
  readonly type: string;
  readonly id: string;
  /** Of its content, in hexadecimal digits; taken when it is first asked for. */
  readonly hash: string;
  /** Of its line as it was sent; taken each time, and so asked for once. */
  readonly lineHash: string;
  readonly lastUpdated: string | null;
  /** Made with _elements: incomplete, must never replace a complete one. */
  readonly subsetted: boolean;
  /** Takes the hash and lets the parsed resource go. */
  release(): void;
}

export interface Unreadable {
  readonly line: number;
  readonly type: string | null;
  readonly id: string | null;
  readonly reason: FailureReason;
}

export interface Read {
  readonly entries: Entry[];
  readonly unreadable: Unreadable[];
}

/** A server could not finish the file and says so in it; what is missing must be asked for again. */
export const FILE_ERROR = 'operation-outcome-in-data' satisfies FailureReason;
/** The file is one JSON document (an array, a Bundle) instead of a resource a line: all of it is missing. */
export const NOT_NDJSON = 'json-document-instead-of-ndjson' satisfies FailureReason;
const NOT_JSON = 'not-json' satisfies FailureReason;
export const LONGEST_ID = 1000;

export interface Refused {
  readonly entry: Entry;
  readonly rule: string;
}

export interface Lines {
  readonly lines: readonly Line[];
  readonly unreadable: readonly Unreadable[];
  /** Resources that must not be kept, whatever they say (see jobs/load/blocklist.ts). */
  readonly refused?: readonly Refused[];
}

/**
 * `firstPosition`: of the chunk's first line, see position(). `truncated`: the chunk holds the beginning of an over-long
 * line. A line longer than `maxLineBytes` that did fit into a chunk is refused as well, so that it does not depend on
 * how the bytes arrived.
 */
export function splitLines(
  text: Buffer,
  firstPosition: number,
  truncated: boolean,
  maxLineBytes = Number.POSITIVE_INFINITY,
): Lines {
  const lines: Line[] = [];
  const unreadable: Unreadable[] = [];
  const tooLong = (line: number) => unreadable.push({ line, type: null, id: null, reason: 'line-too-long' });
  if (truncated) {
    tooLong(0);
    return { lines, unreadable };
  }
  for (const { line, start, end } of split(text, maxLineBytes)) {
    if (end - start > maxLineBytes) tooLong(line);
    else lines.push({ line, position: firstPosition + line, bytes: text.subarray(start, end) });
  }
  return { lines, unreadable };
}

export function readLines({ lines, unreadable }: Lines): Read {
  const read: Read = { entries: [], unreadable: [...unreadable] };
  for (const line of lines) readLine(read, line);
  return orOneDocument(read, lines[0]);
}

/** The same, letting other chunks have their turns. */
export async function readLinesInTurns(
  { lines, unreadable }: Lines,
  onEntry?: (entry: Entry) => void,
): Promise<Read> {
  const read: Read = { entries: [], unreadable: [...unreadable] };
  await mapInTurns(lines, (line) => {
    const before = read.entries.length;
    readLine(read, line);
    const entry = read.entries[before];
    if (entry) onEntry?.(entry);
  });
  return orOneDocument(read, lines[0]);
}

function orOneDocument(read: Read, first: Line | undefined): Read {
  const isOne = nothingButBroken(read) || isPage(read, first);
  return isOne ? { entries: [], unreadable: [{ ...ONE, reason: NOT_NDJSON }] } : read;
}

const ONE = { line: 0, type: null, id: null };
/** Of a long document that is no NDJSON each line would be a failure of its own: that many say what one does. */
const MANY = 1000;

function nothingButBroken({ entries, unreadable }: Read): boolean {
  return (
    entries.length === 0 && unreadable.length > MANY && unreadable.every((one) => one.reason === NOT_JSON)
  );
}

/** A login or maintenance page in the place of the file. */
function isPage({ entries, unreadable }: Read, first: Line | undefined): boolean {
  return (
    entries.length === 0 &&
    unreadable.length > 0 &&
    /^\s*<(!doctype|\?xml|html|head|body)/i.test(first?.bytes.subarray(0, 100).toString('latin1') ?? '')
  );
}

export function readLine(read: Read, at: Line): void {
  const { bytes, line } = at;
  const text = textOf(bytes);
  if (text === '') return;
  const refuse = (reason: FailureReason, type: string | null = null, id: string | null = null) =>
    read.unreadable.push({ line, type, id, reason });
  const excess = excessOf(bytes);
  if (excess) {
    const named = identityOf(bytes);
    return void refuse(excess, named?.type, named?.id);
  }
  let json: unknown;
  try {
    json = parseStorable(text);
  } catch {
    return void refuse(NOT_JSON);
  }
  if (isWholeFile(json)) return void refuse(NOT_NDJSON);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return void refuse('not-a-resource');
  const fields = json as Record<string, unknown>;
  const { resourceType: type, id } = fields;
  if (typeof type !== 'string' || !/^[A-Z][A-Za-z]{0,63}$/.test(type)) return void refuse('no-resource-type');
  // Servers report a file that they could not finish as an OperationOutcome among the data.
  if (type === 'OperationOutcome') {
    return void refuse(reportsError(fields['issue']) ? FILE_ERROR : 'operation-outcome-note', type);
  }
  // With organizeOutputBy (Bulk Data 3) such a line heads the lines of a group: it is no resource of the EHR.
  if (type === 'Parameters' && id === undefined) return;
  if (typeof id !== 'string' || id === '') return void refuse('no-id', type);
  // FHIR allows 64 characters, servers send longer ones; no index takes more than this.
  if (Buffer.byteLength(id) > LONGEST_ID) return void refuse('id-too-long', type);
  if (text.includes('\uFFFD') && !isUtf8(bytes)) return void refuse('invalid-utf-8', type, id);
  const meta =
    typeof fields['meta'] === 'object' && fields['meta'] !== null
      ? (fields['meta'] as Record<string, unknown>)
      : {};
  const lastUpdated = typeof meta['lastUpdated'] === 'string' ? meta['lastUpdated'].slice(0, 64) : null;
  const subsetted = hasTag(meta, 'SUBSETTED');
  read.entries.push(new ResourceEntry(at, fields as Resource, type, id, lastUpdated, subsetted));
}

/** Its text without white space around it, of which a byte order mark is some to trim(). */
export const textOf = (bytes: Buffer): string => bytes.toString('utf8').trim();

/** It lives until its chunk is written, so it holds as little as it can, and makes what is asked for once. */
class ResourceEntry implements Entry {
  readonly type: string;
  readonly id: string;
  readonly lastUpdated: string | null;
  readonly subsetted: boolean;
  readonly #at: Line;
  #resource: Resource | undefined;
  #hash: string | undefined;

  constructor(
    at: Line,
    resource: Resource,
    type: string,
    id: string,
    lastUpdated: string | null,
    subsetted: boolean,
  ) {
    this.#at = at;
    this.#resource = resource;
    this.type = type;
    this.id = id;
    this.lastUpdated = lastUpdated;
    this.subsetted = subsetted;
  }

  get line(): number {
    return this.#at.line;
  }

  get position(): number {
    return this.#at.position;
  }

  get bytes(): Buffer {
    return this.#at.bytes;
  }

  get lineHash(): string {
    return lineHash(this.bytes);
  }

  get resource(): Resource {
    this.#resource ??= parseStorable(textOf(this.bytes)) as Resource;
    return this.#resource;
  }

  get hash(): string {
    this.#hash ??= contentHash(this.resource);
    return this.#hash;
  }

  release(): void {
    this.#hash ??= contentHash(this.resource);
    this.#resource = undefined;
  }
}

/** An array of resources, a search result, or (HAPI) the file in a Binary: nobody keeps those as resources. */
function isWholeFile(json: unknown): boolean {
  const [first]: unknown[] = Array.isArray(json) ? json : [json];
  if (typeof first !== 'object' || first === null) return false;
  if (Array.isArray(json)) return 'resourceType' in first;
  if (Reflect.get(first, 'resourceType') === 'Binary') {
    const said: unknown = Reflect.get(first, 'contentType');
    return typeof said === 'string' && /ndjson/i.test(said);
  }
  return Reflect.get(first, 'resourceType') === 'Bundle' && Reflect.get(first, 'type') === 'searchset';
}

/** FHIR forbids control characters and JSON half surrogate pairs; what Postgres cannot hold as text is let go. */
export function parseStorable(text: string): unknown {
  if (!text.includes('\\u') || !UNSTORABLE.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value === 'string') return storable(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    // Contents of Medications and Devices are stored with the names of their elements.
    const names = Object.keys(value);
    if (names.every((name) => storable(name) === name)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [storable(name), one]));
  });
}

const storable = (text: string) => text.replaceAll('\0', '').toWellFormed();

const UNSTORABLE = /\\u(0000|d[89a-f])/i;

/** Anything but a mere remark counts as an error: then the file may lack resources. */
function reportsError(issues: unknown): boolean {
  if (!Array.isArray(issues) || issues.length === 0) return true;
  return issues.some((issue: unknown) => {
    const severity: unknown =
      typeof issue === 'object' && issue !== null ? Reflect.get(issue, 'severity') : undefined;
    return severity !== 'information' && severity !== 'warning' && severity !== 'success';
  });
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function hasTag(meta: Record<string, unknown>, code: string): boolean {
  const tags = meta['tag'];
  return (
    Array.isArray(tags) &&
    tags.some((tag) => typeof tag === 'object' && tag !== null && (tag as { code?: unknown }).code === code)
  );
}
