/**
 * us-core-race and us-core-ethnicity → concepts.
 *
 * The extension carries OMB categories, detailed CDC codes and a text. OMB categories lead; where there is none, a
 * detailed code is rolled up to its category (CDC Race and Ethnicity code system: each category's details follow it
 * in one run of numbers). Null flavours (UNK, ASKU, declined), by URI or OID, say nothing: alone they give 0, and they
 * stay in the source value. OMB codes are not in OMOP's Race vocabulary, so the source concept is 0 (guide, Race and Ethnicity).
 */

import { ETHNICITY, RACE } from '../cdm/concepts.ts';
import { extension, type Json, object, objects, text } from '../read/fhir.ts';

const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition/';

export interface Category {
  readonly code: string;
  readonly conceptId: number;
}

export interface Categories {
  /** Each different category, in the order sent. */
  readonly found: readonly Category[];
  readonly sourceValue: string | undefined;
}

export function races(patient: Json): Categories {
  return categories(extension(patient, `${US_CORE}us-core-race`), raceOf);
}

export function ethnicities(patient: Json): Categories {
  return categories(extension(patient, `${US_CORE}us-core-ethnicity`), ethnicityOf);
}

function categories(element: Json | undefined, conceptOf: (code: string) => number | undefined): Categories {
  const parts = objects(element?.['extension']);
  const codesOf = (url: string): readonly string[] =>
    parts
      .filter((one) => one['url'] === url)
      .flatMap((one) => text(object(one['valueCoding'])?.['code']) ?? []);
  const omb = codesOf('ombCategory');
  const detailed = codesOf('detailed');
  const leading = distinct(omb, conceptOf);
  const found = leading.length > 0 ? leading : distinct(detailed, conceptOf);
  const codes = omb.length > 0 ? omb : detailed;
  const said = text(parts.find((one) => one['url'] === 'text')?.['valueString']);
  return { found, sourceValue: codes.length > 0 ? codes.join(';') : said };
}

function distinct(
  codes: readonly string[],
  conceptOf: (code: string) => number | undefined,
): readonly Category[] {
  const found: Category[] = [];
  for (const code of codes) {
    const conceptId = conceptOf(code);
    if (conceptId !== undefined && !found.some((one) => one.conceptId === conceptId)) {
      found.push({ code, conceptId });
    }
  }
  return found;
}

/** Numbers of the CDC code system (the part before the check digit) that belong to each OMB category. */
const RACE_RANGES: readonly (readonly [from: number, to: number, conceptId: number])[] = [
  [1002, 2027, RACE.americanIndian.id],
  [2028, 2053, RACE.asian.id],
  [2054, 2075, RACE.black.id],
  [2076, 2105, RACE.pacific.id],
  [2106, 2130, RACE.white.id],
  [2500, 2500, RACE.pacific.id],
];

function raceOf(code: string): number | undefined {
  const n = cdcNumber(code);
  return RACE_RANGES.find(([from, to]) => n >= from && n <= to)?.[2];
}

function ethnicityOf(code: string): number | undefined {
  const n = cdcNumber(code);
  if (n >= 2135 && n <= 2185) return ETHNICITY.hispanic.id;
  return n === 2186 ? ETHNICITY.notHispanic.id : undefined;
}

function cdcNumber(code: string): number {
  return Number(/^(\d{4})-\d$/.exec(code)?.[1] ?? 0);
}
