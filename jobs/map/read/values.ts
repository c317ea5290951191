/**
 * value[x] of an Observation or component → the value columns.
 *
 * - Quantity, Ratio, Range: quantities.ts.
 * - CodeableConcept: the Standard concept of the answer, of whatever domain; 0 where it has none.
 * - boolean: Yes / No. integer: the number.
 * - string, dateTime, time, Period: text, since CDM 5.4 has no value_as_datetime.
 * - SampledData (curves) and Attachments: no column holds them.
 *
 * Answers that deny or do not assert (denials.ts) are marked, whatever their type.
 */

import { VALUE } from '../cdm/concepts.ts';
import type { Value } from '../cdm/event.ts';
import { type Concept, concept } from './coding.ts';
import { assertsNothing, saysNothingIsThere } from './denials.ts';
import { flag, integer, type Json, object, text, words } from './fhir.ts';
import { quantityValue, rangeValues, ratioValue } from './quantities.ts';
import type { Reading } from './reading.ts';

/** Each value gives a row of its own; none at all for an element without a value. */
export function valuesOf(reading: Reading, element: Json): readonly Value[] {
  const quantity = object(element['valueQuantity']);
  if (quantity) return oneOrNone(quantityValue(reading, quantity, element));
  const answer = object(element['valueCodeableConcept']);
  if (answer) return oneOrNone(answerValue(reading, answer));
  const truth = flag(element['valueBoolean']);
  if (truth !== undefined) {
    const conceptId = truth ? VALUE.yes.id : VALUE.no.id;
    return [{ conceptId, sourceValue: String(truth), assertsNothing: !truth }];
  }
  const whole = integer(element['valueInteger']);
  if (whole !== undefined) return [{ number: whole }];
  const ratio = object(element['valueRatio']);
  if (ratio) return oneOrNone(ratioValue(reading, ratio, element));
  const range = object(element['valueRange']);
  if (range) return rangeValues(reading, range, element);
  const said = text(element['valueString']);
  if (said !== undefined) return [{ string: said, assertsNothing: saysNothingIsThere(said) }];
  const time = text(element['valueDateTime']) ?? text(element['valueTime']);
  if (time !== undefined) return [{ string: time }];
  const span = object(element['valuePeriod']);
  const ends = [text(span?.['start']), text(span?.['end'])];
  return ends.some((end) => end !== undefined) ? [{ string: ends.map((end) => end ?? '').join('/') }] : [];
}

function oneOrNone(value: Value | undefined): readonly Value[] {
  return value ? [value] : [];
}

function answerValue(reading: Reading, answer: Json): Value | undefined {
  const found = concept(reading, answer, 'value');
  if (found.sourceValue === undefined) return undefined;
  const { conceptId = 0, sourceValue } = found;
  return { conceptId, sourceValue, assertsNothing: assertsNothing(answer, conceptId) };
}

/** Interpretation codes (v3-ObservationInterpretation) that the vocabulary's own map may override. */
const INTERPRETATIONS = new Map<string, number>([
  ['N', VALUE.normal.id],
  ['A', VALUE.abnormal.id],
  ['AA', VALUE.abnormal.id],
  ['H', VALUE.high.id],
  ['HH', VALUE.high.id],
  ['HU', VALUE.high.id],
  ['L', VALUE.low.id],
  ['LL', VALUE.low.id],
  ['LU', VALUE.low.id],
  ['POS', VALUE.positive.id],
  ['NEG', VALUE.negative.id],
  ['DET', VALUE.detected.id],
  ['ND', VALUE.notDetected.id],
]);

export function interpretationOf(reading: Reading, codeable: unknown): Concept {
  return concept(reading, codeable, 'interpretation', { fixed: (code) => INTERPRETATIONS.get(code) });
}

/** Is there anything in it besides an absent value? For the setting that writes observations without a value. */
export function absenceOf(element: Json): string | undefined {
  const reason = object(element['dataAbsentReason']);
  return reason && (text(firstObject(reason['coding'])?.['code']) ?? words(reason));
}

function firstObject(value: unknown): Json | undefined {
  return Array.isArray(value) ? object(value[0]) : undefined;
}
