/**
 * Asks the server for single resources: by one read an id, or several ids in one search where it takes that. Addresses
 * are made of the connection's base and a type and id that were read as such, so the token goes nowhere else. An answer
 * is believed only if it is the very resource that was asked for.
 */
import { type ReadAnswer, readResource } from '../fhir/read.ts';
import { type SearchPage, searchPage, searchUrl } from '../fhir/search.ts';
import { type Read, readLine } from '../lines/read-lines.ts';
import { SyncError } from '../step/errors.ts';
import type { Answer, Asked, Asking } from './answer.ts';
import { isAttachment, readAttached } from './attachments.ts';

/** A Medication has kilobytes; what is longer than this is none. */
const MOST_BYTES = 16 * 1024 * 1024;

export async function readOne(asking: Asking, asked: Asked): Promise<Answer> {
  const { connection, deps } = asking;
  try {
    if (isAttachment(asked)) return await readAttached(asking, asked);
    return ofRead(
      asked,
      await readResource(connection, deps.tokens.of(connection), asked, optionsOf(asking)),
    );
  } catch (error) {
    return ofError(asked, error);
  }
}

function ofRead(asked: Asked, answer: ReadAnswer): Answer {
  if (answer.kind === 'missing') return { asked, state: 'not-found', reason: `status-${answer.status}` };
  if (answer.kind === 'other') return { asked, state: 'refused', reason: 'wrong-resource' };
  return { asked, state: 'found', line: answer.bytes };
}

export interface Searched {
  readonly found: readonly Answer[];
  /** Whether the server takes several ids in one search; undefined when this one does not tell. */
  readonly works: boolean | undefined;
}

/** What does not come of a search is left for reads, which tell why. */
export async function searchSeveral(asking: Asking, type: string, ids: readonly string[]): Promise<Searched> {
  const { connection, deps } = asking;
  const url = searchUrl(connection.fhir_base_url ?? '', type, [
    ['_id', ids.join(',')],
    ['_count', String(ids.length)],
  ]);
  try {
    const page = await searchPage(connection, deps.tokens.of(connection), url, optionsOf(asking));
    return ofPage(page, type, new Set(ids));
  } catch (error) {
    if (!(error instanceof SyncError) || error.about !== 'server') throw error;
    return { found: [], works: isPassing(error) ? undefined : false };
  }
}

/** A server that does not know `_id` sends whatever it has. */
function ofPage({ entries }: SearchPage, type: string, ids: ReadonlySet<string>): Searched {
  const read: Read = { entries: [], unreadable: [] };
  for (const [index, { mode, bytes }] of entries.entries()) {
    if (mode === 'match') readLine(read, { bytes, line: index, position: index });
  }
  const matches = read.entries.filter((one) => one.type === type);
  if (matches.some(({ id }) => !ids.has(id))) return { found: [], works: false };
  const found = new Map(
    matches.map(({ id, bytes }) => [
      id,
      { asked: { type, id }, state: 'found', line: bytes } satisfies Answer,
    ]),
  );
  return { found: [...found.values()], works: found.size > 0 ? true : undefined };
}

function optionsOf({ deps, connection, signal }: Asking) {
  const maxBytes = Math.min(MOST_BYTES, connection.config.limits.max_line_bytes);
  return { outbound: deps.outbound, now: deps.clock(), maxBytes, signal };
}

/** Whether the server or the way to it is to blame, and later the same may work. */
const isPassing = ({ about, sort }: SyncError) => about === 'server' && sort !== 'give-up';

/** Of the connection's own faults, such as a client that is not known any more, the run says so itself. */
function ofError(asked: Asked, error: unknown): Answer {
  if (!(error instanceof SyncError)) throw error;
  if (error.code === 'search-too-large') return { asked, state: 'refused', reason: 'too-large' };
  if (error.code === 'search-refused')
    return { asked, state: 'refused', reason: `status-${error.status ?? 0}` };
  if (isPassing(error)) return { asked, state: 'unavailable', error };
  throw error;
}
