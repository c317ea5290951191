/**
 * A plausible population, the same for the same seed: people of all ages with long-term problems, visits of every
 * class, vital signs, laboratory, prescriptions, vaccinations, allergies; coded as US hospitals code, with the gaps
 * that theirs have. Made patient by patient, so that half a million resources never sit in memory at once.
 */

import type { Resource } from '../../jobs/map/types.ts';
import { allergies } from './population/allergies.ts';
import type { Chart } from './population/chart.ts';
import { birthRecord, diagnosis, PROBLEMS, problem } from './population/conditions.ts';
import { encounter, newVisit } from './population/encounter.ts';
import { createFacility, type Facility } from './population/facility.ts';
import { immunizations } from './population/immunizations.ts';
import { labs } from './population/labs.ts';
import { medicationRequests } from './population/medications.ts';
import { type Person, patient } from './population/patient.ts';
import { procedures } from './population/procedures.ts';
import { surveys } from './population/surveys.ts';
import { DAY, HOUR, YEAR } from './population/time.ts';
import { vitals } from './population/vitals.ts';
import { createRandom, type Random } from './random.ts';

export interface PopulationOptions {
  readonly seed: string | number;
  readonly patients: number;
  /** Dates `YYYY-MM-DD` between which things happen; by default the six years before 2026-11-01. */
  readonly from?: string;
  readonly to?: string;
  /** Base of the FHIR server, for the references that are absolute. */
  readonly base?: string;
}

export const DEFAULT_BASE = 'https://ehr.example/fhir';

export function* population(options: PopulationOptions): Generator<Resource> {
  const facility = createFacility(String(options.seed));
  yield* facility.resources;
  for (let n = 0; n < options.patients; n++) yield* patientRecord(options, facility, n);
}

/** Everything about the n-th patient. It depends on the seed and on n alone, not on how many others there are. */
export function* patientRecord(
  options: PopulationOptions,
  facility: Facility,
  n: number,
): Generator<Resource> {
  const from = Date.parse(options.from ?? '2020-11-01');
  const to = Date.parse(options.to ?? '2026-11-01');
  const random = createRandom(`${options.seed}/patient/${n}`);
  const person = newPerson(random, from, to);
  const until = Math.min(to, person.died ?? to);
  const problems = PROBLEMS.filter(
    ([, share, fromAge]) => random.chance(share) && until - person.born > fromAge * YEAR,
  ).map(([code]) => code);
  const chart: Chart = {
    random,
    facility,
    base: options.base ?? DEFAULT_BASE,
    patientId: person.id,
    female: person.female,
    born: person.born,
    problems,
  };

  yield patient(random, facility, person);
  const start = Math.max(from, person.born);
  for (const code of problems) yield problem(chart, code, start - random.int(0, 900) * DAY);
  if (person.born > from) yield birthRecord(chart);
  yield* allergies(chart, start);
  yield* visits(chart, start, until, to);
}

/** What one visit leaves in the record, the Encounter first. `now`: the last moment that is known. */
export function* visitRecord(
  chart: Chart,
  start: number,
  now: number,
  visitClass?: string,
): Generator<Resource> {
  const { random } = chart;
  const visit = newVisit(chart, start, visitClass);
  const status = random.weighted([
    [955, 'finished'],
    [22, 'cancelled'],
    [15, 'planned'],
    [8, 'entered-in-error'],
  ] as const);
  yield encounter(chart, visit, status, now);
  if (status !== 'finished') return;
  const seen = visit.class !== 'VR';
  if (seen) yield* vitals(chart, visit);
  yield* surveys(chart, visit);
  if (random.chance(0.6)) yield diagnosis(chart, visit);
  if (seen && random.chance(visit.class === 'IMP' ? 0.95 : 0.42)) yield* labs(chart, visit);
  yield* medicationRequests(chart, visit);
  yield* procedures(chart, visit);
  if (seen) yield* immunizations(chart, visit);
}

function* visits(chart: Chart, start: number, until: number, now: number): Generator<Resource> {
  const { random } = chart;
  const perYear = 1 + chart.problems.length * 0.45 + ((now - chart.born) / YEAR > 65 ? 0.8 : 0);
  let at = start + random.next() * (YEAR / perYear);
  while (at < until) {
    yield* visitRecord(chart, officeHours(random, at), now);
    at += Math.max(0.04, random.normal(1, 0.45)) * (YEAR / perYear);
  }
  // Somebody is always in a bed.
  if (until === now && random.chance(0.03))
    yield* visitRecord(chart, now - random.int(6, 40) * HOUR, now, 'IMP');
}

function newPerson(random: Random, from: number, to: number): Person {
  const oldest = random.weighted([
    [2, 0],
    [16, 18],
    [40, 55],
    [34, 82],
    [8, 98],
  ] as const);
  const born =
    oldest === 0
      ? from + random.next() * (to - from) * 0.8
      : to - Math.max(1, random.normal(oldest * 0.8, 8)) * YEAR;
  const died = oldest >= 82 && random.chance(0.16) ? from + random.next() * (to - from) : undefined;
  return { id: random.uuid(), female: random.chance(0.51), born: Math.floor(born), died };
}

/** Visits begin between 8 and 17 o'clock Eastern time, at a full five minutes. */
function officeHours(random: Random, at: number): number {
  return Math.floor(at / DAY) * DAY + 13 * HOUR + random.int(0, 107) * 5 * 60_000;
}
