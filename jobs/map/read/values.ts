/**
 * value[x] of an Observation or component → the value columns.
 *
 * - Quantity, Ratio, Range: quantities.ts.
 * - CodeableConcept: the Standard concept of the answer, of whatever domain; 0 where it has none.
 * - boolean: Yes / No. integer: the number.
 * - dateTime: text, since no CDM has a value_as_datetime; a whole day is the date as well (value_as_date, CDM 5.5).
 * - string, time, Period: text.
 * - SampledData (curves) and Attachments: no column holds them.
 *
 * Answers that deny or do not assert (denials.ts) are marked, whatever their type.
 */

import { VALUE } from '../cdm/concepts.ts';
import { isMoment, readMoment } from '../cdm/dates.ts';
import type { Value } from '../cdm/event.ts';
import { type Concept, concept } from './coding.ts';
import { assertsNothing, saysNothingIsThere } from './denials.ts';
import { flag, integer, type Json, object, text, words } from './fhir.ts';
import { codeSet, codingOf } from './fixed-codes.ts';
import { SYSTEM } from './hl7-systems.ts';
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
  const moment = text(element['valueDateTime']);
  if (moment !== undefined) return [{ string: moment, date: dayOf(reading, moment) }];
  const time = text(element['valueTime']);
  if (time !== undefined) return [{ string: time }];
  const span = object(element['valuePeriod']);
  const ends = [text(span?.['start']), text(span?.['end'])];
  return ends.some((end) => end !== undefined) ? [{ string: ends.map((end) => end ?? '').join('/') }] : [];
}

/** The day of a dateTime that names one; a month or a year alone is none. */
function dayOf({ context }: Reading, sent: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(sent.trim())) return undefined;
  const { earliestYear, latestYear, timezone } = context.settings;
  const found = readMoment(sent, { from: earliestYear, to: latestYear }, timezone);
  return isMoment(found) ? found.date : undefined;
}

function oneOrNone(value: Value | undefined): readonly Value[] {
  return value ? [value] : [];
}

function answerValue(reading: Reading, answer: Json): Value | undefined {
  const found = concept(reading, answer, 'value');
  if (found.sourceValue === undefined) return undefined;
  const { conceptId = 0, sourceValue, sourceConceptId } = found;
  return { conceptId, sourceValue, sourceConceptId, assertsNothing: assertsNothing(answer, conceptId) };
}

/** Codes of v3-ObservationInterpretation, and of table 0078, which it took over. */
const INTERPRETATIONS = codeSet({
  systems: SYSTEM.interpretation,
  codes: {
    POS: VALUE.positive.id,
    NEG: VALUE.negative.id,
    DET: VALUE.detected.id,
    ND: VALUE.notDetected.id,
    HH: VALUE.high.id,
    HU: VALUE.high.id,
    H: VALUE.high.id,
    LL: VALUE.low.id,
    LU: VALUE.low.id,
    L: VALUE.low.id,
    AA: VALUE.abnormal.id,
    A: VALUE.abnormal.id,
    N: VALUE.normal.id,
  },
  bare: true,
});

/** The first interpretation that has a code of the set, else the first. */
export function interpretationOf(reading: Reading, interpretations: readonly Json[]): Concept {
  const known = interpretations.find((one) => codingOf(INTERPRETATIONS, one));
  return concept(reading, known ?? interpretations[0], 'interpretation', { fixed: INTERPRETATIONS });
}

/** Is there anything in it besides an absent value? For the setting that writes observations without a value. */
export function absenceOf(element: Json): string | undefined {
  const reason = object(element['dataAbsentReason']);
  return reason && (text(firstObject(reason['coding'])?.['code']) ?? words(reason));
}

function firstObject(value: unknown): Json | undefined {
  return Array.isArray(value) ? object(value[0]) : undefined;
}
