/** In which clocks a resource's times came: counted, so that a connection without a time zone can be told of two. */
import { expect, test } from 'vitest';
import { map } from '../../jobs/map/index.ts';
import { newContext } from './cases/context.ts';

function clocks(start: unknown, end?: unknown, timezone?: string): unknown {
  const outcome = map(
    {
      resourceType: 'Procedure',
      id: 'r1',
      status: 'completed',
      code: { coding: [{ system: 'http://snomed.info/sct', code: '80146002' }] },
      subject: { reference: 'Patient/p1' },
      performedPeriod: { start, end },
    },
    newContext(timezone === undefined ? {} : { timezone }),
  );
  return outcome.kind === 'rows' ? outcome.clocks : outcome;
}

test.each([
  ['a time in UTC', '2024-05-03T09:00:00Z', undefined, ['utc']],
  ['a time in UTC in a small letter, with a space behind it', '2024-05-03T09:00:00z ', undefined, ['utc']],
  ['a time east of UTC', '2024-05-03T09:00:00+02:00', undefined, ['offset']],
  ['a time west of UTC, with a space behind it', '2024-05-03T09:00:00.5-05:00 ', undefined, ['offset']],
  [
    'a time in UTC and one with an offset',
    '2024-05-03T09:00:00Z',
    '2024-05-03T12:00:00+02:00',
    ['utc', 'offset'],
  ],
  ['two times in UTC', '2024-05-03T09:00:00Z', '2024-05-03T12:00:00Z', ['utc']],
  ['a time without an offset', '2024-05-03T09:00:00', undefined, undefined],
  ['a day', '2024-05-03', '2024-05-04', undefined],
])('%s is told as such', (_, start, end, expected) => {
  expect(clocks(start, end)).toEqual(expected);
});

test('times that are moved to a time zone are told of no clock', () => {
  expect(clocks('2024-05-03T09:00:00Z', '2024-05-03T12:00:00+02:00', 'UTC')).toBeUndefined();
});
