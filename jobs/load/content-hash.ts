/**
 * Identity of a resource's content: SHA-256 of its canonical JSON (RFC 8785: keys sorted, no white space, numbers as
 * ECMAScript writes them) without what is not clinical: meta.lastUpdated, meta.versionId and the narrative. So a
 * re-export with another key order, a new version number or a regenerated narrative is recognised as unchanged.
 */
import { createHash } from 'node:crypto';

export function contentHash(resource: Readonly<Record<string, unknown>>): Buffer {
  return createHash('sha256').update(canonical(resource, true)).digest();
}

/** RFC 8785, of a value that JSON.parse gave. */
export function canonical(value: unknown, root = false): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const parts: string[] = [];
  const fields = value as Record<string, unknown>;
  // Default sort compares UTF-16 code units, as the RFC asks.
  for (const key of Object.keys(fields).sort()) {
    let field = fields[key];
    if (root && key === 'text') continue;
    if (root && key === 'meta' && typeof field === 'object' && field !== null && !Array.isArray(field)) {
      const { lastUpdated: _, versionId: __, ...clinical } = field as Record<string, unknown>;
      if (Object.keys(clinical).length === 0) continue;
      field = clinical;
    }
    parts.push(`${JSON.stringify(key)}:${canonical(field)}`);
  }
  return `{${parts.join(',')}}`;
}
