/**
 * What an entry of a Bundle stands for (R4, 2.36): a resource, a deletion, or nothing that is loaded. The id of a
 * resource is its own, else the one that its fullUrl or request names. A urn that is no UUID may be used again in another
 * Bundle for somebody else, so it is nobody's id.
 */
import { DocumentBroken } from '../lines/documents.ts';
import { LONGEST_ID } from '../lines/read-lines.ts';

type Fields = Record<string, unknown>;

export interface Item {
  readonly kind: 'output' | 'deleted' | 'error';
  readonly type: string | null;
  readonly id: string | null;
  readonly fullUrl: string | null;
  /** Becomes the line. */
  readonly resource: Fields;
  /** Of this version, where it is said. */
  readonly updated: string | null;
  readonly version: string | null;
}

/** A Bundle in a Bundle in a Bundle is one of answers to a batch of searches; nobody nests more. */
const DEEPEST = 5;

/** `onLeft` is told the method of an entry that is not applied. */
export function itemsOf(entry: unknown, onLeft: (method: string) => void, depth = 0): Item[] {
  const it = fields(entry);
  if (!it) throw new DocumentBroken('not-a-bundle');
  const request = fields(it['request']);
  const method = text(request?.['method'])?.toUpperCase() ?? null;
  const resource = fields(it['resource']);
  if (method === 'DELETE') return [deletion(it, text(request?.['url']) ?? '')];
  if (!resource) return [];
  if (method === 'PATCH') {
    onLeft('PATCH');
    return [];
  }
  const type = text(resource['resourceType']);
  // One that found nothing has no entries.
  const { entry: nested = [] } = resource;
  if (type === 'Bundle' && Array.isArray(nested) && depth < DEEPEST) {
    return nested.flatMap((one: unknown) => itemsOf(one, onLeft, depth + 1));
  }
  const fullUrl = text(it['fullUrl']);
  const id = text(resource['id']) ?? (type && idOf(type, fullUrl, text(request?.['url'])));
  const meta = fields(resource['meta']);
  const response = fields(it['response']);
  const { resourceType: _, id: __, ...others } = resource;
  return [
    {
      kind: type === 'OperationOutcome' ? 'error' : 'output',
      ...{ type, id, fullUrl },
      // Type and id first: lines are recognised by their beginning.
      resource: {
        ...(type === null ? {} : { resourceType: type }),
        ...(id === null ? {} : { id }),
        ...others,
      },
      updated: text(meta?.['lastUpdated']) ?? text(response?.['lastModified']),
      version: text(meta?.['versionId']) ?? tagged(response),
    },
  ];
}

/** Whether it can be looked up by type and id; what cannot fails as a line does, with its reason. */
export const isNamed = (item: Item): item is Item & { readonly type: string; readonly id: string } =>
  /^[A-Z][A-Za-z]{0,63}$/.test(item.type ?? '') &&
  item.id !== null &&
  Buffer.byteLength(item.id) <= LONGEST_ID;

const LONGEST_URL = 3000;

/** As bulk data servers say it, in a line of a file of deletions. */
function deletion(entry: Fields, url: string): Item {
  // Bounded, since what is at its end decides.
  const target = url.slice(-LONGEST_URL).replace(/\/_history\/.*$/s, '');
  const [, type = null, id = null] = /(?:^|\/)([A-Z][A-Za-z]{1,63})\/([^/?#]{1,1000})$/.exec(target) ?? [];
  const response = fields(entry['response']);
  const request = { method: 'DELETE', url: target };
  return {
    ...{ kind: 'deleted', type, id, fullUrl: null },
    resource: { resourceType: 'Bundle', type: 'transaction', entry: [{ request }] },
    ...{ updated: text(response?.['lastModified']), version: tagged(response) },
  };
}

const URN =
  /^urn:(?:uuid:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|oid:([0-9.]{3,200}))$/i;

function idOf(type: string, fullUrl: string | null, requested: string | null): string | null {
  const [, uuid, oid] = URN.exec(fullUrl ?? '') ?? [];
  if (uuid ?? oid) return uuid ?? oid ?? null;
  for (const url of [fullUrl, requested]) {
    const [, named, id] =
      /(?:^|\/)([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9.-]{1,64})$/.exec(url?.slice(-200) ?? '') ?? [];
    if (named === type && id) return id;
  }
  return null;
}

/** W/"3" → 3 */
const tagged = (response: Fields | undefined) =>
  /"([^"]{1,64})"/.exec(text(response?.['etag']) ?? '')?.[1] ?? null;

export function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
