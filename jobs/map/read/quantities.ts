/**
 * Quantity, Ratio and Range → the value columns.
 *
 * - comparator is a modifier with a required binding: < <= >= > (and ≤ ≥) are the operator. Any other, such as R5's
 *   "ad", leaves no number, only the whole as printed. The table observation has no operator, so a number with one is
 *   text there as well.
 * - Ratio: the numerator with its unit, the whole as source value. A ratio of pure numbers (a titer of 1:128) has no
 *   number: its numerator would make all titers equal. Nor has one whose denominator is not exact.
 * - Range: two rows, its ends (>= low, <= high), the whole as source value.
 */

import { OPERATOR } from '../cdm/concepts.ts';
import type { Value } from '../cdm/event.ts';
import { isImpossible } from './below-zero.ts';
import { exact, isObject, type Json, number, object, text } from './fhir.ts';
import type { Reading } from './reading.ts';
import { printedUnit, ucumOf, unitOf } from './units.ts';

const OPERATORS = new Map<string, number | undefined>([
  ['<', OPERATOR.less.id],
  ['<=', OPERATOR.lessOrEqual.id],
  ['≤', OPERATOR.lessOrEqual.id],
  ['>=', OPERATOR.greaterOrEqual.id],
  ['≥', OPERATOR.greaterOrEqual.id],
  ['>', OPERATOR.greater.id],
  // Nothing else than no comparator.
  ['=', undefined],
]);

/** The value of a Quantity; `element` is what it is the value of. */
export function quantityValue(reading: Reading, quantity: Json, element: Json): Value | undefined {
  const value = number(quantity['value']);
  if (value === undefined) return undefined;
  const comparator = text(quantity['comparator']);
  const unit = unitOf(reading, quantity);
  if (comparator !== undefined && !OPERATORS.has(comparator)) {
    reading.omitted.add('comparator-not-held');
    return { string: printed(quantity), unit };
  }
  const operatorConceptId = comparator === undefined ? undefined : OPERATORS.get(comparator);
  return {
    number: value,
    impossible: isImpossible(value, quantity, element),
    operatorConceptId,
    printed: operatorConceptId === undefined ? undefined : printed(quantity),
    unit,
  };
}

export function ratioValue(reading: Reading, ratio: Json, element: Json): Value | undefined {
  const numerator = object(ratio['numerator']);
  const denominator = object(ratio['denominator']);
  if (numerator && !denominator) return quantityValue(reading, numerator, element);
  if (number(numerator?.['value']) === undefined && number(denominator?.['value']) === undefined) {
    return undefined;
  }
  const whole = [numerator, denominator].map(printed).join(':');
  const isTiter = isPure(numerator) && isPure(denominator);
  if (!numerator || isTiter || exact(denominator) === undefined) return { string: whole };
  const value = quantityValue(reading, numerator, element);
  return value && { ...value, sourceValue: whole };
}

function isPure(quantity: Json | undefined): boolean {
  const unit = ucumOf(quantity);
  return unit === undefined || unit === '1' || /^\{[^{}]*\}$/.test(unit);
}

export function rangeValues(reading: Reading, range: Json, element: Json): readonly Value[] {
  const whole = [range['low'], range['high']].map(printed).join('-');
  const ends = (['low', 'high'] as const).flatMap((end) => {
    const quantity = object(range[end]);
    const value = number(quantity?.['value']);
    return quantity && value !== undefined ? [{ end, quantity, value }] : [];
  });
  if (ends.some(({ end, quantity }) => bound(end, quantity) === undefined)) {
    reading.omitted.add('comparator-not-held');
    return [{ string: whole }];
  }
  return ends.map(({ end, quantity, value }) => ({
    number: value,
    impossible: isImpossible(value, quantity, element),
    operatorConceptId: bound(end, quantity),
    sourceValue: whole,
    unit: unitOf(reading, quantity),
  }));
}

/** One end of a reference range, unless its comparator says that it is none. */
export function rangeEnd(reading: Reading, range: Json | undefined, end: 'low' | 'high'): number | undefined {
  const quantity = object(range?.[end]);
  const value = number(quantity?.['value']);
  if (quantity === undefined || value === undefined) return undefined;
  if (bound(end, quantity) !== undefined) return value;
  reading.omitted.add('comparator-not-held');
  return undefined;
}

const BOUNDS = {
  low: { none: OPERATOR.greaterOrEqual.id, strict: OPERATOR.greater.id },
  high: { none: OPERATOR.lessOrEqual.id, strict: OPERATOR.less.id },
} as const;

/** The operator of a range's end; FHIR allows it no comparator, and one that contradicts it makes it no end. */
function bound(end: 'low' | 'high', quantity: Json): number | undefined {
  const comparator = text(quantity['comparator']);
  const { none, strict } = BOUNDS[end];
  if (comparator === undefined || comparator === '=') return none;
  const operator = OPERATORS.get(comparator);
  return operator === none || operator === strict ? operator : undefined;
}

/** The number of an amount for which there is no operator column. */
export function exactAmount(reading: Reading, quantity: Json | undefined): number | undefined {
  const value = exact(quantity);
  if (value === undefined && number(quantity?.['value']) !== undefined) {
    reading.omitted.add('comparator-not-held');
  }
  return value;
}

/** As a person would write it: `<5 mg/dL`. */
function printed(quantity: unknown): string {
  if (!isObject(quantity)) return '';
  const value = number(quantity['value']);
  const comparator = text(quantity['comparator'])?.replace(/\w$/, '$& ') ?? '';
  const amount = value === undefined ? undefined : `${comparator}${value}`;
  return [amount, printedUnit(quantity)].filter((part) => part !== undefined).join(' ');
}
