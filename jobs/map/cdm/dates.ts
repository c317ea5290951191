/**
 * FHIR date, dateTime and instant → CDM date and datetime.
 *
 * - The wall-clock time as sent; where the connection has a `timezone`, a value with an offset is moved to it, so that
 *   all *_datetime of a CDM are in one zone (guide, f2o-072). Values without an offset stay as they are.
 * - Partial dates: year → 1 January, month → its first day; for a death the last day (Themis, Death date).
 * - What is no FHIR date, no day of the calendar, or not in a plausible year, gives the reason instead.
 * - The first and the last day that software can write (0001-01-01, 9999-12-31) stand for "no date".
 */

import { Remembered } from '../read/remembered.ts';

export interface Moment {
  /** YYYY-MM-DD */
  readonly date: string;
  /** YYYY-MM-DD HH:MM:SS[.ffffff], only where a time of day was sent. */
  readonly datetime: string | undefined;
}

/** Why a date cannot be used. */
export type DateFault = 'absent' | 'not-a-date' | 'offset' | 'no-such-day' | 'implausible-year';

export interface Years {
  readonly from: number;
  readonly to: number;
}

export const isMoment = (read: Moment | DateFault): read is Moment => typeof read !== 'string';

const FHIR_DATE =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?([Zz]|[+-]\d\d:\d\d)?)?)?)?$/;

/** A time whose offset is not written as FHIR wants it. */
const OFFSET = /^\d{4}-\d\d-\d\d[Tt ][\d:.]{4,30}[+-]\d{1,4}$/;

/** What one visit brings has few different times: the last ones are remembered, by time zone. */
const remembered = new Map<string | undefined, Remembered<Moment>>();
const MOST_ZONES = 10;
/** With nine digits of a second and an offset a time has 35 characters. */
const LIMITS = { most: 5000, longest: 40 };

export function readMoment(
  value: unknown,
  years: Years,
  timezone?: string,
  partial: 'first' | 'last' = 'first',
): Moment | DateFault {
  const read = parsed(value, timezone, partial);
  if (!isMoment(read)) return read;
  const year = Number(read.date.slice(0, 4));
  return year < years.from || year > years.to ? 'implausible-year' : read;
}

function parsed(value: unknown, timezone: string | undefined, partial: 'first' | 'last'): Moment | DateFault {
  if (typeof value !== 'string') return 'not-a-date';
  if (partial === 'last') return parseMoment(value, timezone, partial);
  let moments = remembered.get(timezone);
  if (!moments) {
    if (remembered.size >= MOST_ZONES) remembered.clear();
    moments = new Remembered(LIMITS);
    remembered.set(timezone, moments);
  }
  const known = moments.get(value);
  if (known) return known;
  const moment = parseMoment(value, timezone, partial);
  if (isMoment(moment)) moments.set(value, moment);
  return moment;
}

/** Years of which software makes "no date", wherever the clock of a zone moves it. */
const isNoYear = (year: number): boolean => year <= 1 || year === 9999;

function parseMoment(
  value: string,
  timezone: string | undefined,
  partial: 'first' | 'last',
): Moment | DateFault {
  const sent = value.trim();
  const found = FHIR_DATE.exec(sent);
  if (!found) return OFFSET.test(sent) ? 'offset' : 'not-a-date';
  const [, y, m, d, hour, minute, second, fraction, offset] = found;
  const year = Number(y);
  if (isNoYear(year)) return 'absent';
  const month = m === undefined ? (partial === 'first' ? 1 : 12) : Number(m);
  if (month < 1 || month > 12) return 'no-such-day';
  const last = daysIn(year, month);
  const day = d === undefined ? (partial === 'first' ? 1 : last) : Number(d);
  if (day < 1 || day > last) return 'no-such-day';
  const date = d === undefined ? formatDate(year, month, day) : sent.slice(0, 'YYYY-MM-DD'.length);
  if (hour === undefined || minute === undefined) return { date, datetime: undefined };
  // A leap second (60) is written as 59: Postgres would move it to the next minute.
  const seconds = second === undefined ? 0 : Math.min(Number(second), 59);
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 60) return 'no-such-day';
  const digits = fraction === undefined ? '' : `.${fraction.slice(0, 6)}`;
  const shift = offset === undefined ? 0 : offsetMinutes(offset);
  if (shift === undefined) return 'offset';
  if (timezone === undefined || offset === undefined) {
    return { date, datetime: `${date} ${hour}:${minute}:${pad(seconds)}${digits}` };
  }
  const instant =
    instantOf(year, month, day) + ((Number(hour) * 60 + Number(minute) - shift) * 60 + seconds) * 1000;
  return wallClock(instant, timezone, digits);
}

/** Whole days later, in the calendar: `addDays('2024-02-28', 1)` is 29 February. */
export function addDays(date: string, days: number): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const moved = new Date(instantOf(year, month, day + days));
  return formatDate(moved.getUTCFullYear(), moved.getUTCMonth() + 1, moved.getUTCDate());
}

/** For the columns of which the CDM says "if no time is given, set it to midnight". */
export function orMidnight(moment: Moment): string {
  return moment.datetime ?? `${moment.date} 00:00:00`;
}

/** The first moment of a day in UTC. Date.UTC itself takes the years below 100 for those of the 20th century. */
function instantOf(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0);
}

function formatDate(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${pad(month)}-${pad(day)}`;
}

function pad(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}

function offsetMinutes(offset: string): number | undefined {
  if (offset === 'Z' || offset === 'z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(4, 6));
  if (hours > 14 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** Formatters are costly to make and depend on nothing but the name of the zone. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function wallClock(instant: number, timezone: string, digits: string): Moment {
  let formatter = formatters.get(timezone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone: timezone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(timezone, formatter);
  }
  const part = new Map(formatter.formatToParts(instant).map((p) => [p.type, p.value]));
  const date = `${part.get('year')?.padStart(4, '0')}-${part.get('month')}-${part.get('day')}`;
  return {
    date,
    datetime: `${date} ${part.get('hour')}:${part.get('minute')}:${part.get('second')}${digits}`,
  };
}
