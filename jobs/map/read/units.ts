/**
 * The unit of a Quantity → its concept.
 *
 * The code, where its system is UCUM or not named; else (a local code) what a local map says of it, then the printed unit
 * as UCUM, then the code as UCUM. What UCUM does not know is looked up among the spellings (unit-spellings.ts); what UCUM
 * would take for something else goes there first. An annotation in braces says nothing in UCUM: where the vocabulary has
 * no concept with it, the unit counts without it.
 *
 * The source value is what a person reads: the printed unit, the code where nothing is printed.
 */

import type { MappingSettings } from '../settings.ts';
import { vocabulariesFor } from './code-systems.ts';
import { type Concept, NO_CONCEPT, note } from './coding.ts';
import { type Json, saysAbsent, text } from './fhir.ts';
import type { Reading } from './reading.ts';
import { MISREAD, SPELLINGS } from './unit-spellings.ts';

const UCUM = 'http://unitsofmeasure.org';

interface Form {
  readonly system: string;
  readonly code: string;
}

export function unitOf(reading: Reading, quantity: Json): Concept {
  const printed = printedUnit(quantity);
  if (printed === undefined) return NO_CONCEPT;
  const { resolve, settings } = reading.context;
  const sent = sentUnit(quantity) ?? printed;
  const system = text(quantity['system']) ?? UCUM;
  if (saysAbsent(system)) return NO_CONCEPT;
  const local = isUcum(system, settings) ? undefined : system;
  for (const { system: of, code } of formsOf(local, sent, printed)) {
    const { targets, sourceConceptId } = resolve(of, code);
    const target = targets.find((one) => one.domain === 'Unit');
    if (!target) continue;
    const asSent = code === sent || code === printed;
    return {
      conceptId: target.conceptId,
      sourceValue: printed,
      sourceConceptId: asSent ? sourceConceptId : 0,
    };
  }
  const coding = { system, code: sent, display: text(quantity['unit']), userSelected: false };
  const { sourceConceptId, targets, values } = resolve(system, sent);
  note(reading, { coding, sourceValue: sent, sourceConceptId, targets, values }, 'unit');
  return { conceptId: 0, sourceValue: printed, sourceConceptId };
}

/** What a person reads. */
export function printedUnit(quantity: Json | undefined): string | undefined {
  return text(quantity?.['unit']) ?? text(quantity?.['code']);
}

/** What a computer reads. */
export function sentUnit(quantity: Json | undefined): string | undefined {
  return text(quantity?.['code']) ?? text(quantity?.['unit']);
}

function isUcum(system: string, settings?: Pick<MappingSettings, 'codeSystems' | 'vendor'>): boolean {
  return system === UCUM || vocabulariesFor(system, settings?.codeSystems, settings?.vendor).includes('UCUM');
}

/** They come in the order in which they are tried; the first is nearly always the right one. */
function* formsOf(local: string | undefined, sent: string, printed: string): Generator<Form> {
  if (local !== undefined) yield { system: local, code: sent };
  const [first, second] = local === undefined ? [sent, printed] : [printed, sent];
  for (const code of ucumForms(first)) yield { system: UCUM, code };
  if (second !== first) for (const code of ucumForms(second)) yield { system: UCUM, code };
}

/** Longest unit that is looked at: UCUM's own are far shorter. */
const LONGEST = 60;

function* ucumForms(unit: string): Generator<string> {
  const meant = misread(unit);
  yield meant ?? unit;
  if (meant !== undefined || unit.length > LONGEST) return;
  const tidied = tidy(unit);
  if (tidied !== unit) yield misread(tidied) ?? tidied;
  const spelling = SPELLINGS.get(unit) ?? SPELLINGS.get(tidied);
  if (spelling !== undefined) yield spelling;
  const rest = bare(spelling ?? tidied);
  if (rest !== undefined) yield rest;
}

function misread(unit: string): string | undefined {
  return Object.hasOwn(MISREAD, unit) ? MISREAD[unit]?.[1] : undefined;
}

/** `10^3 / µL` and `10³/µL` → `10*3/uL` */
function tidy(unit: string): string {
  return unit
    .replace(/[µμ]/g, 'u')
    .replace(/10(?=[²³⁴⁵⁶⁷⁸⁹])/g, '10*')
    .replace(/[²³⁴⁵⁶⁷⁸⁹]/g, (digit) => String('²³⁴⁵⁶⁷⁸⁹'.indexOf(digit) + 2))
    .replace(/×/g, 'x')
    .replace(/\s+/g, ' ')
    .replace(/ ?\/ ?/g, '/')
    .replace(/^([xX] ?)?10 ?(?:\^|\*\*?|[eE]\+?)(?=\d)/, (_, times?: string) => `${times ? 'x' : ''}10*`);
}

/** The unit without annotations; undefined where that leaves none. */
function bare(unit: string): string | undefined {
  if (!unit.includes('{')) return undefined;
  const rest = unit.replace(/\.?\{[^{}]*\}/g, '').replace(/^\./, '');
  return rest === '' || /[/.]$/.test(rest) ? undefined : rest;
}

/** The UCUM code of what is meant, as far as that can be said without a vocabulary. */
export function ucumOf(quantity: Json | undefined): string | undefined {
  const sent = sentUnit(quantity);
  const printed = printedUnit(quantity);
  const system = text(quantity?.['system']) ?? UCUM;
  const unit = isUcum(system) ? sent : (printed ?? sent);
  return unit === undefined ? undefined : [...ucumForms(unit)].at(-1);
}
