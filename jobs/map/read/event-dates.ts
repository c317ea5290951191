/**
 * The dates of a resource: when an event began and ended, by its own elements or its Encounter. Which text is a date,
 * and how a part of one is rounded, is in cdm/dates.ts.
 */
import { type DateFault, isMoment, type Moment, readMoment, type Years } from '../cdm/dates.ts';
import type { Outcome } from '../types.ts';
import { type Json, object } from './fhir.ts';
import { reference, VISITS } from './links.ts';
import { excluded, failed, type Reading } from './reading.ts';

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

function expected(fault: Exclude<DateFault, 'absent'>, { from, to }: Years): `Expected ${string}` {
  if (fault === 'offset') return 'Expected a FHIR dateTime (offset as +05:00)';
  if (fault === 'no-such-day') return 'Expected a day and time of day that exist';
  return fault === 'implausible-year'
    ? `Expected a year from ${from} to ${to} (earliest_year, latest_year)`
    : 'Expected a FHIR date or dateTime (2024-05-01, 2024-05-01T08:00:00+05:00)';
}

export interface Span {
  readonly start: Moment | undefined;
  readonly end: Moment | undefined;
}

/** An end is optional where there is a start. */
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
