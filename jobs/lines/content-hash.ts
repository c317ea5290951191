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
import { fieldNames } from './field-names.ts';

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

const [QUOTE, COMMA, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x22, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d];

function writeValue(out: ByteWriter, value: unknown): void {
  if (typeof value === 'string') writeString(out, value);
  else if (typeof value === 'number' && Number.isFinite(value)) out.number(value);
  else if (typeof value !== 'object' || value === null) out.text(JSON.stringify(value) ?? 'null');
  else if (Array.isArray(value)) writeList(out, value);
  else {
    out.byte(OPEN);
    writeFields(out, value as Fields);
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

function writeFields(out: ByteWriter, fields: Fields): void {
  const names = fieldNames(fields);
  for (let n = 0; n < names.length; n++) {
    const field = names[n];
    if (!field) continue;
    if (n > 0) out.byte(COMMA);
    out.raw(field.bytes);
    writeValue(out, fields[field.name]);
  }
}

function writeClinical(out: ByteWriter, resource: Fields): void {
  out.byte(OPEN);
  const begin = out.length;
  for (const { name, bytes } of fieldNames(resource)) {
    if (name === 'text') continue;
    const value = name === 'meta' ? clinicalMeta(resource[name]) : resource[name];
    if (name === 'meta' && isEmpty(value)) continue;
    if (out.length > begin) out.byte(COMMA);
    out.raw(bytes);
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
