/** Reads one resource by its id (FHIR R4, http.html#read), byte for byte. */
import type { Connection } from '../connection/connection.ts';
import { syncError } from '../step/errors.ts';
import { sendAuthorised } from './authorised.ts';
import { under } from './http.ts';
import { dateOf, onOneLine, PAGE_BYTES, type SearchOptions, whole, withoutMark } from './search.ts';
import { throwRefusal } from './search-refusal.ts';
import { NoObject, splitter } from './split-manifest.ts';
import type { TokenSource } from './token/access-token.ts';

export type ReadAnswer =
  | { readonly kind: 'found'; readonly bytes: Buffer; readonly date: Date | undefined }
  /** 404: never was; 410: was deleted. */
  | { readonly kind: 'missing'; readonly status: 404 | 410 }
  /** Something else came: of another type, or with another id. */
  | { readonly kind: 'other' };

/** Throws errors of the network, of the token, and `search-…`. */
export async function readResource(
  connection: Connection,
  tokens: TokenSource,
  wanted: { readonly type: string; readonly id: string },
  { now, maxBytes = PAGE_BYTES, ...options }: SearchOptions,
): Promise<ReadAnswer> {
  const url = under(connection.fhir_base_url ?? '', `${wanted.type}/${encodeURIComponent(wanted.id)}`);
  const headers = { accept: 'application/fhir+json' };
  const response = await sendAuthorised(connection, tokens, url, { headers }, { ...options, what: 'A read' });
  const { status } = response;
  if (status === 404 || status === 410) {
    await response.body?.cancel();
    return { kind: 'missing', status };
  }
  if (status !== 200) return await throwRefusal(response, 'read', now);
  const bytes = await whole(response, maxBytes);
  const found = identityOf(bytes);
  if (found.resourceType !== wanted.type || found.id !== wanted.id) return { kind: 'other' };
  return {
    kind: 'found',
    bytes: Buffer.from(onOneLine(bytes.toString('latin1')), 'latin1'),
    date: dateOf(response),
  };
}

/** The rest of the resource is not looked at: whoever maps it does. */
function identityOf(bytes: Buffer): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  try {
    const resource = splitter(
      new Set(),
      {
        element() {},
        member(key, text) {
          if (key !== 'resourceType' && key !== 'id') return;
          members[key] = JSON.parse(Buffer.from(text, 'latin1').toString());
        },
      },
      bytes.length,
    );
    resource.push(withoutMark(bytes).toString('latin1'));
    resource.end();
  } catch (error) {
    if (!(error instanceof NoObject) && !(error instanceof SyntaxError)) throw error;
    throw syncError('search-unreadable', { bytes: bytes.length, found: 'it is no JSON, or has no shape' });
  }
  return members;
}
