/**
 * Paged lists: newest first; `next_cursor` names the next page and is null on the last one.
 */
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { problem } from '../problems.ts';
import { id, MOST_INTEGER, wholeFilter, wholeOr } from './whole.ts';

export const ConnectionParams = z.object({ id: id('id', 'connection_id', MOST_INTEGER) });
export const RunParams = ConnectionParams.extend({ rid: id('rid', 'run_id', Number.MAX_SAFE_INTEGER) });

export const PurgeParams = ConnectionParams.extend({ pid: id('pid', 'purge_id', MOST_INTEGER) });

export const LoadParams = z.object({ lid: id('lid', 'load_id', Number.MAX_SAFE_INTEGER) });
export const ConceptParams = z.object({ id: id('id', 'concept_id', MOST_INTEGER) });

const limit = wholeOr('limit', 50, 'Items on a page.', { most: 200 });

/** Paging by offset, for lists without a key. */
export const OffsetQuery = {
  limit,
  offset: wholeOr('offset', 0, 'Items to skip.', { least: 0, most: 100_000 }),
};

/** Pages of a list that is sorted by several columns. */
export const PlaceQuery = {
  limit,
  cursor: z
    .string()
    .max(1000)
    .optional()
    .openapi({ param: { name: 'cursor', in: 'query' }, description: '`next_cursor` of the page before.' }),
};

export const PageQuery = z.object({
  limit: wholeOr('limit', 50, 'Items on a page.', { most: 500 }),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'Not a cursor of this list: pass next_cursor of the page before.')
    .optional()
    .openapi({ param: { name: 'cursor', in: 'query' }, description: '`next_cursor` of the page before.' }),
});

/** Filters of lists of resources. */
const filter = (name: string, description: string) =>
  z
    .string()
    .min(1)
    .max(200)
    .optional()
    .openapi({ param: { name, in: 'query' }, description });

export const ConnectionQuery = {
  connection_id: wholeFilter('connection_id', 'Only those of this connection.', { most: MOST_INTEGER }),
};
export const TypeQuery = { resource_type: filter('resource_type', 'Only resources of this FHIR type.') };
export const ReasonQuery = { reason: filter('reason', 'Only those with this reason, or by this rule.') };

const NEXT = z
  .string()
  .nullable()
  .describe('Address of the next page, with the same filters (also in the header Link); null on the last.');

export function pageOf<S extends z.ZodType>(item: S, name: string) {
  return z
    .object({
      items: z.array(item).describe('At most `limit` items.'),
      next_cursor: z.string().nullable().describe('Pass as `cursor` for the next page; null on the last.'),
      next: NEXT,
    })
    .openapi(name);
}

/** Takes one row more than the limit where there are more, which tells that there is another page. */
export function page<T>(c: Context, rows: readonly T[], limit: number, key: (row: T) => number | string) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next_cursor = rows.length > limit && last !== undefined ? String(key(last)) : null;
  return { items, next_cursor, next: nextAddress(c, next_cursor) };
}

/** A place in a list that is sorted by several columns, as a cursor. */
export const cursorOf = (place: readonly (string | number | null)[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** The place that a cursor means. @throws Problem where it is none of this list. */
export function placeIn<T>(cursor: string | undefined, place: z.ZodType<T>): T | undefined {
  if (cursor === undefined) return undefined;
  const given = jsonIn(Buffer.from(cursor, 'base64url').toString('utf8'));
  const read = place.safeParse(given);
  if (read.success && !holdsNul(given)) return read.data;
  throw problem('invalid-request', 'cursor: Not a cursor of this list: pass next_cursor of the page before.');
}

/** No text of the database holds one, and none could be compared with it. Other control characters come from EHRs. */
const holdsNul = (given: unknown): boolean =>
  Array.isArray(given) && given.some((one) => typeof one === 'string' && one.includes('\0'));

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The address of this request with the next place in it, said in the header Link as well (RFC 8288). */
function nextAddress(c: Context, place: string | null): string | null {
  if (place === null) return null;
  const url = new URL(c.req.url);
  url.searchParams.set('cursor', place);
  const next = `${url.pathname}${url.search}`;
  c.header('link', `<${next}>; rel="next"`);
  return next;
}
