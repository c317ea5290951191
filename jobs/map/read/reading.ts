/**
 * One reading of a resource. What makes the resource unfit (the first reason counts), the codes that found no
 * Standard concept and the parts left out are noted here while the mapper reads, so that nothing is dropped silently
 * and the mapper itself stays a list of columns.
 */

import { type Moment, readMoment } from '../cdm/dates.ts';
import type { Link, Ref } from '../cdm/link.ts';
import type { RuleCode } from '../rules.ts';
import type { Expectation, MapContext, Outcome, Relations, Resource, Row, UnmappedCode } from '../types.ts';
import { isModified, type Json, number, object, objects, text } from './fhir.ts';
import { readIdentifier, readReference } from './references.ts';

type Refusal = Exclude<Outcome, { kind: 'rows' }>;

export interface Reading {
  readonly resource: Resource;
  readonly context: MapContext;
  readonly unmapped: UnmappedCode[];
  readonly omitted: Set<RuleCode>;
  refusal: Refusal | undefined;
}

export function read(resource: Resource, context: MapContext): Reading {
  return { resource, context, unmapped: [], omitted: new Set(), refusal: undefined };
}

export function excluded(rule: RuleCode): Refusal {
  return { kind: 'excluded', rule };
}

export function failed(reason: Expectation, field: string): Refusal {
  return { kind: 'failed', reason, field };
}

/** The rows, unless something made the resource unfit while it was read. */
export function result(
  reading: Reading,
  rows: readonly Row[],
  more: {
    readonly person?: Ref | undefined;
    readonly awaits?: Ref | undefined;
    readonly relations?: Relations | undefined;
  } = {},
): Outcome {
  if (reading.refusal) return reading.refusal;
  const { unmapped, omitted } = reading;
  return {
    kind: 'rows',
    rows,
    unmapped,
    person: more.person,
    awaits: more.awaits,
    relations: more.relations && said(more.relations) ? more.relations : undefined,
    omitted: omitted.size > 0 ? [...omitted] : undefined,
  };
}

function said({ diagnoses, links, merges, identifiers }: Relations): boolean {
  return [diagnoses, links, merges, identifiers].some((list) => list !== undefined && list.length > 0);
}

/** A date element: undefined when it is absent; what is not a FHIR date fails the resource. */
export function moment(
  reading: Reading,
  parent: Json | undefined,
  element: string,
  options: { readonly partial?: 'first' | 'last'; readonly path?: string } = {},
): Moment | undefined {
  const sent = parent?.[element];
  if (sent === undefined || sent === null) return undefined;
  const found = readMoment(sent, reading.context.settings.timezone, options.partial);
  if (!found) {
    reading.refusal ??= failed(
      'Expected a FHIR date or dateTime of an existing day between 1800 and 2200',
      `${reading.resource.resourceType}.${options.path ?? element}`,
    );
  }
  return found;
}

/**
 * Why a resource with this status is not loaded: entered in error, or not (or not yet) realized (f2o-060). FHIR requires
 * a status of all these types, so one without it is broken.
 */
export function unrealized(resource: Resource, realized: ReadonlySet<string>): Refusal | undefined {
  const status = text(resource['status']);
  if (status === undefined) return failed('Expected a status', `${resource.resourceType}.status`);
  if (status === 'entered-in-error') return excluded('entered-in-error');
  return realized.has(status) ? undefined : excluded('status-not-realized');
}

export interface Span {
  readonly start: Moment | undefined;
  readonly end: Moment | undefined;
}

export function period(reading: Reading, parent: Json | undefined, element: string): Span {
  const it = object(parent?.[element]);
  return {
    start: moment(reading, it, 'start', { path: `${element}.start` }),
    end: moment(reading, it, 'end', { path: `${element}.end` }),
  };
}

/**
 * `element` as a choice of types: elementDateTime, elementInstant or elementPeriod.
 */
export function choiceOfDates(reading: Reading, parent: Json, element: string): Span {
  const point = moment(reading, parent, `${element}DateTime`) ?? moment(reading, parent, `${element}Instant`);
  return point ? { start: point, end: undefined } : period(reading, parent, `${element}Period`);
}

/** An end that comes before its start is no end. */
export function endAfter(reading: Reading, start: Moment, end: Moment | undefined): Moment | undefined {
  if (!end) return undefined;
  const reversed =
    end.date < start.date ||
    (end.date === start.date && !!end.datetime && !!start.datetime && end.datetime < start.datetime);
  if (!reversed) return end;
  reading.omitted.add('end-before-start');
  return undefined;
}

/** The Patient that `subject` or `patient` names. Without one the resource is unfit. */
export function patient(reading: Reading, element: string): Ref {
  const { resource, context } = reading;
  const pointer = readReference(resource[element], context.settings);
  if (pointer?.kind === 'uuid') return { types: ['Patient'], id: pointer.id };
  if (pointer?.kind === 'typed' && pointer.type === 'Patient') return { types: ['Patient'], id: pointer.id };
  reading.refusal ??=
    pointer?.kind === 'typed'
      ? excluded('subject-not-patient')
      : failed('Expected a reference to a Patient of this server', `${resource.resourceType}.${element}`);
  return { types: ['Patient'], id: '' };
}

const VISITS = ['Encounter'];
const PROVIDERS = ['Practitioner', 'PractitionerRole'];
const CARE_SITES = ['Organization'];
const PLACES = ['Location'];

export const encounter = (reading: Reading, reference: unknown): Link | undefined =>
  link(reading, reference, VISITS);
export const provider = (reading: Reading, reference: unknown): Link | undefined =>
  link(reading, reference, PROVIDERS);
export const careSite = (reading: Reading, reference: unknown): Link | undefined =>
  link(reading, reference, CARE_SITES);
export const place = (reading: Reading, reference: unknown): Link | undefined =>
  link(reading, reference, PLACES);

function link(reading: Reading, sent: unknown, types: readonly string[]): Link | undefined {
  const found = reference(reading, sent, types);
  return found && { ref: found };
}

/** Types whose business identifiers are kept (as hashes): no Patient's, no Encounter's. */
const IDENTIFIED = new Set([...PROVIDERS, ...CARE_SITES, ...PLACES]);

/** The business identifiers by which others may refer to this resource. */
export function identifiersOf(reading: Reading): Relations['identifiers'] {
  return objects(reading.resource['identifier']).flatMap((one) => readIdentifier(one) ?? []);
}

/** Where a Reference element points, if that is to one of these types. */
export function reference(reading: Reading, sent: unknown, types: readonly string[]): Ref | undefined {
  const pointer = readReference(sent, reading.context.settings);
  if (pointer?.kind === 'uuid') return { types, id: pointer.id };
  if (pointer?.kind === 'identified') {
    const named = types.filter((type) => (pointer.type ?? type) === type && IDENTIFIED.has(type));
    return named.length > 0 ? { types: named, id: '', identifier: pointer.identifier } : undefined;
  }
  return pointer?.kind === 'typed' && types.includes(pointer.type)
    ? { types: [pointer.type], id: pointer.id }
    : undefined;
}

/** The first performer that is a practitioner and that no modifierExtension takes back. */
export function performer(reading: Reading, performers: readonly Json[], element: string): Link | undefined {
  for (const one of performers) {
    if (isModified(one)) {
      reading.omitted.add('component-modifier-extension');
      continue;
    }
    const found = provider(reading, one[element]);
    if (found) return found;
  }
  return undefined;
}

/** Does the reference name the patient or a relative: is this what they say themselves (f2o-053)? */
export function isSelfReported(reading: Reading, reference: unknown): boolean {
  const pointer = readReference(reference, reading.context.settings);
  return pointer?.kind === 'typed' && (pointer.type === 'Patient' || pointer.type === 'RelatedPerson');
}

/** A Quantity or Duration in whole days, or undefined when its unit is none of time. */
export function days(quantity: unknown): number | undefined {
  const it = object(quantity);
  const value = number(it?.['value']);
  const unit = text(it?.['code']) ?? text(it?.['unit']);
  if (value === undefined || unit === undefined || value < 0) return undefined;
  const each = DAYS_OF_UNIT.get(unit.toLowerCase());
  if (each === undefined) return undefined;
  const whole = Math.round(value * each);
  return whole <= 36_500 ? whole : undefined;
}

const DAYS_OF_UNIT = new Map([
  ['d', 1],
  ['day', 1],
  ['days', 1],
  ['wk', 7],
  ['week', 7],
  ['weeks', 7],
  ['mo', 30],
  ['month', 30],
  ['months', 30],
  ['a', 365],
  ['year', 365],
  ['years', 365],
]);
