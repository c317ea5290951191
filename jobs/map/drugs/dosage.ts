/** What a Dosage says, for drug_exposure: sig, route, dose, and how long the drug is taken. */

import { ROUTE } from '../cdm/concepts.ts';
import { addDays, type Moment } from '../cdm/dates.ts';
import { type Concept, concept } from '../read/coding.ts';
import { inDays, wholeDays } from '../read/duration.ts';
import { endAfter, period, type Span } from '../read/event-dates.ts';
import { exact, flag, type Json, number, object, objects, text } from '../read/fhir.ts';
import { codeSet } from '../read/fixed-codes.ts';
import { SYSTEM } from '../read/hl7-systems.ts';
import type { Reading } from '../read/reading.ts';
import { sentUnit, ucumOf } from '../read/units.ts';

/** v3-RouteOfAdministration and v2's table 0162; SNOMED routes come through the vocabulary. */
const ROUTES = codeSet(
  {
    systems: SYSTEM.route,
    codes: {
      IDINJ: ROUTE.intradermal.id,
      IM: ROUTE.intramuscular.id,
      IVINJ: ROUTE.intravenous.id,
      IV: ROUTE.intravenous.id,
      PO: ROUTE.oral.id,
      SQ: ROUTE.subcutaneous.id,
      TRNSDERM: ROUTE.transdermal.id,
    },
    bare: true,
  },
  {
    systems: SYSTEM.routeV2,
    codes: {
      ID: ROUTE.intradermal.id,
      IM: ROUTE.intramuscular.id,
      IV: ROUTE.intravenous.id,
      PO: ROUTE.oral.id,
      SC: ROUTE.subcutaneous.id,
      TD: ROUTE.transdermal.id,
    },
  },
);

export function routeOf(reading: Reading, codeable: unknown): Concept {
  return concept(reading, codeable, 'route', { domain: 'Route', fixed: ROUTES });
}

export function sigOf(dosages: readonly Json[]): string | undefined {
  const said = dosages.flatMap((one) => text(one['text']) ?? text(one['patientInstruction']) ?? []);
  return said.length > 0 ? said.join('; ') : undefined;
}

export function doseOf(dosage: Json | undefined): Json | undefined {
  return object(objects(dosage?.['doseAndRate'])[0]?.['doseQuantity']);
}

/** The period that the dosage itself states. */
export function boundsOf(reading: Reading, dosage: Json | undefined): Span {
  return period(reading, repeatOf(dosage), 'boundsPeriod');
}

/** Days of the course that the dosage states. */
export function boundsDays(dosage: Json | undefined): number | undefined {
  return wholeDays(repeatOf(dosage)?.['boundsDuration']);
}

/**
 * Amount divided by the daily dose. Only where both are counted in the same unit, the timing is regular and the drug
 * is not taken as needed: anything else would be a guess.
 */
export function daysOfAmount(amount: Json | undefined, dosage: Json | undefined): number | undefined {
  const total = exact(amount);
  const dose = doseOf(dosage);
  const each = exact(dose);
  const repeat = repeatOf(dosage);
  const times = number(repeat?.['frequency']);
  const every = inDays({ value: number(repeat?.['period']), unit: text(repeat?.['periodUnit']) });
  const asNeeded = flag(dosage?.['asNeededBoolean']) || object(dosage?.['asNeededCodeableConcept']);
  if (asNeeded || !total || !each || !times || !every || !haveOneUnit(amount, dose)) return undefined;
  const whole = Math.ceil(total / ((each * times) / every));
  return whole >= 1 && whole <= 3650 ? whole : undefined;
}

/** Both name their unit by one code, or by spellings of one unit. */
function haveOneUnit(amount: Json | undefined, dose: Json | undefined): boolean {
  const isSame = sentUnit(amount) === sentUnit(dose) && amount?.['system'] === dose?.['system'];
  return isSame || ucumOf(amount) === ucumOf(dose);
}

interface Course {
  readonly start: Moment;
  /** An end that the source states. */
  readonly stated?: Moment | undefined;
  readonly daysSupply?: number | undefined;
  readonly amount?: Json | undefined;
  readonly dosage?: Json | undefined;
  /** Days that the kind of record stands for where nothing else is known: 1 for what was given, 30 for a prescription. */
  readonly assumedDays: number;
}

export interface CourseEnd {
  readonly endDate: string;
  readonly endDatetime: string | undefined;
  readonly verbatimEndDate: string | undefined;
}

/**
 * The end of a drug exposure, in the order of Themis: the stated end; start + days' supply - 1; amount by daily dose.
 * Otherwise it is what the kind of record stands for: an administration ends when it starts, a prescription after 30
 * days.
 */
export function courseEnd(reading: Reading, course: Course): CourseEnd {
  const stated = endAfter(reading, course.start, course.stated);
  if (stated) {
    return { endDate: stated.date, endDatetime: stated.datetime, verbatimEndDate: stated.date };
  }
  const length =
    positive(course.daysSupply) ??
    positive(boundsDays(course.dosage)) ??
    daysOfAmount(course.amount, course.dosage) ??
    course.assumedDays;
  return {
    endDate: addDays(course.start.date, length - 1),
    // What ends when it starts has the time of its start; of the last of several days the time is not known.
    endDatetime: length === 1 ? course.start.datetime : undefined,
    verbatimEndDate: undefined,
  };
}

function positive(n: number | undefined): number | undefined {
  return n !== undefined && n > 0 ? n : undefined;
}

function repeatOf(dosage: Json | undefined): Json | undefined {
  return object(object(dosage?.['timing'])?.['repeat']);
}
