/**
 * One page of a search (FHIR R4, http.html#search, search.html): its resources byte for byte, where the next page is,
 * and the server's clock. Everything that a server says here is untrusted: a page has a size, and a next page is on the
 * server's own origin or is none.
 */
import type { Connection } from '../connection/connection.ts';
import { syncError } from '../step/errors.ts';
import { type AuthorisedOptions, sendAuthorised } from './authorised.ts';
import { bytesOf, under } from './http.ts';
import { issueCode, severityOf } from './issue-codes.ts';
import { namedUrl } from './named-url.ts';
import { throwRefusal } from './search-refusal.ts';
import { NoObject, splitter } from './split-manifest.ts';
import type { TokenSource } from './token/access-token.ts';

export interface Issue {
  readonly severity: string;
  readonly code: string;
}

export interface SearchEntry {
  /** `include` came along with a match. Servers often leave the mode out. */
  readonly mode: 'match' | 'include';
  /** The resource as the server wrote it, on one line. */
  readonly bytes: Buffer;
}

export interface SearchPage {
  readonly entries: readonly SearchEntry[];
  /** Of OperationOutcomes among the entries. */
  readonly issues: readonly Issue[];
  /** Where the next page is, on the server's own origin. */
  readonly next: string | undefined;
  /** How many the server says there are in all. */
  readonly total: number | undefined;
  /** What the server's clock showed, where it says. */
  readonly date: Date | undefined;
}

export interface SearchOptions extends Omit<AuthorisedOptions, 'what'> {
  readonly now: Date;
  readonly maxBytes?: number | undefined;
}

export type SearchParameters = readonly (readonly [name: string, value: string])[];

/** Of a page, and so of the resources in it. */
export const PAGE_BYTES = 64 * 1024 * 1024;
const MOST_ENTRIES = 50_000;
const BODY_MS = 10 * 60_000;
const WHAT = 'The next page of a search';

export function searchUrl(base: string, type: string, parameters: SearchParameters): string {
  const url = new URL(under(base, type));
  for (const [name, value] of parameters) url.searchParams.append(name, value);
  return url.href;
}

/** `,`, `|`, `$` and `\` within a value of a search are escaped (search.html#escaping). */
export const escaped = (value: string): string => value.replace(/[\\,|$]/g, '\\$&');

/** `url`: of searchUrl(), or the `next` of a page. Throws errors of the network, of the token, and `search-…`. */
export async function searchPage(
  connection: Connection,
  tokens: TokenSource,
  url: string,
  { now, maxBytes = PAGE_BYTES, ...options }: SearchOptions,
): Promise<SearchPage> {
  const headers = { accept: 'application/fhir+json' };
  const asked = { ...options, what: 'A search' };
  const response = await sendAuthorised(connection, tokens, url, { headers }, asked);
  if (response.status !== 200) return await throwRefusal(response, 'search', now);
  const { link, ...page } = readBundle(await whole(response, maxBytes));
  return { ...page, next: nextOf(connection, url, link), date: dateOf(response) };
}

/** What the server's Date says, where it says something sensible. */
export function dateOf(response: Response): Date | undefined {
  const time = Date.parse(response.headers.get('date') ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** The body as it is, at most `maxBytes` of it. */
export async function whole(response: Response, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of bytesOf(response, BODY_MS)) {
    size += part.byteLength;
    if (size > maxBytes) throw syncError('search-too-large', { bytes: maxBytes });
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** JSON has no line breaks but between its tokens, so a space in their place changes nothing. */
export const onOneLine = (text: string): string => text.replace(/[\r\n]/g, ' ');

interface Bundle extends Omit<SearchPage, 'next' | 'date'> {
  /** As it is written there. */
  readonly link: string | undefined;
}

/** Splits by Latin-1, in which every byte is a character: so the bytes of a resource stay what they are. */
function readBundle(bytes: Buffer): Bundle {
  const members = new Map<string, unknown>();
  const entries: SearchEntry[] = [];
  const issues: Issue[] = [];
  try {
    const bundle = splitter(
      new Set(['entry']),
      {
        member: (key, text) => void members.set(key, KEPT.has(key) ? parsed(text) : undefined),
        element(_, text) {
          if (entries.length + issues.length >= MOST_ENTRIES) throw new NoObject();
          const found = readEntry(text);
          if (found === undefined) return;
          if ('bytes' in found) entries.push(found);
          else issues.push(...found.issues);
        },
      },
      bytes.length,
    );
    bundle.push(withoutMark(bytes).toString('latin1'));
    bundle.end();
  } catch (error) {
    if (!(error instanceof NoObject)) throw error;
    throw syncError('search-unreadable', { bytes: bytes.length, found: 'it is no JSON, or has no shape' });
  }
  const type = members.get('resourceType');
  if (type !== 'Bundle') {
    const found = type === 'OperationOutcome' ? 'it is an OperationOutcome' : 'it is another document';
    throw syncError('search-unreadable', { bytes: bytes.length, found });
  }
  const total = members.get('total');
  return {
    ...{ entries, issues, link: nextLink(members.get('link')) },
    total: typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? total : undefined,
  };
}

const KEPT = new Set(['resourceType', 'total', 'link']);
/** Some servers begin with a byte order mark. */
export const withoutMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

function readEntry(text: string): SearchEntry | { readonly issues: Issue[] } | undefined {
  let resource: string | undefined;
  let mode: unknown;
  if (!text.startsWith('{')) throw new NoObject();
  const entry = splitter(
    new Set(),
    {
      element() {},
      member(key, member) {
        if (key === 'resource') resource = member;
        if (key === 'search') mode = at(parsed(member), 'mode');
      },
    },
    text.length,
  );
  entry.push(text);
  entry.end();
  if (resource === undefined) return undefined;
  if (mode === 'outcome' || resource.includes('"OperationOutcome"')) {
    const json = parsed(resource);
    if (at(json, 'resourceType') === 'OperationOutcome') return { issues: issuesOf(json) };
  }
  return {
    mode: mode === 'include' ? 'include' : 'match',
    bytes: Buffer.from(onOneLine(resource), 'latin1'),
  };
}

function issuesOf(outcome: unknown): Issue[] {
  const said = at(outcome, 'issue');
  return (Array.isArray(said) ? said : [])
    .slice(0, 20)
    .map((issue) => ({ severity: severityOf(at(issue, 'severity')), code: issueCode(at(issue, 'code')) }));
}

function nextLink(links: unknown): string | undefined {
  if (!Array.isArray(links)) return undefined;
  const next: unknown = links.find((link) => at(link, 'relation') === 'next');
  if (next === undefined) return undefined;
  const url = at(next, 'url');
  // A next page that cannot be found would be lost without a word.
  if (typeof url !== 'string' || url === '')
    throw syncError('search-next-invalid', { found: 'without a URL' });
  return url;
}

function nextOf(connection: Connection, url: string, link: string | undefined): string | undefined {
  if (link === undefined) return undefined;
  if (!URL.canParse(link, url)) throw syncError('search-next-invalid', { found: 'that is no URL' });
  const next = namedUrl(connection, new URL(link, url).href, WHAT);
  if (next.origin !== new URL(connection.fhir_base_url ?? url).origin)
    throw syncError('search-next-foreign', { host: next.host });
  return next.href;
}

function parsed(latin1: string): unknown {
  try {
    return JSON.parse(Buffer.from(latin1, 'latin1').toString());
  } catch {
    throw new NoObject();
  }
}

function at(json: unknown, key: string): unknown {
  return typeof json === 'object' && json !== null ? Reflect.get(json, key) : undefined;
}
