/**
 * value[x] of an Observation or component → the value columns.
 *
 * - Quantity: number, unit (UCUM code; the printed unit where there is no code), operator. No comparator leaves the
 *   operator NULL (CDM). Negative numbers are only kept for the analytes that Themis lists; others stay as text.
 * - CodeableConcept: the Standard concept of the answer, of whatever domain; 0 where it has none.
 * - boolean: Yes / No. integer: the number. Ratio: its numerator. Range: two rows, its ends (>= low, <= high).
 * - string, dateTime, time, Period: text, since CDM 5.4 has no value_as_datetime.
 * - SampledData (curves) and Attachments: no column holds them.
 */

import { OPERATOR, VALUE } from '../cdm/concepts.ts';
import type { Value } from '../cdm/event.ts';
import { type Concept, concept } from './coding.ts';
import {
  type Coding,
  codings,
  flag,
  integer,
  isObject,
  type Json,
  number,
  object,
  text,
  words,
} from './fhir.ts';
import { codeSet, codingOf } from './fixed-codes.ts';
import { SYSTEM } from './hl7-systems.ts';
import type { Reading } from './reading.ts';

/** Each value gives a row of its own; none at all for an element without a value. */
export function valuesOf(reading: Reading, element: Json): readonly Value[] {
  const analyte = codings(element['code']);
  const quantity = object(element['valueQuantity']);
  if (quantity) return oneOrNone(quantityValue(reading, quantity, analyte));
  const answer = object(element['valueCodeableConcept']);
  if (answer) return oneOrNone(answerValue(reading, answer));
  const truth = flag(element['valueBoolean']);
  if (truth !== undefined) {
    return [{ conceptId: truth ? VALUE.yes.id : VALUE.no.id, sourceValue: String(truth), denies: !truth }];
  }
  const whole = integer(element['valueInteger']);
  if (whole !== undefined) return [numberValue(reading, whole, analyte)];
  const ratio = object(element['valueRatio']);
  if (ratio) return oneOrNone(ratioValue(reading, ratio, analyte));
  const range = object(element['valueRange']);
  if (range) return rangeValues(reading, range, analyte);
  const said = text(element['valueString']) ?? text(element['valueDateTime']) ?? text(element['valueTime']);
  if (said !== undefined) return [{ string: said }];
  const span = object(element['valuePeriod']);
  const ends = [text(span?.['start']), text(span?.['end'])];
  return ends.some((end) => end !== undefined) ? [{ string: ends.map((end) => end ?? '').join('/') }] : [];
}

function oneOrNone(value: Value | undefined): readonly Value[] {
  return value ? [value] : [];
}

const OPERATORS = new Map<string, number>([
  ['<', OPERATOR.less.id],
  ['<=', OPERATOR.lessOrEqual.id],
  ['>=', OPERATOR.greaterOrEqual.id],
  ['>', OPERATOR.greater.id],
]);

export function quantityValue(
  reading: Reading,
  quantity: Json,
  analyte: readonly Coding[],
): Value | undefined {
  const value = number(quantity['value']);
  if (value === undefined) return undefined;
  const comparator = text(quantity['comparator']);
  return {
    ...numberValue(reading, value, analyte),
    operatorConceptId: comparator === undefined ? undefined : OPERATORS.get(comparator),
    unit: unitOf(reading, quantity),
  };
}

const UCUM = 'http://unitsofmeasure.org';

/** The unit's concept. Units without a code are tried as UCUM, which many EHRs print. */
export function unitOf(reading: Reading, quantity: Json): Concept {
  const code = text(quantity['code']);
  const printed = text(quantity['unit']);
  const system = text(quantity['system']) ?? UCUM;
  const coding =
    code !== undefined
      ? { system, code, display: printed }
      : { system: UCUM, code: printed, display: printed };
  return concept(reading, { coding: [coding] }, 'unit', { domain: 'Unit' });
}

/** LOINC codes that may be negative: base excess in its specimens, and the QRS axis (Themis). */
const MAY_BE_NEGATIVE = new Set(['1925-7', '1927-3', '1926-5', '11555-0', '28638-3', '28639-1', '8632-2']);

function numberValue(reading: Reading, value: number, analyte: readonly Coding[]): Value {
  if (value >= 0 || analyte.some((one) => MAY_BE_NEGATIVE.has(one.code))) return { number: value };
  reading.omitted.add('negative-value');
  return { sourceValue: String(value) };
}

/** Answers that say that something is not there. */
const DENIALS = new Set<number>([
  VALUE.no.id,
  VALUE.noAnswer.id,
  VALUE.negative.id,
  VALUE.negativeAnswer.id,
  VALUE.notDetected.id,
]);

function answerValue(reading: Reading, answer: Json): Value | undefined {
  const found = concept(reading, answer, 'value');
  if (found.sourceValue === undefined) return undefined;
  const { conceptId = 0, sourceValue } = found;
  return { conceptId, sourceValue, denies: DENIALS.has(conceptId) };
}

function ratioValue(reading: Reading, ratio: Json, analyte: readonly Coding[]): Value | undefined {
  const numerator = object(ratio['numerator']);
  const value = numerator && quantityValue(reading, numerator, analyte);
  if (!value) return undefined;
  return { ...value, sourceValue: [numerator, ratio['denominator']].map(printed).join(':') };
}

function rangeValues(reading: Reading, range: Json, analyte: readonly Coding[]): readonly Value[] {
  const ends: readonly (readonly [element: string, operator: number])[] = [
    ['low', OPERATOR.greaterOrEqual.id],
    ['high', OPERATOR.lessOrEqual.id],
  ];
  const sourceValue = [range['low'], range['high']].map(printed).join('-');
  return ends.flatMap(([element, operatorConceptId]) => {
    const end = object(range[element]);
    const value = end && quantityValue(reading, end, analyte);
    return value ? [{ ...value, operatorConceptId, sourceValue }] : [];
  });
}

function printed(quantity: unknown): string {
  if (!isObject(quantity)) return '';
  const value = number(quantity['value']);
  const unit = text(quantity['unit']) ?? text(quantity['code']);
  return [value === undefined ? undefined : String(value), unit]
    .filter((part) => part !== undefined)
    .join(' ');
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
