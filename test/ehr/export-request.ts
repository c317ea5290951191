/** Reads a kick-off request (GET with a query, POST with Parameters) and says what is wrong with it. */

import { z } from 'zod';

export interface ExportRequest {
  readonly types: readonly string[];
  readonly since: number | undefined;
  readonly filters: readonly TypeFilter[];
  readonly elements: readonly string[];
  readonly patients: readonly string[];
  readonly allowPartial: boolean;
}

export interface TypeFilter {
  readonly type: string;
  /** Search parameter → accepted values. */
  readonly parameters: readonly (readonly [name: string, values: readonly string[]])[];
}

interface Headers {
  readonly accept?: string | undefined;
  readonly prefer?: string | undefined;
}

/** The request, or a sentence about what is wrong with it. */
export function readKickOff(
  headers: Headers,
  query: URLSearchParams,
  body: unknown,
  server: { readonly version: number; readonly patientParameter: boolean; readonly since: boolean },
): ExportRequest | string {
  if (headers.accept !== 'application/fhir+json') return 'Accept must be application/fhir+json';
  if (!/(^|[,;\s])respond-async([,;\s]|$)/.test(headers.prefer ?? ''))
    return 'Prefer must hold respond-async';
  const parameters = body === undefined ? [...query] : fromBody(body);
  if (parameters === undefined) return 'the body must be a Parameters resource';
  const all = (name: string) => parameters.filter(([key]) => key === name).map(([, value]) => value);

  const lenient = /handling=lenient/.test(headers.prefer ?? '');
  const known = (name: string) =>
    (KNOWN.has(name) &&
      (name !== '_since' || server.since) &&
      (name !== 'patient' || (server.patientParameter && body !== undefined))) ||
    (server.version >= 3 && name === 'allowPartialManifests');
  const unknown = parameters.find(([name]) => !known(name))?.[0];
  const list = server.version === 4 ? all('_type').find((value) => value.includes(',')) : undefined;
  if (list !== undefined) return 'a parameter holds one value: repeat it';
  if (unknown !== undefined && !lenient) return `the parameter ${unknown} is not supported`;
  const format = all('_outputFormat')[0];
  if (format !== undefined && !FORMATS.has(format)) return `the output format ${format} is not supported`;
  const types = all('_type').flatMap((value) => value.split(',').map((type) => type.trim()));
  const wrong = types.find((type) => !/^[A-Z][A-Za-z]+$/.test(type));
  if (wrong !== undefined) return `_type ${JSON.stringify(wrong)} is not a resource type`;

  const sinceText = all('_since')[0];
  if (sinceText !== undefined && !INSTANT.test(sinceText))
    return '_since must be an instant with seconds and zone';
  const filters = all('_typeFilter')
    .flatMap((value) => value.split(','))
    .map(readFilter);
  const bad = filters.find((filter) => typeof filter === 'string');
  if (bad !== undefined && !lenient) return bad;
  return {
    types,
    since: sinceText === undefined ? undefined : Date.parse(sinceText),
    filters: filters.filter((filter) => typeof filter !== 'string'),
    elements: all('_elements').flatMap((value) => value.split(',')),
    allowPartial: all('allowPartialManifests')[0] === 'true',
    patients: all('patient').map((reference) => reference.replace(/^.*\//, '')),
  };
}

const KNOWN = new Set(['_type', '_since', '_outputFormat', '_typeFilter', '_elements', 'patient']);
const FORMATS = new Set(['application/fhir+ndjson', 'application/ndjson', 'ndjson']);
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const Parameters = z.object({
  resourceType: z.literal('Parameters'),
  parameter: z
    .array(
      z.object({
        name: z.string(),
        valueString: z.string().optional(),
        valueInstant: z.string().optional(),
        valueBoolean: z.boolean().optional(),
        valueReference: z.object({ reference: z.string() }).optional(),
      }),
    )
    .default([]),
});

function fromBody(body: unknown): [string, string][] | undefined {
  const parsed = Parameters.safeParse(body);
  if (!parsed.success) return undefined;
  return parsed.data.parameter.map(({ name, valueString, valueInstant, valueBoolean, valueReference }) => [
    name,
    valueString ?? valueInstant ?? valueBoolean?.toString() ?? valueReference?.reference ?? '',
  ]);
}

const SEARCHABLE = new Set(['category', 'code', 'status', '_id', '_lastUpdated', 'date']);

/** `Observation?category=laboratory`. Filters may be joined by commas, so a comma inside one must be encoded again. */
function readFilter(text: string): TypeFilter | string {
  const [type, query] = text.split('?');
  if (type === undefined || query === undefined)
    return `_typeFilter ${JSON.stringify(text)} is not Type?query`;
  const parameters = [...new URLSearchParams(query)].map(
    ([name, value]) => [name, value.split(',')] as const,
  );
  const unknown = parameters.find(([name]) => !SEARCHABLE.has(name))?.[0];
  return unknown === undefined ? { type, parameters } : `_typeFilter by ${unknown} is not supported`;
}
