/**
 * Reads and searches as US Core servers answer them (http://hl7.org/fhir/R4/http.html, search.html). A search has its
 * result when it is asked for: its next pages, under addresses that tell nothing, hold what was there then.
 */

import { randomUUID } from 'node:crypto';
import type { Grant } from './authorization.ts';
import { mayRead } from './scopes.ts';
import {
  idIn,
  isInstantRange,
  isKnown,
  isOfPatient,
  isOfResult,
  matches,
  valuesOf,
} from './search-parameters.ts';
import type { EhrSettings } from './settings.ts';
import { type Entry, object, parseEntry, type Store } from './store.ts';

/** What is sent: a resource, or the bytes of a Binary. */
export interface Found {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Searches {
  read(who: Grant, type: string, id: string, accept: string | undefined): Found;
  search(who: Grant, type: string, query: URLSearchParams): Found;
  /** A page after the first: `/fhir?page=…`. */
  page(who: Grant, query: URLSearchParams): Found;
}

interface Options {
  readonly url: string;
  readonly store: Store;
  readonly settings: EhrSettings;
  readonly groups: GroupMembers;
}

export interface GroupMembers {
  /** undefined where there is no such group. */
  members(id: string): readonly { readonly id: string; readonly inactive: boolean }[] | undefined;
}

interface Result {
  readonly client: string;
  readonly entries: readonly Entry[];
  readonly size: number;
}

/** Servers forget results, too. */
const MOST_RESULTS = 1000;

export function createSearches({ url, store, settings, groups }: Options): Searches {
  const results = new Map<string, Result>();

  return {
    read(who, type, id, accept) {
      if (!mayRead(who.scopes, type))
        return refused(403, 'forbidden', `the scopes do not allow to read ${type}`);
      if (type === 'Group') return readGroup(id);
      const entry = store.entry(type, id);
      if (entry === undefined) return refused(404, 'not-found', `no ${type} has this id`);
      if (entry.deleted) return refused(410, 'deleted', `this ${type} was deleted`);
      const resource = parseEntry(entry);
      if (type === 'Binary' && !/json/.test(accept ?? '')) return bytesOf(resource);
      return { status: 200, body: resource, headers: { ETag: `W/"${entry.version}"` } };
    },
    search(who, type, query) {
      const why = refusal(who, type, query);
      if (why !== undefined) return why;
      const { defaultCount, maxCount } = settings.search;
      const asked = query.has('_count') ? Number(query.get('_count')) : defaultCount;
      const size = Math.max(1, Math.min(maxCount, asked));
      return pageOf({ client: who.client, entries: find(type, query), size }, 0, undefined);
    },
    page(who, query) {
      const [token = '', start = ''] = (query.get('page') ?? '').split('.');
      const result = results.get(token);
      if (result === undefined || result.client !== who.client)
        return refused(410, 'expired', 'this page is not known, or not any more');
      return pageOf(result, Number(start), token);
    },
  };

  function refusal(who: Grant, type: string, query: URLSearchParams): Found | undefined {
    const { categoryRequired, readOnly, lastUpdated } = settings.search;
    if (!mayRead(who.scopes, type))
      return refused(403, 'forbidden', `the scopes do not allow to search ${type}`);
    if (readOnly.includes(type))
      return refused(400, 'not-supported', `${type} can be read only, not searched`);
    const unknown = [...query.keys()].find((name) => !isKnown(type, name));
    if (unknown !== undefined)
      return refused(400, 'not-supported', `${type} has no search parameter ${unknown}`);
    if (categoryRequired.includes(type) && !query.has('category') && !query.has('_id'))
      return refused(400, 'required', `a search for ${type} needs a category`);
    if (query.has('_lastUpdated') && lastUpdated === 'refused')
      return refused(400, 'not-supported', '_lastUpdated is not supported');
    if (query.getAll('_lastUpdated').some((value) => !isInstantRange(value)))
      return refused(
        400,
        'invalid',
        '_lastUpdated must be a comparator and an instant with seconds and zone',
      );
    return undefined;
  }

  function find(type: string, query: URLSearchParams): Entry[] {
    const isIgnored = (name: string) => name === '_lastUpdated' && settings.search.lastUpdated === 'ignored';
    const wanted = [...query].filter(([name]) => !isOfResult(name) && !isIgnored(name));
    const group = wanted.find(([name]) => name.startsWith('_has:Group'))?.[1];
    const members = group === undefined ? undefined : activeMembers(group);
    const conditions = wanted
      .filter(([name]) => !name.startsWith('_has:'))
      .map(([name, value]) => [name, valuesOf(value)] as const);
    const found: Entry[] = [];
    for (const entry of candidates(type, conditions)) {
      if (entry.deleted || (members !== undefined && !members.has(entry.id))) continue;
      if (conditions.every(([name, values]) => matches(entry, name, values))) found.push(entry);
    }
    return found;
  }

  /** Whole types are large: what is about a patient is found by the patient, what is named by its name. */
  function* candidates(
    type: string,
    conditions: readonly (readonly [string, readonly string[]])[],
  ): Generator<Entry> {
    const ids = conditions.find(([name]) => name === '_id')?.[1];
    const patients = conditions.find(([name]) => isOfPatient(type, name))?.[1];
    if (ids !== undefined) {
      for (const id of new Set(ids)) yield* [store.entry(type, id)].filter((entry) => entry !== undefined);
    } else if (patients !== undefined) {
      for (const id of new Set(patients.map(idIn))) yield* store.entriesOf(type, id);
    } else yield* store.entries(type);
  }

  function pageOf(result: Result, start: number, known: string | undefined): Found {
    const { entries, size } = result;
    const end = start + size;
    const isLast = end >= entries.length;
    const token = known ?? (isLast ? '' : keep(result));
    const base = settings.search.nextLink === 'relative' ? new URL(url).pathname : url;
    const link = isLast ? [] : [{ relation: 'next', url: `${base}?page=${token}.${end}` }];
    const bundle = {
      resourceType: 'Bundle',
      type: 'searchset',
      ...(settings.search.total ? { total: entries.length } : {}),
      link: [{ relation: 'self', url }, ...link],
      entry: [
        ...entries.slice(start, end).map((entry) => ({
          fullUrl: `${url}/${entry.type}/${entry.id}`,
          resource: parseEntry(entry),
          search: { mode: 'match' },
        })),
        ...settings.search.outcomes.map((issue) => ({
          resource: { resourceType: 'OperationOutcome', issue: [issue] },
          search: { mode: 'outcome' },
        })),
      ],
    };
    return { status: 200, body: bundle };
  }

  function keep(result: Result): string {
    const [oldest] = results.keys();
    if (results.size >= MOST_RESULTS && oldest !== undefined) results.delete(oldest);
    const token = randomUUID();
    results.set(token, result);
    return token;
  }

  function readGroup(id: string): Found {
    const members = groups.members(id);
    if (members === undefined) return refused(404, 'not-found', 'no such Group');
    const member = members.map((one) => ({
      entity: { reference: `Patient/${one.id}` },
      ...(one.inactive ? { inactive: true } : {}),
    }));
    const body = { resourceType: 'Group', id, type: 'person', actual: true, quantity: member.length, member };
    return { status: 200, body };
  }

  function activeMembers(group: string): ReadonlySet<string> {
    const members = groups.members(group) ?? [];
    return new Set(members.filter(({ inactive }) => !inactive).map(({ id }) => id));
  }
}

function bytesOf(binary: object): Found {
  const { contentType, data } = object(binary);
  return {
    status: 200,
    body: Buffer.from(String(data ?? ''), 'base64'),
    headers: { 'Content-Type': String(contentType ?? 'application/octet-stream') },
  };
}

function refused(status: number, code: string, diagnostics: string): Found {
  const body = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics }] };
  return { status, body };
}
