/**
 * One reading of a resource. What makes the resource unfit (the first reason counts), the codes that found no
 * Standard concept and the parts left out are noted here while the mapper reads, so that nothing is dropped silently
 * and the mapper itself stays a list of columns.
 */

import { type DateFault, isMoment, type Moment, readMoment, type Years } from '../cdm/dates.ts';
import type { Link, Ref } from '../cdm/link.ts';
import type { RuleCode } from '../rules.ts';
import type {
  Clock,
  Expectation,
  MapContext,
  Outcome,
  Relations,
  Resource,
  Row,
  UnkeptAnswer,
  UnmappedCode,
} from '../types.ts';
import { isModified, type Json, object, objects, text } from './fhir.ts';
import { readIdentifier, readReference } from './references.ts';

type Refusal = Extract<Outcome, { kind: 'excluded' | 'failed' }>;

export interface Reading {
  readonly resource: Resource;
  readonly context: MapContext;
  readonly unmapped: UnmappedCode[];
  readonly omitted: Set<RuleCode>;
  readonly unkept: UnkeptAnswer[];
  refusal: Refusal | undefined;
  /** The Encounter that tells when it happened, and has not arrived. */
  awaitsDate: Ref | undefined;
  /** Times that keep their clock came in UTC, or with another offset. */
  sendsUtc: boolean;
  sendsOffsets: boolean;
}

export function read(resource: Resource, context: MapContext): Reading {
  return {
    resource,
    context,
    unmapped: [],
    omitted: new Set(),
    unkept: [],
    refusal: undefined,
    awaitsDate: undefined,
    sendsUtc: false,
    sendsOffsets: false,
  };
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
  const { unmapped, omitted, unkept } = reading;
  return {
    kind: 'rows',
    rows,
    unmapped,
    person: more.person,
    awaits: more.awaits,
    relations: more.relations && said(more.relations) ? more.relations : undefined,
    omitted: omitted.size > 0 ? [...omitted] : undefined,
    unkept: unkept.length > 0 ? unkept : undefined,
    clocks: clocksOf(reading),
  };
}

function said({ diagnoses, links, merges, role, identifiers }: Relations): boolean {
  if (role) return true;
  return [diagnoses, links, merges, identifiers].some((list) => list !== undefined && list.length > 0);
}

interface DateOptions {
  readonly partial?: 'first' | 'last';
  readonly path?: string;
  /** The resource can do without: a date that cannot be used is left out and noted. Else it fails the resource. */
  readonly optional?: boolean;
}

/** A date element; undefined when it is absent or cannot be used. */
export function moment(
  reading: Reading,
  parent: Json | undefined,
  element: string,
  options: DateOptions = {},
): Moment | undefined {
  const sent = parent?.[element];
  if (sent === undefined || sent === null) return undefined;
  const { settings } = reading.context;
  const years = { from: settings.earliestYear, to: settings.latestYear };
  const found = readMoment(sent, years, settings.timezone, options.partial);
  if (isMoment(found)) {
    if (settings.timezone === undefined) noteClock(reading, found, sent);
    return found;
  }
  if (found === 'absent') return undefined;
  if (options.optional) reading.omitted.add('date-not-usable');
  else {
    reading.refusal ??= failed(
      expected(found, years),
      `${reading.resource.resourceType}.${options.path ?? element}`,
    );
  }
  return undefined;
}

function noteClock(reading: Reading, { datetime }: Moment, sent: unknown): void {
  if (datetime === undefined || typeof sent !== 'string') return;
  const said = sent.trimEnd();
  const last = said.at(-1);
  // Zero is a wall clock's, too: that of London in winter.
  if (last === 'Z' || last === 'z') reading.sendsUtc = true;
  else if (OFFSET_SIGNS.has(said.at(-6))) reading.sendsOffsets = true;
}

const OFFSET_SIGNS = new Set<string | undefined>(['+', '-']);

function clocksOf({ sendsUtc, sendsOffsets }: Reading): readonly Clock[] | undefined {
  if (!sendsUtc) return sendsOffsets ? ['offset'] : undefined;
  return sendsOffsets ? ['utc', 'offset'] : ['utc'];
}

function expected(fault: Exclude<DateFault, 'absent'>, { from, to }: Years): `Expected ${string}` {
  if (fault === 'offset') return 'Expected a FHIR dateTime (offset as +05:00)';
  if (fault === 'no-such-day') return 'Expected a day and time of day that exist';
  return fault === 'implausible-year'
    ? `Expected a year from ${from} to ${to} (earliest_year, latest_year)`
    : 'Expected a FHIR date or dateTime (2024-05-01, 2024-05-01T08:00:00+05:00)';
}

/**
 * Why a resource with this status is not loaded: entered in error, or not (or not yet) realized (f2o-060). FHIR requires
 * a status of all these types, so one without it is broken.
 */
export function unrealized(resource: Resource, realized: ReadonlySet<string>): Refusal | undefined {
  const status = text(resource['status']);
  if (status === undefined) return failed('Expected a status', `${resource.resourceType}.status`);
  if (status === 'entered-in-error') return excluded('entered-in-error');
  return realized.has(status) ? undefined : excluded(STATUS_RULES.get(status) ?? 'status-not-realized');
}

/** What is neither cancelled nor still to come. */
const STATUS_RULES = new Map<string, RuleCode>([
  ['unknown', 'status-unknown'],
  ['health-unknown', 'status-unknown'],
  ['superseded', 'status-superseded'],
  ['registered', 'status-preliminary'],
  ['partial', 'status-preliminary'],
  ['preliminary', 'status-preliminary'],
  ['on-hold', 'status-on-hold'],
  ['suspended', 'status-on-hold'],
]);

export interface Span {
  readonly start: Moment | undefined;
  readonly end: Moment | undefined;
}

/** Where there is a start, an end is optional. */
export function period(
  reading: Reading,
  parent: Json | undefined,
  element: string,
  options: Pick<DateOptions, 'optional'> = {},
): Span {
  const it = object(parent?.[element]);
  const start = moment(reading, it, 'start', { ...options, path: `${element}.start` });
  const optional = options.optional === true || start !== undefined;
  return { start, end: moment(reading, it, 'end', { optional, path: `${element}.end` }) };
}

/**
 * `element` as a choice of types: elementDateTime, elementInstant or elementPeriod.
 */
export function choiceOfDates(
  reading: Reading,
  parent: Json,
  element: string,
  options: Pick<DateOptions, 'optional'> = {},
): Span {
  const point =
    moment(reading, parent, `${element}DateTime`, options) ??
    moment(reading, parent, `${element}Instant`, options);
  return point ? { start: point, end: undefined } : period(reading, parent, `${element}Period`, options);
}

/**
 * An event's own date, else the start of the visit whose Encounter it names (f2o-070). The visit's time of day goes with
 * it, so that the event lies within its visit.
 */
export function datedBy(reading: Reading, own: Moment | undefined, encounter: unknown): Moment | undefined {
  if (own) return own;
  const ref = reference(reading, encounter, VISITS);
  if (!ref) return undefined;
  const known = reading.context.encounter(ref);
  if (!known) reading.awaitsDate = ref;
  return known?.start;
}

/** What becomes of an event that nothing dates: it waits for its Encounter, or there is nothing to wait for. */
export function undated({ awaitsDate }: Reading): Outcome {
  return awaitsDate ? { kind: 'waits', awaits: awaitsDate } : excluded('no-date');
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
