/**
 * Who is who in the Bundles of an import. A reference names its target by the fullUrl of an entry, often a urn:uuid, or by
 * a business identifier (`Practitioner?identifier=system|value`); either may stand in another file. Such a reference is
 * made `Type/id` when it names one resource: in its own Bundle, else in all that is imported. What it names may also be
 * here from before, so one that names nobody stays as it is.
 */
import { createHash } from 'node:crypto';
import type { Sql, Tx } from '../../sql/connect.ts';
import { textArray } from '../../sql/text-array.ts';
import { identifierHash } from '../load/compare/known.ts';
import { readIdentifier, readReference } from '../map/read/references.ts';
import type { MappingSettings } from '../map/settings.ts';
import { fields, type Item, isNamed, text } from './items.ts';

export interface Identity {
  readonly key: string;
  readonly source_no: number;
  readonly document_no: number;
  readonly resource_type: string;
  readonly fhir_id: string;
}

/** What conditional references are to: people, places and things. Events have identifiers too, and are many. */
const IDENTIFIED = new Set(
  'Patient Practitioner PractitionerRole RelatedPerson Organization Location HealthcareService Device Medication Encounter Coverage'.split(
    ' ',
  ),
);
/** Of one resource. */
const MOST_IDENTIFIERS = 50;

export function identitiesOf(
  item: Item,
  within: { readonly source_no: number; readonly document_no: number },
): Identity[] {
  if (item.kind !== 'output' || !isNamed(item)) return [];
  const { type, id, fullUrl, resource } = item;
  const keys: string[] = [];
  if (fullUrl !== null && !fullUrl.endsWith(`/${type}/${id}`)) keys.push(urlKey(fullUrl));
  const identifiers = resource['identifier'];
  if (IDENTIFIED.has(type) && Array.isArray(identifiers)) {
    for (const one of identifiers.slice(0, MOST_IDENTIFIERS)) {
      const identifier = readIdentifier(one);
      if (identifier) keys.push(`${type}?${identifierHash(identifier)}`);
    }
  }
  const { source_no, document_no } = within;
  return keys.map((key) => ({ key, source_no, document_no, resource_type: type, fhir_id: id }));
}

export async function storeIdentitiesInTx(tx: Tx, runId: number, all: readonly Identity[]): Promise<void> {
  if (all.length === 0) return;
  await tx`
    insert into import_identity (run_id, key, source_no, document_no, resource_type, fhir_id)
    select ${runId}, i.key, i.source_no, i.document_no, i.resource_type, i.fhir_id
    from unnest(${textArray(all.map((one) => one.key))}::text::text[], ${all.map((one) => one.source_no)}::int[],
      ${all.map((one) => one.document_no)}::int[], ${textArray(all.map((one) => one.resource_type))}::text::text[],
      ${textArray(all.map((one) => one.fhir_id))}::text::text[])
      as i(key, source_no, document_no, resource_type, fhir_id)
    on conflict do nothing`;
}

/** A reference that names its target by fullUrl or business identifier. */
export interface Asked {
  readonly key: string;
  readonly source_no: number;
  readonly document_no: number;
  /** Of its parent in the resource: given another `reference` once the target is known. */
  readonly at: Record<string, unknown>;
}

export function askedBy(
  item: Item,
  within: { readonly source_no: number; readonly document_no: number },
  settings: MappingSettings,
): Asked[] {
  const found: Asked[] = [];
  const { source_no, document_no } = within;
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const one of value) walk(one);
      return;
    }
    const it = fields(value);
    if (!it) return;
    const sent = text(it['reference']);
    const key = sent === null ? undefined : keyOf(sent, settings);
    if (key !== undefined) found.push({ key, source_no, document_no, at: it });
    for (const one of Object.values(it)) if (typeof one === 'object') walk(one);
  };
  if (item.kind === 'output') walk(item.resource);
  return found;
}

/** undefined for what the loading of lines understands by itself: `Type/id`, contained, of another server. */
function keyOf(sent: string, settings: MappingSettings): string | undefined {
  if (/^urn:/i.test(sent)) return urlKey(sent);
  if (!sent.includes('?')) {
    return /^https?:/i.test(sent) && !/\/[A-Z][A-Za-z]+\/[^/]+(\/_history\/[^/]+)?$/.test(sent.slice(-300))
      ? urlKey(sent)
      : undefined;
  }
  const pointer = readReference({ reference: sent }, settings);
  if (pointer?.kind !== 'identified') return undefined;
  return `${pointer.type ?? ''}?${identifierHash(pointer.identifier)}`;
}

/** UUIDs are the same in either case. */
function urlKey(url: string): string {
  const same = /^urn:/i.test(url) ? url.toLowerCase() : url;
  return createHash('sha256').update(same).digest('hex');
}

/** Gives each reference its target; resolves to how many stay as they are. */
export async function resolveAsked(sql: Sql | Tx, runId: number, asked: readonly Asked[]): Promise<number> {
  if (asked.length === 0) return 0;
  const found = await sql<{ n: number; type: string; id: string }[]>`
    with asked as (
      select * from unnest(${textArray(asked.map((one) => one.key))}::text::text[],
        ${asked.map((one) => one.source_no)}::int[], ${asked.map((one) => one.document_no)}::int[])
        with ordinality as a(key, source_no, document_no, n)
    )
    select (a.n - 1)::int as n, t.type, t.id
    from (select key, source_no, document_no, array_agg(n) as ns from asked group by 1, 2, 3) g
    cross join lateral (
      select min(c.resource_type) as type, min(c.fhir_id) as id
      from (
        select i.resource_type, i.fhir_id, i.source_no = g.source_no and i.document_no = g.document_no as own,
          bool_or(i.source_no = g.source_no and i.document_no = g.document_no) over () as any_own
        from import_identity i where i.run_id = ${runId} and i.key = g.key
      ) c
      where c.own = c.any_own
      having count(distinct (c.resource_type, c.fhir_id)) = 1
    ) t
    cross join lateral unnest(g.ns) as a(n)`;
  for (const { n, type, id } of found) {
    const one = asked[n];
    if (one) one.at['reference'] = `${type}/${id}`;
  }
  return asked.length - found.length;
}
