/** Dates as they are sent, up to the bounds of what is one: what a row gets of them, or why there is none. */
import { describe, expect, it, test } from 'vitest';
import type { MappingSettings } from '../../jobs/map/settings.ts';
import type { Resource } from '../../jobs/map/types.ts';
import { outcomeOf } from './cases/outcome.ts';

const NO_DATE = 'Expected a FHIR date or dateTime (2024-05-01, 2024-05-01T08:00:00+05:00)';
const NO_OFFSET = 'Expected a FHIR dateTime (offset as +05:00)';
const NO_DAY = 'Expected a day and time of day that exist';

/** The date, or the date and time, of a procedure that was performed then; or why it fails. */
function performed(sent: string, settings: Partial<MappingSettings> = {}): unknown {
  const procedure: Resource = {
    resourceType: 'Procedure',
    id: 'r1',
    status: 'completed',
    code: { coding: [{ system: 'http://snomed.info/sct', code: '80146002' }] },
    subject: { reference: 'Patient/p1' },
    performedDateTime: sent,
  };
  const found = outcomeOf({ settings, fhir: [procedure] });
  const first = (list: unknown): unknown => (Array.isArray(list) ? list[0] : undefined);
  const row = first(found['procedure_occurrence']);
  const failure = first(found['failed']);
  const cell = (of: unknown, name: string): unknown => Object(of)[name];
  return cell(failure, 'reason') ?? cell(row, 'procedure_datetime') ?? cell(row, 'procedure_date');
}

describe('a day', () => {
  test.each([
    ['of the first plausible year is read', '1800-01-01', '1800-01-01'],
    ['of the last plausible year is read', '2200-12-31', '2200-12-31'],
    ['with spaces around it is read', ' 2024-03-01 ', '2024-03-01'],
    ['of a 13th month does not exist', '2024-13-01', NO_DAY],
    ['of month 0 does not exist', '2024-00-01', NO_DAY],
    ['0 of a month does not exist', '2024-03-00', NO_DAY],
    ['is no 29 February in a year that 100 divides', '1900-02-29', NO_DAY],
    ['may be 29 February in a year that 400 divides', '2000-02-29', '2000-02-29'],
    ['after other text is no date', 'on 2024-03-01', NO_DATE],
    ['before other text is no date', '2024-03-01 or so', NO_DATE],
    ['of a month alone is its first', '2024-09', '2024-09-01'],
    ['of a year alone is its first', '2024', '2024-01-01'],
  ])('%s', (_, sent, expected) => {
    expect(performed(sent)).toBe(expected);
  });

  it('is one up to the last of its month', () => {
    const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    for (const [n, length] of lengths.entries()) {
      const month = `2023-${String(n + 1).padStart(2, '0')}`;
      expect(performed(`${month}-${length}`)).toBe(`${month}-${length}`);
      expect(performed(`${month}-${length + 1}`)).toBe(NO_DAY);
    }
  });

  it('of a year before 1000 has four digits in its year', () => {
    expect(performed('0999', { earliestYear: 900 })).toBe('0999-01-01');
    expect(performed('0999-05', { earliestYear: 900 })).toBe('0999-05-01');
    const moved = { earliestYear: 900, timezone: 'UTC' };
    expect(performed('0999-05-01T12:00:00Z', moved)).toBe('0999-05-01 12:00:00');
  });

  it('of a year before 100 is of that year, also by the clock of a zone', () => {
    const moved = { earliestYear: 2, timezone: 'America/New_York' };
    expect(performed('0050-05-01', moved)).toBe('0050-05-01');
    // By the sun, before there were zones.
    expect(performed('0050-05-01T12:00:00Z', moved)).toBe('0050-05-01 07:03:58');
  });
});

describe('a time of day', () => {
  test.each([
    ['is read up to the last second of the day', '2024-03-01T23:59:59Z', '2024-03-01 23:59:59'],
    ['of hour 24 does not exist', '2024-03-01T24:00:00Z', NO_DAY],
    ['of minute 60 does not exist', '2024-03-01T10:60:00Z', NO_DAY],
    ['in a leap second is in the one before', '2024-03-01T10:00:60Z', '2024-03-01 10:00:59'],
    ['of second 61 does not exist', '2024-03-01T10:00:61Z', NO_DAY],
    ['without seconds has none', '2024-03-01T10:05Z', '2024-03-01 10:05:00'],
    ['keeps its fraction', '2024-03-01T10:05:09.5Z', '2024-03-01 10:05:09.5'],
    ['keeps six digits of its fraction', '2024-03-01T10:05:09.1234567Z', '2024-03-01 10:05:09.123456'],
    ['of an hour alone is no date', '2024-03-01T10', NO_DATE],
  ])('%s', (_, sent, expected) => {
    expect(performed(sent)).toBe(expected);
  });
});

describe('an offset', () => {
  const inUtc = { timezone: 'UTC' };

  test.each([
    ['to the east is taken off', '2024-03-01T10:00:00+05:30', '2024-03-01 04:30:00'],
    ['to the west is added', '2024-03-01T10:00:00-05:30', '2024-03-01 15:30:00'],
    ['may lead to the day before', '2024-03-01T03:00:00+14:00', '2024-02-29 13:00:00'],
    ['may lead to the year after', '2023-12-31T23:00:00-01:00', '2024-01-01 00:00:00'],
    ['of 59 minutes is one', '2024-03-01T10:00:00+05:59', '2024-03-01 04:01:00'],
    ['of none is that of UTC', '2024-03-01T10:00:00+00:00', '2024-03-01 10:00:00'],
    ['in a small letter is that of UTC', '2024-03-01t10:00:00.25z', '2024-03-01 10:00:00.25'],
  ])('%s where times are moved to UTC', (_, sent, expected) => {
    expect(performed(sent, inUtc)).toBe(expected);
  });

  test.each([
    ['of 60 minutes', '2024-03-01T10:00:00+05:60', NO_OFFSET],
    ['of 15 hours', '2024-03-01T10:00:00+15:00', NO_OFFSET],
    ['of one digit', '2024-03-01T10:00:00+5', NO_OFFSET],
    ['without a colon', '2024-03-01T10:00:00-0500', NO_OFFSET],
    ['of five digits', '2024-03-01T10:00:00+05000', NO_DATE],
    ['before other text', '2024-03-01T10:00:00+0500 h', NO_DATE],
    ['after a date with other text before it', 'on 2024-03-01T10:00:00+0500', NO_DATE],
  ])('%s fails in the words that fit, wherever times are moved to', (_, sent, expected) => {
    expect(performed(sent)).toBe(expected);
    expect(performed(sent, inUtc)).toBe(expected);
  });
});

it('a year is the first day of what happens in it, and the last of a death, whichever is read first', () => {
  const death = (year: string) =>
    outcomeOf({ fhir: [{ resourceType: 'Patient', id: 'p1', birthDate: '1950', deceasedDateTime: year }] })[
      'death'
    ];
  expect(performed('2021')).toBe('2021-01-01');
  expect(death('2021')).toMatchObject([{ death_date: '2021-12-31' }]);
  expect(death('2022')).toMatchObject([{ death_date: '2022-12-31' }]);
  expect(performed('2022')).toBe('2022-01-01');
});
