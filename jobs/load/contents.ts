/**
 * What resources are mapped with besides their own line: contents of Medications, Substances and Devices, words of
 * attachments, names of Organizations, starts of Encounters, and the first and last day of Patients.
 * Each comes with a hash of its own, so that a change of what is used is noticed and a change of anything else is none:
 * a Patient who moves house, or a Medication that is sent anew, has nothing mapped again.
 */
import { hash } from 'node:crypto';
import type { Tx } from '../../sql/connect.ts';
import { list } from '../../sql/list.ts';
import type { Keyring } from '../connection/keyring.ts';
import { type ContentTable, openContent } from '../connection/sealed-data.ts';
import { canonical } from '../lines/content-hash.ts';
import type { Moment } from '../map/cdm/dates.ts';
import type { Ref } from '../map/cdm/link.ts';
import { IDS_PER_RESOURCE } from '../map/cdm/row-ids.ts';
import type {
  AttachmentContent,
  DeviceContent,
  EncounterContent,
  MedicationContent,
  OrganizationContent,
  PersonContent,
} from '../map/types.ts';
import { GONE } from './reasons.ts';

export interface ContentOf {
  readonly Medication: MedicationContent;
  readonly Substance: MedicationContent;
  readonly Device: DeviceContent;
  readonly Binary: AttachmentContent;
  readonly Organization: OrganizationContent;
  readonly Encounter: EncounterContent;
  readonly Patient: PersonContent;
}

export type ContentType = keyof ContentOf;

export interface UsedContent {
  readonly type: ContentType;
  readonly id: string;
  /** Of the content, not of the resource that has it. */
  readonly hash: Buffer;
}

/** Whose contents, and what opens those that are sealed. */
export interface ContentSource {
  readonly connectionId: number;
  readonly keyring: Keyring;
}

export interface Contents<Content> {
  readonly type: ContentType;
  /** Is it known what there is, or that there is nothing? */
  has(ref: Ref): boolean;
  get(ref: Ref): Version<Content> | undefined;
  fetchMissing(tx: Tx): Promise<void>;
}

interface Version<Content> {
  readonly content: Content;
  readonly hash: Buffer;
}

interface Stored<Content> {
  readonly fhir_id: string;
  readonly content: Content;
}

type Fetch<Content> = (tx: Tx, source: ContentSource, ids: readonly string[]) => Promise<Stored<Content>[]>;

const FETCH: { readonly [Type in ContentType]: Fetch<ContentOf[Type]> } = {
  Medication: storedIn('medication_content'),
  Substance: storedIn('substance_content'),
  Device: storedIn('device_content'),
  Binary: storedIn('attachment_content'),
  Organization: namesOfOrganizations,
  Encounter: startsOfVisits,
  Patient: livesOf,
};

/** What resources of this type say to others. */
export function openContents<Type extends ContentType>(
  type: Type,
  source: ContentSource,
): Contents<ContentOf[Type]> {
  const known = new Map<string, Version<ContentOf[Type]> | undefined>();
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
      const rows = await FETCH[type](tx, source, [...missing]);
      for (const id of missing) known.set(id, undefined);
      for (const { fhir_id, content } of rows) known.set(fhir_id, { content, hash: hashOf(content) });
      missing.clear();
    },
  };
}

/** The hashes of what these resources say now, by id; none for those that say nothing any more. */
export async function hashesNow(
  tx: Tx,
  source: ContentSource,
  type: ContentType,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  const rows = await FETCH[type](tx, source, ids);
  return new Map(rows.map(({ fhir_id, content }) => [fhir_id, hashOf(content)]));
}

/** The same however it is stored: sealed or not, whatever the order of its keys. */
function hashOf(content: unknown): Buffer {
  return hash('sha256', canonical(content), 'buffer');
}

function storedIn<Content>(table: ContentTable): Fetch<Content> {
  return async (tx, { connectionId, keyring }, ids) => {
    const rows = await tx<(Stored<Content | string> & { key: number })[]>`
      select resource_key as key, fhir_id, content from ${tx(table)}
      where connection_id = ${connectionId} and fhir_id = any(${list(ids)}::text[])`;
    return await Promise.all(
      rows.map(async ({ key, fhir_id, content }) => ({
        fhir_id,
        content:
          typeof content === 'string' ? await openContent<Content>(keyring, table, key, content) : content,
      })),
    );
  };
}

/** What these Organizations are called: their care sites have the name. */
async function namesOfOrganizations(
  tx: Tx,
  { connectionId }: ContentSource,
  ids: readonly string[],
): Promise<Stored<OrganizationContent>[]> {
  const rows = await tx<{ fhir_id: string; name: string | null }[]>`
    select r.fhir_id, c.care_site_name as name
    from unnest(${list(ids)}::text[]) as asked(id)
    cross join lateral (
      select * from resource
      where connection_id = ${connectionId} and resource_type = 'Organization' and fhir_id = asked.id limit 1
    ) r
    join care_site c on c.care_site_id = r.resource_key
    where r.outcome = 'loaded'`;
  return rows.map(({ fhir_id, name }) => ({ fhir_id, content: { name: name ?? undefined } }));
}

/**
 * Tells when the visits, or parts of visits, of these Encounters begin. An Encounter that is excluded by a rule is
 * known and begins nothing; one that has not come, waits or failed may still come, and so may one that is gone: a
 * first sync would not know of it.
 */
async function startsOfVisits(
  tx: Tx,
  { connectionId }: ContentSource,
  ids: readonly string[],
): Promise<Stored<EncounterContent>[]> {
  const rows = await tx<{ fhir_id: string; start: string | null }[]>`
    select r.fhir_id,
      to_char(coalesce(v.visit_start_datetime, d.visit_detail_start_datetime), 'YYYY-MM-DD HH24:MI:SS') as start
    from unnest(${list(ids)}::text[]) as asked(id)
    cross join lateral (
      select * from resource
      where connection_id = ${connectionId} and resource_type = 'Encounter' and fhir_id = asked.id limit 1
    ) r
    left join visit_occurrence v on v.visit_occurrence_id = r.resource_key
    left join visit_detail d on d.visit_detail_id = r.resource_key * ${IDS_PER_RESOURCE}
    where r.outcome = 'loaded' or r.outcome = 'excluded' and r.reason <> all(${Object.values(GONE)})`;
  return rows.map(({ fhir_id, start }) => ({ fhir_id, content: { start: momentOf(start) } }));
}

/** When persons that are here were born (on the first day that is known), and when they died where that is known. */
async function livesOf(
  tx: Tx,
  { connectionId }: ContentSource,
  ids: readonly string[],
): Promise<Stored<PersonContent>[]> {
  const rows = await tx<{ fhir_id: string; born: string | null; died: string | null }[]>`
    select r.fhir_id,
      make_date(p.year_of_birth, coalesce(p.month_of_birth, 1), coalesce(p.day_of_birth, 1))::text as born,
      d.death_date::text as died
    from unnest(${list(ids)}::text[]) as asked(id)
    cross join lateral (
      select * from resource
      where connection_id = ${connectionId} and resource_type = 'Patient' and fhir_id = asked.id limit 1
    ) r
    join person p on p.person_id = r.resource_key
    left join death d on d.person_id = r.resource_key
    where r.outcome = 'loaded'`;
  return rows.map(({ fhir_id, born, died }) => ({
    fhir_id,
    content: { born: born ?? undefined, died: died ?? undefined },
  }));
}

/** Visits without a time of day begin at midnight (CDM), so midnight counts as none. */
function momentOf(start: string | null): Moment | undefined {
  if (start === null) return undefined;
  const date = start.slice(0, 'YYYY-MM-DD'.length);
  return { date, datetime: start.endsWith(' 00:00:00') ? undefined : start };
}
