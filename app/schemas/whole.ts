/**
 * Whole numbers in paths and queries, which come as text. Of what is coerced the document would tell neither bounds nor
 * default, so both are said here, in the same breath as they are checked.
 */
import { z } from '@hono/zod-openapi';

/** The greatest number that a column of type integer holds. */
export const MOST_INTEGER = 2_147_483_647;

interface Bounds {
  /** 1 when left out. */
  readonly least?: number;
  readonly most: number;
}

function whole({ least = 1, most }: Bounds) {
  return z.coerce.number({ error: 'expected a number, such as 7' }).int().min(least).max(most);
}

function said(where: 'path' | 'query', name: string, { least = 1, most }: Bounds) {
  return { param: { name, in: where }, ...{ type: 'integer' as const, minimum: least, maximum: most } };
}

/** An id in a path. */
export const id = (name: string, description: string, most: number) =>
  whole({ most }).openapi({ ...said('path', name, { most }), description, example: 7 });

/** A filter that may be left out. */
export const wholeFilter = (name: string, description: string, bounds: Bounds) =>
  whole(bounds)
    .optional()
    .openapi({ ...said('query', name, bounds), description });

/** A setting of the request that has a value where it is left out. */
export const wholeOr = (name: string, otherwise: number, description: string, bounds: Bounds) =>
  whole(bounds)
    .default(otherwise)
    .openapi({ ...said('query', name, bounds), default: otherwise, description });
