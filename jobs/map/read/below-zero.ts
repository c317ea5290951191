/**
 * Numbers below zero. Themis drops them where a laboratory quantity cannot be negative. A T-score, a refraction, a
 * base excess, a balance, a change or a temperature can be negative, so a number is kept unless it is impossible. It
 * is impossible where it is a concentration or a count (something in a volume, a mass or a field) of an analyte that
 * is no difference of two.
 *
 * That is judged by the unit, by a reviewed list of LOINC codes, and by the words for differences in LOINC's names, which
 * servers send as display. Tables other than measurement have no such convention (event-rows.ts).
 */

import { codings, type Json, object, objects, text } from './fhir.ts';
import { ucumOf } from './units.ts';

/** `mg/dL`, `10*3/uL`, `/[HPF]`, `U/g`: an amount in a volume, a mass or a microscope's field. */
const CONCENTRATION =
  /^(?:(?:10\*-?\d+\.?)?(?:[fpnumckM]?(?:g|mol|eq|osm|kat|U|\[U\]|\[iU\]|\[arb'U\])|\{[^{}]*\})?|10\*\d+)\/(?:[fpnumdk]?[Llg]|[mcd]m3|\[HPF\]|\[LPF\])$/;

/** LOINC codes of differences: base excess, anion gaps, and the QRS axis of Themis' list. */
const DIFFERENCES = new Set([
  ...['1925-7', '1926-5', '1927-3', '11555-0', '28638-3', '28639-1', '30318-0'],
  ...['1863-0', '10466-1', '33037-3', '41276-7', '8632-2'],
]);

const DIFFERENCE_WORDS =
  /\b(?:base (?:excess|deficit)|gap|ion difference|difference|change|balance|delta|deviation|[tz]-? ?score|axis)\b/i;

/** The number of this Quantity, which is the value of this element. */
export function isImpossible(value: number, quantity: Json, element: Json): boolean {
  if (value >= 0 || !CONCENTRATION.test(ucumOf(quantity) ?? '')) return false;
  if (codings(element['code']).some((one) => DIFFERENCES.has(one.code))) return false;
  const code = object(element['code']);
  const names = [code?.['text'], ...objects(code?.['coding']).map((one) => one['display'])];
  return !names.some((name) => DIFFERENCE_WORDS.test(text(name)?.slice(0, 300) ?? ''));
}
