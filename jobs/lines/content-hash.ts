/**
 * Identity of a resource's content: SHA-256 of its canonical JSON (RFC 8785: keys sorted, no white space,
 * numbers as ECMAScript writes them). It leaves out what is not clinical: meta.lastUpdated, meta.versionId
 * and the narrative. So a resource that is exported again with another key order, a new version number or a
 * regenerated narrative is recognised as unchanged.
 *
 * The hash is computed for nearly every resource that is read, so this is written for speed
 * (jobs/PERFORMANCE.md).
 */
import { hash } from 'node:crypto';
import { ByteWriter, specials } from './byte-writer.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One buffer serves all hashes, since each is computed in one go. */
const scratch = new ByteWriter(64 * 1024);

/** The hash in hexadecimal digits. */
export function contentHash(resource: Fields): string {
  scratch.length = 0;
  writeClinical(scratch, resource);
  return hash('sha256', scratch.bytes.subarray(0, scratch.length), 'hex');
}

/** The canonical JSON (RFC 8785) of a value that JSON.parse returned. */
export function canonical(value: unknown): string {
  const out = new ByteWriter();
  writeValue(out, value);
  return out.take().toString('utf8');
}

const [QUOTE, COMMA, COLON, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x22, 0x2c, 0x3a, 0x5b, 0x5d, 0x7b, 0x7d];

function writeValue(out: ByteWriter, value: unknown): void {
  if (typeof value === 'string') writeString(out, value);
  else if (typeof value === 'number' && Number.isFinite(value)) out.number(value);
  else if (typeof value !== 'object' || value === null) out.text(JSON.stringify(value) ?? 'null');
  else if (Array.isArray(value)) writeList(out, value);
  else {
    out.byte(OPEN);
    writeFields(out, value as Fields, out.length);
    out.byte(CLOSE);
  }
}

function writeList(out: ByteWriter, items: readonly unknown[]): void {
  out.byte(OPEN_LIST);
  for (let n = 0; n < items.length; n++) {
    if (n > 0) out.byte(COMMA);
    writeValue(out, items[n]);
  }
  out.byte(CLOSE_LIST);
}

/** `begin` is where the first field would stand, which no comma precedes. */
function writeFields(out: ByteWriter, fields: Fields, begin: number): void {
  for (const key of sorted(Object.keys(fields))) {
    writeName(out, key, begin);
    writeValue(out, fields[key]);
  }
}

function writeName(out: ByteWriter, key: string, begin: number): void {
  if (out.length > begin) out.byte(COMMA);
  writeString(out, key);
  out.byte(COLON);
}

function writeClinical(out: ByteWriter, resource: Fields): void {
  out.byte(OPEN);
  const begin = out.length;
  for (const key of sorted(Object.keys(resource))) {
    if (key === 'text') continue;
    const value = key === 'meta' ? clinicalMeta(resource[key]) : resource[key];
    if (key === 'meta' && isEmpty(value)) continue;
    writeName(out, key, begin);
    writeValue(out, value);
  }
  out.byte(CLOSE);
}

function clinicalMeta(meta: unknown): unknown {
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) return meta;
  const { lastUpdated: _, versionId: __, ...rest } = meta as Record<string, unknown>;
  return rest;
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const _ in value) return false;
  return true;
}

/**
 * Sorts by UTF-16 code units, as the RFC requires and JavaScript compares. Elements have few fields, so
 * insertion sort beats sort().
 */
function sorted(keys: string[]): string[] {
  if (keys.length > 24) return keys.sort();
  for (let next = 1; next < keys.length; next++) {
    const key = keys[next] ?? '';
    let at = next;
    for (let before = keys[at - 1] ?? ''; at > 0 && before > key; before = keys[at - 1] ?? '')
      keys[at--] = before;
    keys[at] = key;
  }
  return keys;
}

const QUOTED = specials('"\\');
/** Above this length JSON.stringify is quicker than checking whether it is needed. */
const SHORT = 200;

function writeString(out: ByteWriter, text: string): void {
  if (text.length < SHORT) {
    const begin = out.length;
    out.byte(QUOTE);
    if (out.plain(text, QUOTED)) {
      out.byte(QUOTE);
      return;
    }
    out.length = begin;
  }
  out.text(JSON.stringify(text));
}
