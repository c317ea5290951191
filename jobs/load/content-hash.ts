/**
 * Identity of a resource's content: SHA-256 of its canonical JSON (RFC 8785: keys sorted, no white space, numbers as
 * ECMAScript writes them) without what is not clinical: meta.lastUpdated, meta.versionId and the narrative. So a
 * re-export with another key order, a new version number or a regenerated narrative is recognised as unchanged.
 *
 * It is taken of every resource that is met, so it is written for speed (jobs/PERFORMANCE.md).
 */
import { hash } from 'node:crypto';

export function contentHash(resource: Readonly<Record<string, unknown>>): Buffer {
  return hash('sha256', clinical(resource), 'buffer');
}

/** RFC 8785, of a value that JSON.parse gave. */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (!Array.isArray(value)) return objectOf(value as Record<string, unknown>);
  let text = '';
  for (const item of value) text += text === '' ? canonical(item) : `,${canonical(item)}`;
  return `[${text}]`;
}

function objectOf(fields: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const key of sorted(Object.keys(fields))) {
    if (text !== '') text += ',';
    text += named(key) + canonical(fields[key]);
  }
  return `{${text}}`;
}

function clinical(resource: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const key of sorted(Object.keys(resource))) {
    if (key === 'text') continue;
    const value = key === 'meta' ? clinicalMeta(resource[key]) : canonical(resource[key]);
    if (value === '{}' && key === 'meta') continue;
    if (text !== '') text += ',';
    text += named(key) + value;
  }
  return `{${text}}`;
}

function clinicalMeta(meta: unknown): string {
  if (typeof meta !== 'object' || meta === null || Array.isArray(meta)) return canonical(meta);
  const { lastUpdated: _, versionId: __, ...rest } = meta as Record<string, unknown>;
  return objectOf(rest);
}

/** By UTF-16 code units, as the RFC asks and JavaScript compares. Elements have few fields: insertion beats sort(). */
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

const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;
/** Above this JSON.stringify is quicker than looking whether it is needed. */
const SHORT = 200;

function quoted(text: string): string {
  return text.length < SHORT && PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** FHIR has some thousand element names. A server's inventions must not fill memory. */
const names = new Map<string, string>();
const MOST_NAMES = 10_000;

function named(key: string): string {
  const known = names.get(key);
  if (known !== undefined) return known;
  const name = `${JSON.stringify(key)}:`;
  if (names.size < MOST_NAMES) names.set(key, name);
  return name;
}
