/** Which entries an export holds, and what is left of each: _since, patients, _typeFilter, _elements. */

import type { Resource } from '../../jobs/map/types.ts';
import type { ExportRequest, TypeFilter } from './export-request.ts';
import { type Entry, object, parseEntry } from './store.ts';

/** `patients`: whose records; undefined for everybody's. What belongs to nobody (Organization …) always comes along. */
export function selects(
  request: ExportRequest,
  patients: ReadonlySet<string> | undefined,
  entry: Entry,
): boolean {
  if (request.since !== undefined && entry.lastUpdated <= request.since) return false;
  if (patients !== undefined && entry.patient !== undefined && !patients.has(entry.patient)) return false;
  if (entry.deleted) return true;
  // Filters of the same type are alternatives.
  const filters = request.filters.filter(({ type }) => type === entry.type);
  if (filters.length === 0) return true;
  const resource = parseEntry(entry);
  return filters.some((filter) => matches(filter, resource));
}

/** The line for one entry. Cut down by _elements, it says so by the SUBSETTED tag. */
export function lineOf(request: ExportRequest, entry: Entry): string {
  const wanted = request.elements
    .map((element) => element.split('.'))
    .flatMap(([first, second]) => (second === undefined ? [first] : first === entry.type ? [second] : []));
  if (wanted.length === 0) return `${entry.json}\n`;
  const resource = parseEntry(entry);
  const kept = Object.fromEntries(
    Object.entries(resource).filter(([name]) => MANDATORY.has(name) || wanted.includes(name)),
  );
  const tag = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }];
  return `${JSON.stringify({ ...kept, meta: { ...object(resource['meta']), tag } })}\n`;
}

/** Mandatory in their types (or, like modifiers, never to be left out). */
const MANDATORY = new Set([
  'resourceType',
  'id',
  'meta',
  'status',
  'intent',
  'class',
  'code',
  'subject',
  'patient',
  'vaccineCode',
  'occurrenceDateTime',
  'medicationCodeableConcept',
  'medicationReference',
  'doNotPerform',
  'verificationStatus',
]);

function matches(filter: TypeFilter, resource: Resource): boolean {
  return filter.parameters.every(([name, values]) => values.some((value) => has(resource, name, value)));
}

function has(resource: Resource, name: string, value: string): boolean {
  switch (name) {
    case '_id':
      return resource.id === value;
    case 'status':
      return resource['status'] === value;
    case '_lastUpdated':
      return inRange(object(resource['meta'])['lastUpdated'], value);
    case 'date':
      return inRange(resource['effectiveDateTime'] ?? object(resource['period'])['start'], value);
    default:
      return tokens(resource[name]).some(([system, code]) =>
        value.includes('|') ? value === `${system}|${code}` : value === code,
      );
  }
}

/** `ge2024-01-01`, `lt2025`: dates compared as text, which does for one zone. */
function inRange(date: unknown, value: string): boolean {
  const [, prefix = 'eq', bound = ''] = /^(ge|gt|le|lt|eq)?(.*)$/.exec(value) ?? [];
  if (typeof date !== 'string') return false;
  const start = date.slice(0, bound.length);
  if (prefix === 'ge') return start >= bound;
  if (prefix === 'gt') return start > bound;
  if (prefix === 'le') return start <= bound;
  if (prefix === 'lt') return start < bound;
  return start === bound;
}

export function tokens(value: unknown): [unknown, unknown][] {
  const concepts = Array.isArray(value) ? value : [value];
  return concepts.flatMap((concept) => {
    const codings = object(concept)['coding'];
    if (!Array.isArray(codings)) return [];
    return codings.map((coding): [unknown, unknown] => [object(coding)['system'], object(coding)['code']]);
  });
}
