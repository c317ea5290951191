/**
 * Reads what is attached to a document by URL: a Binary of the FHIR server, as its bytes or as the resource (R4,
 * binary.html), or what is at another address. The token goes by origin, as to files. No further host is asked but those
 * that the connection names, redirects included: a document is written by whoever writes documents.
 */
import type { Connection } from '../connection/connection.ts';
import { isNamed, unbracketed } from '../outbound/reach.ts';
import { sendAuthorised } from './authorised.ts';
import { ehrHttp } from './ehr-http.ts';
import { send } from './http.ts';
import { mayHaveToken } from './known-hosts.ts';
import { namedUrl } from './named-url.ts';
import { type SearchOptions, whole } from './search.ts';
import { throwRefusal } from './search-refusal.ts';
import type { TokenSource } from './token/access-token.ts';

export type AttachmentAnswer =
  | { readonly kind: 'found'; readonly bytes: Buffer; readonly contentType: string }
  | { readonly kind: 'missing'; readonly status: 404 | 410 }
  | {
      readonly kind: 'refused';
      /** On a host that nobody has named; too many redirects; another resource; HTML where that is not what is attached. */
      readonly reason: 'foreign-host' | 'redirects' | 'wrong-resource' | 'a-page' | 'too-large';
    };

export interface WantedAttachment {
  readonly url: string;
  /** As the document says; '' where it says nothing. */
  readonly contentType: string;
}

const MAX_REDIRECTS = 5;
const WHAT = 'An attachment';

/** Throws errors of the network, of the token, and `search-…`. */
export async function readAttachment(
  connection: Connection,
  tokens: TokenSource,
  wanted: WantedAttachment,
  { now, maxBytes = 0, ...options }: SearchOptions,
): Promise<AttachmentAnswer> {
  const first = namedUrl(connection, wanted.url, WHAT);
  const headers = { accept: acceptOf(wanted.contentType) };
  let url = first;
  for (let hops = 0; ; hops++) {
    let response: Response;
    if (url.origin === first.origin && mayHaveToken(connection, url))
      response = await sendAuthorised(connection, tokens, url.href, { headers }, { ...options, what: WHAT });
    else if (isOfConnection(connection, url))
      response = await send(url.href, { headers }, ehrHttp(options.outbound, connection, options));
    else return { kind: 'refused', reason: 'foreign-host' };
    const { status } = response;
    if (status === 200) return await contentOf(response, wanted, maxBytes);
    const location = response.headers.get('location');
    if (status === 404 || status === 410) {
      await response.body?.cancel();
      return { kind: 'missing', status };
    }
    if (status < 300 || status > 399 || !location || !URL.canParse(location, url.href))
      return await throwRefusal(response, 'read', now);
    await response.body?.cancel();
    if (hops >= MAX_REDIRECTS) return { kind: 'refused', reason: 'redirects' };
    url = namedUrl(connection, new URL(location, url.href).href, WHAT);
  }
}

function isOfConnection({ config }: Connection, { hostname }: URL): boolean {
  return isNamed(unbracketed(hostname), [...config.allowed_hosts, ...config.token_hosts]);
}

const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]{1,60}\/[a-z0-9!#$&^_.+-]{1,60}$/;

/** Its own type, so that servers give out the bytes and not the resource around them. */
function acceptOf(contentType: string): string {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  return MEDIA_TYPE.test(type) ? `${type}, */*;q=0.5` : 'text/plain, */*;q=0.5';
}

async function contentOf(
  response: Response,
  wanted: WantedAttachment,
  maxBytes: number,
): Promise<AttachmentAnswer> {
  const sent = (response.headers.get('content-type') ?? '').slice(0, 200);
  if (/^application\/(?:fhir\+)?json/i.test(sent)) {
    // In base64, and with what else a resource has.
    return ofResource(await whole(response, Math.ceil((maxBytes * 4) / 3) + 64 * 1024), maxBytes, wanted);
  }
  // A page to sign in at is no note, whatever its status.
  if (/html/i.test(sent) && wanted.contentType !== '' && !/html/i.test(wanted.contentType)) {
    await response.body?.cancel();
    return { kind: 'refused', reason: 'a-page' };
  }
  const isNone = sent === '' || /^application\/octet-stream/i.test(sent);
  return {
    ...{ kind: 'found', bytes: await whole(response, maxBytes) },
    contentType: isNone ? wanted.contentType : sent,
  };
}

function ofResource(body: Buffer, maxBytes: number, wanted: WantedAttachment): AttachmentAnswer {
  const json = parsed(body);
  const { resourceType, contentType, data } = json;
  if (resourceType !== 'Binary' || (data !== undefined && typeof data !== 'string'))
    return { kind: 'refused', reason: 'wrong-resource' };
  const bytes = Buffer.from(data ?? '', 'base64');
  if (bytes.length > maxBytes) return { kind: 'refused', reason: 'too-large' };
  return {
    ...{ kind: 'found', bytes },
    contentType: typeof contentType === 'string' ? contentType.slice(0, 200) : wanted.contentType,
  };
}

function parsed(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(body.toString());
    return typeof json === 'object' && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}
