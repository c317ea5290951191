/**
 * A day at the hospital: for each of so many patients one thing that happens (a visit, a corrected result, a problem
 * resolved, a record entered in error, a medication stopped, a move), and besides a new patient and one deletion.
 */

import type { Resource } from '../../jobs/map/types.ts';
import { hl7, SYSTEMS } from './codes.ts';
import type { Chart } from './population/chart.ts';
import type { Facility } from './population/facility.ts';
import { address } from './population/facility.ts';
import { dateTime, HOUR } from './population/time.ts';
import { patientRecord, visitRecord } from './population.ts';
import { createRandom, type Random } from './random.ts';
import { object, parseEntry, type Store } from './store.ts';

export type Change =
  | { readonly kind: 'put'; readonly resource: Resource }
  | { readonly kind: 'remove'; readonly type: string; readonly id: string };

type Event = 'visit' | 'corrected' | 'resolved' | 'entered in error' | 'stopped' | 'moved';

/** Dealt in turn, so that a day with few patients has something of everything too. */
const EVENTS: readonly Event[] = [
  'visit',
  'corrected',
  'resolved',
  'stopped',
  'visit',
  'entered in error',
  'moved',
  'visit',
  'corrected',
  'visit',
];

interface ChangeOptions {
  readonly seed: string | number;
  readonly patients: number;
  readonly store: Store;
  readonly base: string;
  readonly now: number;
}

export function* changes(options: ChangeOptions): Generator<Change> {
  const { store, base, now } = options;
  const random = createRandom(`${options.seed}/changes`);
  const facility = facilityOf(store);
  const chosen = choose(random, liveIds(store, 'Patient'), options.patients);
  const records = recordsOf(store, new Set(chosen));
  for (const [n, id] of chosen.entries()) {
    const record = records.get(id) ?? [];
    const happened = happening(random, EVENTS[n % EVENTS.length] ?? 'visit', record, now);
    if (happened !== undefined) yield { kind: 'put', resource: happened };
    else for (const resource of visitOf(random, facility, record, base, now)) yield { kind: 'put', resource };
  }
  const newcomer = { seed: `${options.seed}/newcomer`, patients: 1, base, to: new Date(now).toISOString() };
  for (const resource of patientRecord(newcomer, facility, 0)) yield { kind: 'put', resource };
  const [removed] = choose(random, liveIds(store, 'Observation'), 1);
  if (removed !== undefined) yield { kind: 'remove', type: 'Observation', id: removed };
}

/** One resource of the record as it is afterwards; undefined when nothing fits, or when it is to be a visit. */
function happening(
  random: Random,
  event: Event,
  record: readonly Resource[],
  now: number,
): Resource | undefined {
  const one = (type: string, fits: (resource: Resource) => boolean) => {
    const candidates = record.filter((resource) => resource.resourceType === type && fits(resource));
    return candidates.length === 0 ? undefined : random.pick(candidates);
  };
  switch (event) {
    case 'visit':
      return undefined;
    case 'corrected': {
      const result = one('Observation', (o) => o['status'] === 'final' && number(o) !== undefined);
      return result && { ...result, status: 'corrected', valueQuantity: shifted(random, result) };
    }
    case 'resolved': {
      const active = one('Condition', (c) => statusCode(c) === 'active');
      return (
        active && {
          ...active,
          clinicalStatus: hl7('condition-clinical', 'resolved'),
          abatementDateTime: dateTime(now),
        }
      );
    }
    case 'entered in error': {
      const wrong = one('Observation', (o) => o['status'] === 'final');
      return wrong && { ...wrong, status: 'entered-in-error' };
    }
    case 'stopped': {
      const running = one('MedicationRequest', (m) => m['status'] === 'active');
      return running && { ...running, status: 'stopped' };
    }
    case 'moved': {
      const patient = one('Patient', () => true);
      return patient && { ...patient, address: [address(random)] };
    }
  }
}

function visitOf(
  random: Random,
  facility: Facility,
  record: readonly Resource[],
  base: string,
  now: number,
): Iterable<Resource> {
  const patient = record.find(({ resourceType }) => resourceType === 'Patient');
  if (patient === undefined) return [];
  const chart: Chart = {
    random,
    facility,
    base,
    patientId: patient.id,
    female: patient['gender'] === 'female',
    born: Date.parse(String(patient['birthDate'] ?? '1970-01-01')),
    problems: record.filter(({ resourceType }) => resourceType === 'Condition').flatMap(snomedCodes),
  };
  return visitRecord(chart, now - random.int(6, 20) * HOUR, now);
}

/** Of everything stored, what belongs to these patients. */
function recordsOf(store: Store, patients: ReadonlySet<string>): Map<string, Resource[]> {
  const records = new Map<string, Resource[]>();
  for (const type of store.types()) {
    for (const entry of store.entries(type)) {
      if (entry.deleted || entry.patient === undefined || !patients.has(entry.patient)) continue;
      const record = records.get(entry.patient);
      if (record === undefined) records.set(entry.patient, [parseEntry(entry)]);
      else record.push(parseEntry(entry));
    }
  }
  return records;
}

function facilityOf(store: Store): Facility {
  return {
    organizations: liveIds(store, 'Organization'),
    locations: liveIds(store, 'Location'),
    practitioners: liveIds(store, 'Practitioner'),
    medications: liveIds(store, 'Medication').map((id) => ({ id, text: 'medication' })),
    resources: [],
  };
}

function liveIds(store: Store, type: string): string[] {
  const ids: string[] = [];
  for (const entry of store.entries(type)) if (!entry.deleted) ids.push(entry.id);
  return ids;
}

function choose(random: Random, ids: readonly string[], count: number): string[] {
  const left = [...ids];
  const chosen: string[] = [];
  while (chosen.length < count && left.length > 0) {
    chosen.push(...left.splice(random.int(0, left.length - 1), 1));
  }
  return chosen;
}

function number(observation: Resource): number | undefined {
  const value = object(observation['valueQuantity'])['value'];
  return typeof value === 'number' ? value : undefined;
}

function shifted(random: Random, observation: Resource): unknown {
  const value = Number(((number(observation) ?? 0) * (1.05 + random.next() / 10)).toFixed(1));
  return { ...object(observation['valueQuantity']), value };
}

function statusCode(condition: Resource): unknown {
  const codings = object(condition['clinicalStatus'])['coding'];
  return Array.isArray(codings) ? object(codings[0])['code'] : undefined;
}

function snomedCodes(condition: Resource): string[] {
  const codings = object(condition['code'])['coding'];
  if (!Array.isArray(codings)) return [];
  return codings
    .map(object)
    .filter(({ system }) => system === SYSTEMS.SNOMED)
    .map(({ code }) => String(code));
}
