/**
 * What a FHIR server says about itself in `<base>/metadata`: its version, its software, and whether it names
 * Bulk Data exports.
 */
import { z } from 'zod';
import { clean } from '../step/clean.ts';
import { type HttpOptions, send, under } from './http.ts';

export interface Capability {
  readonly fhirVersion: string | undefined;
  /** software.name and software.version. */
  readonly software: string | undefined;
  /** Levels for which it names an export operation; many servers name none and export all the same. */
  readonly exports: readonly string[];
  /** Major version of the Bulk Data guide, where the server's canonical URLs or operations tell it. */
  readonly bulkDataVersion: number | undefined;
}

/** Of a name, a version or a canonical URL; a server may send any length. */
const LONGEST = 300;
const short = z.string().transform((said) => said.slice(0, LONGEST));
const text = short
  .transform((said) => clean(said, 100))
  .optional()
  .catch(undefined);
const operations = z
  .array(z.object({ name: short.catch(''), definition: short.catch('') }))
  .catch([])
  .default([]);
const Statement = z.object({
  resourceType: z.literal('CapabilityStatement'),
  fhirVersion: text,
  instantiates: z.array(short).catch([]).default([]),
  software: z.object({ name: text, version: text }).optional().catch(undefined),
  rest: z
    .array(
      z.object({
        operation: operations,
        resource: z
          .array(z.object({ type: text, operation: operations }))
          .catch([])
          .default([]),
      }),
    )
    .catch([])
    .default([]),
});

export async function requestMetadata(
  base: string,
  token: string | undefined,
  options: HttpOptions,
): Promise<Response> {
  const headers = {
    accept: 'application/fhir+json',
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
  return await send(under(base, 'metadata'), { headers }, options);
}

export function readCapability(json: unknown): Capability | undefined {
  const read = Statement.safeParse(json);
  if (!read.success) return undefined;
  const { fhirVersion, software, rest, instantiates } = read.data;
  const all = rest.flatMap((part) => [
    ...part.operation.map((operation) => ({ level: 'system', ...operation })),
    ...part.resource.flatMap(({ type, operation }) =>
      operation.map((found) => ({ level: (type ?? '').toLowerCase(), ...found })),
    ),
  ]);
  const named = all
    .filter(
      ({ name, definition }) =>
        name.replace('$', '').startsWith('export') || /-export(-v\d+)?(\||$)/.test(definition),
    )
    .filter(({ level }) => level === 'system' || level === 'patient' || level === 'group');
  const exports = named.map(({ level }) => level);
  return {
    fhirVersion,
    software: [software?.name, software?.version].filter((part) => part).join(' ') || undefined,
    exports: [...new Set(exports)],
    bulkDataVersion: bulkDataVersion(named, instantiates),
  };
}

/** A server that names older operations beside those of version 4 can be asked in the older way. */
function bulkDataVersion(
  operations: readonly { readonly name: string; readonly definition: string }[],
  instantiates: readonly string[],
): number | undefined {
  const versions = operations.flatMap(({ name, definition }) => {
    const said = /-v(\d+)$/.exec(name) ?? /-v(\d+)(?:\||$)/.exec(definition) ?? /\|(\d+)\./.exec(definition);
    return said ? [Number(said[1])] : [];
  });
  if (operations.length > versions.length && versions.some((version) => version >= 4)) return undefined;
  const whole = instantiates.flatMap((canonical) => {
    const said = /bulk-?data.*\|(\d+)\./.exec(canonical);
    return said ? [Number(said[1])] : [];
  });
  const all = versions.length > 0 ? versions : whole;
  return all.length > 0 ? Math.min(...all) : undefined;
}
