/**
 * Asks the server for single resources: by one read an id, or several ids in one search where it takes that. Addresses
 * are made of the connection's base and a type and id that were read as such, so the token goes nowhere else; redirects
 * are not followed. An answer is believed only if it is the very resource that was asked for.
 */
import type { Connection } from '../connection/connection.ts';
import { sendAuthorised } from '../fhir/authorised.ts';
import { readText, under } from '../fhir/http.ts';
import { readRetryAfter } from '../fhir/retry-after.ts';
import { excessOf } from '../lines/extent.ts';
import type { Deps } from '../step/deps.ts';
import { SyncError, syncError } from '../step/errors.ts';

export interface Asked {
  readonly type: string;
  readonly id: string;
}

export type Answer = { readonly asked: Asked } & (
  | { readonly state: 'found'; readonly line: string }
  | { readonly state: 'not-found' | 'refused'; readonly reason: string }
  /** The network or the server failed, or it wants to be left alone for a while. */
  | { readonly state: 'unavailable'; readonly error: SyncError }
);

export interface Asking {
  readonly deps: Pick<Deps, 'outbound' | 'tokens' | 'clock'>;
  readonly connection: Connection;
  readonly signal: AbortSignal | undefined;
}

/** A Medication has kilobytes; what is longer than this is none. */
const MOST_BYTES = 16 * 1024 * 1024;

export async function readOne(asking: Asking, asked: Asked): Promise<Answer> {
  const { type, id } = asked;
  try {
    const response = await get(asking, `${type}/${encodeURIComponent(id)}`);
    const { status } = response;
    if (status !== 200) {
      await response.body?.cancel();
      if (status === 404 || status === 410) return { asked, state: 'not-found', reason: `status-${status}` };
      const error = passing(asking, type, response);
      if (error) return { asked, state: 'unavailable', error };
      return { asked, state: 'refused', reason: `status-${status}` };
    }
    const text = await bodyOf(asking, response);
    const excess = excessOf(Buffer.from(text));
    if (excess) return { asked, state: 'refused', reason: excess };
    const resource = parse(text);
    if (!resource) return { asked, state: 'unavailable', error: unreadable(asking, type) };
    const reason = refusal(resource, asked);
    // JSON has no line end within a string, so all that are there stand between its parts.
    return reason === undefined
      ? { asked, state: 'found', line: text.replace(/[\r\n]+/g, ' ').trim() }
      : { asked, state: 'refused', reason };
  } catch (error) {
    return caught(asked, error);
  }
}

export interface Searched {
  readonly found: readonly Answer[];
  /** Whether the server takes several ids in one search; undefined when this one does not tell. */
  readonly works: boolean | undefined;
}

/** What does not come of a search is left for reads, which tell why. */
export async function searchSeveral(asking: Asking, type: string, ids: readonly string[]): Promise<Searched> {
  try {
    const response = await get(asking, `${type}?_id=${ids.join(',')}&_count=${ids.length}`);
    const { status } = response;
    if (status !== 200) {
      await response.body?.cancel();
      return { found: [], works: passing(asking, type, response) ? undefined : false };
    }
    const bundle = parse(await bodyOf(asking, response));
    if (bundle?.['resourceType'] !== 'Bundle') return { found: [], works: false };
    return readBundle(bundle, type, new Set(ids));
  } catch (error) {
    if (error instanceof SyncError && isPassing(error)) return { found: [], works: undefined };
    if (error instanceof SyncError && error.code === 'answer-too-large') return { found: [], works: false };
    throw error;
  }
}

/** A server that does not know `_id` sends whatever it has. */
function readBundle(bundle: Json, type: string, ids: ReadonlySet<string>): Searched {
  const entries = Array.isArray(bundle['entry']) ? bundle['entry'] : [];
  const found = new Map<string, Answer>();
  for (const entry of entries) {
    const resource = object(object(entry)?.['resource']);
    if (resource?.['resourceType'] !== type) continue;
    const id = resource['id'];
    if (typeof id !== 'string' || !ids.has(id)) return { found: [], works: false };
    const asked = { type, id };
    found.set(id, { asked, state: 'found', line: JSON.stringify(resource) });
  }
  return { found: [...found.values()], works: found.size > 0 ? true : undefined };
}

async function get({ deps, connection, signal }: Asking, path: string): Promise<Response> {
  const [place = '', query] = path.split('?');
  const url = new URL(under(connection.fhir_base_url ?? '', place));
  if (query !== undefined) url.search = query;
  const what = 'A resource that others refer to';
  const { outbound } = deps;
  const headers = { accept: 'application/fhir+json' };
  return await sendAuthorised(
    connection,
    deps.tokens.of(connection),
    url.href,
    { headers },
    { outbound, what, signal },
  );
}

const bodyOf = ({ connection }: Asking, response: Response) =>
  readText(response, Math.min(MOST_BYTES, connection.config.limits.max_line_bytes));

/** Of an answer after which the same may work later. */
function passing({ deps, connection }: Asking, type: string, { status, headers }: Response) {
  const host = hostOf(connection);
  const retryAfterSeconds = readRetryAfter(headers.get('retry-after'), deps.clock());
  if (status === 429) return syncError('hydration-throttled', { host }, { status, retryAfterSeconds });
  if (status !== 408 && status < 500) return undefined;
  if (status === 501) return undefined;
  return syncError('hydration-unavailable', { host, type, status }, { status, retryAfterSeconds });
}

/** A page for people, say: later it may be the resource. */
const unreadable = ({ connection }: Asking, type: string): SyncError =>
  syncError('hydration-unreadable', { host: hostOf(connection), type });

function refusal(resource: Json, { type, id }: Asked): string | undefined {
  if (resource['resourceType'] === type && resource['id'] === id) return undefined;
  return resource['resourceType'] === 'OperationOutcome' ? 'operation-outcome' : 'wrong-resource';
}

/** Whether the server or the way to it is to blame, and not the connection's settings or credentials. */
const isPassing = ({ about, sort }: SyncError) => about === 'server' && sort !== 'give-up';

function caught(asked: Asked, error: unknown): Answer {
  if (!(error instanceof SyncError)) throw error;
  if (error.code === 'answer-too-large') return { asked, state: 'refused', reason: 'too-large' };
  if (isPassing(error)) return { asked, state: 'unavailable', error };
  throw error;
}

type Json = Readonly<Record<string, unknown>>;

function parse(text: string): Json | undefined {
  if (excessOf(Buffer.from(text))) return undefined;
  try {
    return object(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function object(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

const hostOf = ({ fhir_base_url }: Connection): string => new URL(fhir_base_url ?? 'about:blank').host;
