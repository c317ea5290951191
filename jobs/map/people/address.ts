/**
 * FHIR Address → location.
 *
 * A person's address identifies them (guide f2o-022), so by default only state and country are kept. `zip3` adds the
 * first three digits of a US ZIP code, which HIPAA's Safe Harbor allows except for seventeen sparsely populated areas.
 * These are named in the guidance of HHS for the 2000 census (45 CFR 164.514(b)(2)(i)(B)). `full` keeps everything.
 * The address of an organisation identifies nobody and is kept whole.
 */

import { OTHER } from '../cdm/concepts.ts';
import type { Location } from '../cdm/rows.ts';
import { extension, type Json, list, number, object, objects, text } from '../read/fhir.ts';
import type { MappingSettings } from '../settings.ts';
import { stateCode } from './us-states.ts';

const SPARSE_ZIP3 = new Set('036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893'.split(' '));

/**
 * The address to keep of several: the current one. Old and billing addresses are none. One whose period has no end comes
 * before one that has ended, a home before others, those before a temporary one or that of the work; of several the one
 * that ended, or began, last; of those, the first.
 */
export function homeOf(addresses: unknown): Json | undefined {
  const candidates = objects(addresses).filter((one) => one['use'] !== 'old' && one['use'] !== 'billing');
  return candidates
    .map(ranked)
    .reduce<Ranked | undefined>((best, one) => (best && !isBefore(one, best) ? best : one), undefined)
    ?.address;
}

interface Ranked {
  readonly address: Json;
  readonly ended: number;
  readonly use: number;
  /** As sent, '' where nothing was: FHIR's dates are in order as they are written. */
  readonly until: string;
  readonly since: string;
}

function ranked(address: Json): Ranked {
  const span = object(address['period']);
  const end = text(span?.['end']) ?? '';
  const until = end.startsWith('9999') ? '' : end;
  const use = USES.get(text(address['use']) ?? '') ?? 1;
  return { address, ended: until === '' ? 0 : 1, use, until, since: text(span?.['start']) ?? '' };
}

const USES: ReadonlyMap<string, number> = new Map([
  ['home', 0],
  ['temp', 2],
  ['work', 2],
]);

function isBefore(a: Ranked, b: Ranked): boolean {
  if (a.ended !== b.ended) return a.ended < b.ended;
  if (a.use !== b.use) return a.use < b.use;
  return a.until === b.until ? a.since > b.since : a.until > b.until;
}

/** Undefined when nothing that may be kept was sent. */
export function location(
  address: Json | undefined,
  detail: MappingSettings['address'],
): Location | undefined {
  if (!address) return undefined;
  const state = text(address['state']);
  const country = text(address['country']);
  const zip = text(address['postalCode']);
  const kept: Location = {
    state: stateCode(state),
    location_source_value: state,
    country_concept_id: country === undefined ? undefined : countryConcept(country),
    country_source_value: country,
  };
  if (detail === 'zip3') kept.zip = zip3(zip);
  if (detail === 'full') {
    const [line1, line2] = list(address['line']).flatMap((line) => text(line) ?? []);
    const at = extension(address, 'http://hl7.org/fhir/StructureDefinition/geolocation');
    kept.address_1 = line1;
    kept.address_2 = line2;
    kept.city = text(address['city']);
    // ZIP+4 fits the column's nine characters without its hyphen.
    kept.zip = zip?.replace(/^(\d{5})-(\d{4})$/, '$1$2');
    kept.county = text(address['district']);
    kept.location_source_value = printed(address);
    kept.latitude = number(extension(at, 'latitude')?.['valueDecimal']);
    kept.longitude = number(extension(at, 'longitude')?.['valueDecimal']);
  }
  return Object.values(kept).some((value) => value !== undefined) ? kept : undefined;
}

/** As sent (CDM, location_source_value): the text, else its parts in the order in which they are written. */
function printed(address: Json): string | undefined {
  const said = text(address['text']);
  if (said !== undefined) return said;
  const parts = [
    ...list(address['line']),
    ...['city', 'state', 'postalCode', 'country'].map((part) => address[part]),
  ];
  const all = parts.flatMap((part) => text(part) ?? []).join(', ');
  return all === '' ? undefined : all;
}

/** A FHIR Location's own position. */
export function position(resource: Json): Pick<Location, 'latitude' | 'longitude'> {
  const at = object(resource['position']);
  return { latitude: number(at?.['latitude']), longitude: number(at?.['longitude']) };
}

function zip3(zip: string | undefined): string | undefined {
  if (zip === undefined || !/^\d{5}/.test(zip)) return undefined;
  const prefix = zip.slice(0, 3);
  return SPARSE_ZIP3.has(prefix) ? '000' : prefix;
}

function countryConcept(country: string): number {
  return /^(us|usa|united states|united states of america)$/i.test(country) ? OTHER.unitedStates.id : 0;
}
