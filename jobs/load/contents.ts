/**
 * What resources are mapped with besides their own line: contents of Medications, Substances and Devices, words of
 * attachments, names of Organizations, and starts of Encounters.
 * Each comes with the hash of the version that it was taken from, so that a later version is noticed.
 */
import type { Tx } from '../../sql/connect.ts';
import type { Keyring } from '../connection/keyring.ts';
import { type ContentTable, openContent } from '../connection/sealed-data.ts';
import type { Moment } from '../map/cdm/dates.ts';
import type { Ref } from '../map/cdm/link.ts';
import { IDS_PER_RESOURCE } from '../map/cdm/row-ids.ts';
import type { EncounterContent, OrganizationContent, PersonContent } from '../map/types.ts';
import { GONE } from './reasons.ts';

export interface UsedContent {
  readonly type: 'Medication' | 'Substance' | 'Device' | 'Binary' | 'Organization' | 'Encounter' | 'Patient';
  readonly id: string;
  /** The hash of the resource that the content was taken from. */
  readonly hash: Buffer;
}

export interface Contents<Content> {
  readonly type: UsedContent['type'];
  /** Is it known what there is, or that there is nothing? */
  has(ref: Ref): boolean;
  get(ref: Ref): Version<Content> | undefined;
  fetchMissing(tx: Tx): Promise<void>;
}

interface Version<Content> {
  readonly content: Content;
  readonly hash: Buffer;
}

interface Stored<Content> extends Version<Content> {
  readonly fhir_id: string;
}

/** What resources of this type say to others, with the hash of the version that each was taken from. */
export function openContents<Content>(
  type: UsedContent['type'],
  fetch: (tx: Tx, ids: string[]) => Promise<readonly Stored<Content>[]>,
): Contents<Content> {
  const known = new Map<string, Version<Content> | undefined>();
  const missing = new Set<string>();
  return {
    type,
    has: (ref) => !ref.types.includes(type) || known.has(ref.id),
    get(ref) {
      if (!ref.types.includes(type)) return undefined;
      if (!known.has(ref.id)) missing.add(ref.id);
      return known.get(ref.id);
    },
    async fetchMissing(tx) {
      if (missing.size === 0) return;
      const rows = await fetch(tx, [...missing]);
      for (const id of missing) known.set(id, undefined);
      for (const row of rows) known.set(row.fhir_id, row);
      missing.clear();
    },
  };
}

export async function storedContents<Content>(
  tx: Tx,
  { connectionId, keyring }: { readonly connectionId: number; readonly keyring: Keyring },
  table: ContentTable,
  ids: string[],
): Promise<Stored<Content>[]> {
  const rows = await tx<(Stored<Content | string> & { key: number })[]>`
    select c.resource_key as key, c.fhir_id, c.content, r.content_hash as hash from ${tx(table)} c
    join resource r on r.resource_key = c.resource_key
    where c.connection_id = ${connectionId} and c.fhir_id = any(${ids}::text[])`;
  return await Promise.all(
    rows.map(async ({ key, fhir_id, hash, content }) => ({
      ...{ fhir_id, hash },
      content:
        typeof content === 'string' ? await openContent<Content>(keyring, table, key, content) : content,
    })),
  );
}

/** What these Organizations are called: their care sites have the name. */
export async function namesOfOrganizations(
  tx: Tx,
  connectionId: number,
  ids: string[],
): Promise<Stored<OrganizationContent>[]> {
  const rows = await tx<{ fhir_id: string; hash: Buffer; name: string | null }[]>`
    select r.fhir_id, r.content_hash as hash, c.care_site_name as name
    from unnest(${ids}::text[]) as asked(id)
    cross join lateral (
      select * from resource
      where connection_id = ${connectionId} and resource_type = 'Organization' and fhir_id = asked.id limit 1
    ) r
    join care_site c on c.care_site_id = r.resource_key
    where r.outcome = 'loaded'`;
  return rows.map(({ fhir_id, hash, name }) => ({ fhir_id, hash, content: { name: name ?? undefined } }));
}

/**
 * Tells when the visits, or parts of visits, of these Encounters begin. An Encounter that is excluded by a rule is
 * known and begins nothing; one that has not come, waits or failed may still come, and so may one that is gone: a
 * first sync would not know of it.
 */
export async function startsOfVisits(
  tx: Tx,
  connectionId: number,
  ids: string[],
): Promise<Stored<EncounterContent>[]> {
  const rows = await tx<{ fhir_id: string; hash: Buffer; start: string | null }[]>`
    select r.fhir_id, r.content_hash as hash,
      to_char(coalesce(v.visit_start_datetime, d.visit_detail_start_datetime), 'YYYY-MM-DD HH24:MI:SS') as start
    from unnest(${ids}::text[]) as asked(id)
    cross join lateral (
      select * from resource
      where connection_id = ${connectionId} and resource_type = 'Encounter' and fhir_id = asked.id limit 1
    ) r
    left join visit_occurrence v on v.visit_occurrence_id = r.resource_key
    left join visit_detail d on d.visit_detail_id = r.resource_key * ${IDS_PER_RESOURCE}
    where r.outcome = 'loaded' or r.outcome = 'excluded' and r.reason <> all(${Object.values(GONE)})`;
  return rows.map(({ fhir_id, hash, start }) => ({ fhir_id, hash, content: { start: momentOf(start) } }));
}

/** When persons that are here were born (on the first day that is known), and when they died where that is known. */
export async function livesOf(tx: Tx, connectionId: number, ids: string[]): Promise<Stored<PersonContent>[]> {
  const rows = await tx<{ fhir_id: string; hash: Buffer; born: string | null; died: string | null }[]>`
    select r.fhir_id, r.content_hash as hash,
      make_date(p.year_of_birth, coalesce(p.month_of_birth, 1), coalesce(p.day_of_birth, 1))::text as born,
      d.death_date::text as died
    from unnest(${ids}::text[]) as asked(id)
    cross join lateral (
      select * from resource
      where connection_id = ${connectionId} and resource_type = 'Patient' and fhir_id = asked.id limit 1
    ) r
    join person p on p.person_id = r.resource_key
    left join death d on d.person_id = r.resource_key
    where r.outcome = 'loaded'`;
  return rows.map(({ fhir_id, hash, born, died }) => ({
    fhir_id,
    hash,
    content: { born: born ?? undefined, died: died ?? undefined },
  }));
}

/** Visits without a time of day begin at midnight (CDM), so midnight counts as none. */
function momentOf(start: string | null): Moment | undefined {
  if (start === null) return undefined;
  const date = start.slice(0, 'YYYY-MM-DD'.length);
  return { date, datetime: start.endsWith(' 00:00:00') ? undefined : start };
}
