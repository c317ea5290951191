/**
 * What the simulated EHR holds. Each resource is kept once, as its JSON text; an export refers to the entries as they
 * were at its kick-off, since an entry is never changed but replaced.
 */

import type { Resource } from '../../jobs/map/types.ts';
import type { EhrSettings } from './settings.ts';

export interface Entry {
  readonly type: string;
  readonly id: string;
  /** The text of the resource, '' once deleted. */
  readonly json: string;
  readonly version: number;
  readonly lastUpdated: number;
  readonly deleted: boolean;
  /** Whose compartment it is in. */
  readonly patient: string | undefined;
}

export interface Store {
  put(resource: Resource): void;
  remove(type: string, id: string): void;
  get(type: string, id: string): Resource | undefined;
  /** Live resources, all or of one type. */
  count(type?: string): number;
  types(): string[];
  /** Entries of a type, the deleted ones too. */
  entries(type: string): Iterable<Entry>;
  /** The deleted one, too. */
  entry(type: string, id: string): Entry | undefined;
  /** Those of a type that are in the compartment of a patient. */
  entriesOf(type: string, patient: string): Iterable<Entry>;
  /** The moment up to which an export that starts now holds everything. */
  transactionTime(): number;
}

export function createStore(clock: () => Date, settings: Pick<EhrSettings, 'lastUpdated'>): Store {
  const types = new Map<string, Map<string, Entry>>();
  /** Ids by type and patient; an entry that went to another patient stays listed. */
  const compartments = new Map<string, Set<string>>();
  // `_since` means later than, so what happens after an export must be later than its transactionTime, even when a
  // test's clock stands still.
  let latest = 0;
  let announced = 0;

  function stamp(): number {
    latest = Math.max(latest, clock().getTime(), announced + 1);
    return latest;
  }

  function set(entry: Entry): void {
    let entries = types.get(entry.type);
    if (entries === undefined) {
      entries = new Map();
      types.set(entry.type, entries);
    }
    entries.set(entry.id, entry);
    if (entry.patient === undefined) return;
    const place = `${entry.type} ${entry.patient}`;
    const ids = compartments.get(place);
    if (ids === undefined) compartments.set(place, new Set([entry.id]));
    else ids.add(entry.id);
  }

  function metaOf(resource: Resource, version: number, lastUpdated: number): object | undefined {
    const { versionId: _version, lastUpdated: _time, ...others } = object(resource['meta']);
    if (settings.lastUpdated)
      return { ...others, versionId: String(version), lastUpdated: new Date(lastUpdated) };
    return Object.keys(others).length > 0 ? others : undefined;
  }

  const find = (type: string, id: string) => types.get(type)?.get(id);

  return {
    put(resource) {
      const { resourceType: type, id } = resource;
      const version = (find(type, id)?.version ?? 0) + 1;
      const lastUpdated = stamp();
      const json = JSON.stringify({ ...resource, meta: metaOf(resource, version, lastUpdated) });
      set({ type, id, json, version, lastUpdated, deleted: false, patient: patientOf(resource) });
    },
    remove(type, id) {
      const entry = find(type, id);
      if (entry === undefined || entry.deleted)
        throw new Error(`${type}/${id} is not in the EHR, so cannot be removed`);
      set({ ...entry, json: '', version: entry.version + 1, lastUpdated: stamp(), deleted: true });
    },
    get(type, id) {
      const entry = find(type, id);
      return entry === undefined || entry.deleted ? undefined : parseEntry(entry);
    },
    count(type) {
      let n = 0;
      for (const [name, entries] of types) {
        if (type !== undefined && type !== name) continue;
        for (const entry of entries.values()) if (!entry.deleted) n++;
      }
      return n;
    },
    types: () => [...types.keys()],
    entries: (type) => types.get(type)?.values() ?? [],
    entry: find,
    *entriesOf(type, patient) {
      for (const id of compartments.get(`${type} ${patient}`) ?? []) {
        const entry = find(type, id);
        if (entry?.patient === patient) yield entry;
      }
    },
    transactionTime() {
      announced = Math.max(latest, clock().getTime());
      return announced;
    },
  };
}

export function parseEntry(entry: Entry): Resource {
  const resource: Resource = JSON.parse(entry.json);
  return resource;
}

/** The id at the end of `Patient/x`, `https://…/Patient/x` and `urn:uuid:x`. */
export function referencedId(reference: unknown): string | undefined {
  const text = object(reference)['reference'];
  return typeof text === 'string' ? /([^/:]+)$/.exec(text)?.[1] : undefined;
}

function patientOf(resource: Resource): string | undefined {
  if (resource.resourceType === 'Patient') return resource.id;
  const about = resource['subject'] ?? resource['patient'] ?? resource['beneficiary'];
  return referencedId(about);
}

export function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
