import { describe, expect, it } from 'vitest';
import { cronFault, nextDue, nextTimes } from '../../jobs/connection/schedule.ts';
import { ScheduleSchema } from '../../jobs/connection/settings/schedule.ts';

/** A Friday. */
const FROM = new Date('2026-11-20T10:00:00Z');
const iso = (times: Date[]) => times.map((time) => time.toISOString().slice(0, 16));

describe('a cron expression', () => {
  it.each([
    '* * * * *',
    '30 2 * * *',
    '*/15 0-6 1,15 JAN-mar mon-fri',
    '0 0 31 12 7',
    '5/10 * * * sun',
    '0 3 L * *',
    '0 3 * * 1#1',
  ])('may be %s', (text) => {
    expect(cronFault(text)).toBeUndefined();
  });

  it.each([
    ['', /five fields.* 0$/],
    ['* * * *', /five fields.* 4$/],
    ['0 0 * * * *', /five fields.* 6$/],
    ['60 * * * *', /60.*0-59/],
    ['* 24 * * *', /24.*0-23/],
    ['* * 0 * *', /0.*1-31/],
    ['* * * foo *', /foo/],
    ['* * * * 8', /8.*0-7/],
    ['9-5 * * * *', /9-5/],
    ['*/0 * * * *', /0/],
    ['1,,2 * * * *', /./],
    ['H 3 * * *', /jitter_minutes/],
    ['0 0 31 2 *', /./],
    ['@daily', /five fields/],
  ])('may not be %j', (text, message) => {
    expect(cronFault(text)).toMatch(message);
  });
});

describe('the next times', () => {
  it('are those of the time zone, also over the days on which clocks are changed', () => {
    const paris = { cron: '30 2 * * *', timezone: 'Europe/Paris' };
    expect(iso(nextTimes(paris, new Date('2026-10-24T12:00:00Z'), 2))).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
    expect(iso(nextTimes(paris, new Date('2026-03-28T12:00:00Z'), 2))).toEqual([
      '2026-03-29T01:30',
      '2026-03-30T00:30',
    ]);
  });

  it('are one interval apart', () => {
    expect(iso(nextTimes({ every_seconds: 5400 }, FROM, 3))).toEqual([
      '2026-11-20T11:30',
      '2026-11-20T13:00',
      '2026-11-20T14:30',
    ]);
  });

  it('are none within a blackout: what falls into it is due once, at its end', () => {
    const day = { cron: '0 * * * *', blackouts: [{ from: '10:30', to: '18:00' }] };
    expect(iso(nextTimes(day, FROM, 3))).toEqual([
      '2026-11-20T18:00',
      '2026-11-20T19:00',
      '2026-11-20T20:00',
    ]);
    const weekdays = { ...day, blackouts: [{ from: '10:30', to: '18:00', days: ['sat' as const] }] };
    expect(iso(nextTimes(weekdays, FROM, 2))).toEqual(['2026-11-20T11:00', '2026-11-20T12:00']);
  });

  it('leave a blackout that goes over midnight, and one that another follows', () => {
    const blackouts = [
      { from: '22:00', to: '04:00' },
      { from: '04:00', to: '06:30' },
    ];
    const night = { every_seconds: 3600, timezone: 'America/New_York', blackouts };
    // 22:00 in New York is 03:00 UTC, 06:30 is 11:30 UTC.
    expect(iso(nextTimes(night, new Date('2026-11-20T01:30:00Z'), 3))).toEqual([
      '2026-11-20T02:30',
      '2026-11-20T11:30',
      '2026-11-20T12:30',
    ]);
  });

  it('begin a window with its first moment and end it with its last', () => {
    const edges = { cron: '0 * * * *', blackouts: [{ from: '11:00', to: '12:00' }] };
    expect(iso(nextTimes(edges, FROM, 2))).toEqual(['2026-11-20T12:00', '2026-11-20T13:00']);
  });

  it('come later by the jitter, never earlier, and not into a blackout', () => {
    const schedule = { cron: '0 * * * *', jitter_minutes: 20 };
    const due = [0, 0.5, 0.999].map((chance) => nextDue(schedule, FROM, chance) as Date);
    expect(iso(due)).toEqual(['2026-11-20T11:00', '2026-11-20T11:10', '2026-11-20T11:19']);
    const dark = { ...schedule, blackouts: [{ from: '11:05', to: '15:00' }] };
    expect(iso([nextDue(dark, FROM, 0.9) as Date])).toEqual(['2026-11-20T15:00']);
  });
});

describe('a schedule', () => {
  it.each([
    [{}, /either cron or every_seconds/],
    [{ cron: '0 3 * * *', every_seconds: 60 }, /either cron or every_seconds/],
    [{ cron: '61 * * * *' }, /Not a cron expression/],
    [{ every_seconds: 0 }, />=1/],
    [{ every_seconds: 60, blackouts: [{ from: '7:00', to: '08:00' }] }, /time of the day/],
    [{ every_seconds: 60, blackouts: [{ from: '00:00', to: '24:00' }] }, /time of the day/],
    [{ every_seconds: 60, blackouts: [{ from: '07:00', to: '07:00' }] }, /the same/],
    [
      {
        every_seconds: 60,
        blackouts: [
          { from: '00:00', to: '12:00' },
          { from: '12:00', to: '00:00' },
        ],
      },
      /leave no time/,
    ],
    [{ every_seconds: 60, timezone: 'Mars/Olympus' }, /time zone/],
    [
      { every_seconds: 60, timezone: 'Mars/Olympus', blackouts: [{ from: '07:00', to: '08:00' }] },
      /time zone/,
    ],
  ])('may not be %j', (schedule, message) => {
    expect(ScheduleSchema.safeParse(schedule).error?.message).toMatch(message);
  });

  it('may be all of it at once', () => {
    const schedule = {
      cron: '0 3 * * *',
      timezone: 'Europe/Berlin',
      blackouts: [{ from: '07:00', to: '19:00', days: ['mon', 'fri'] }],
      jitter_minutes: 30,
      run_on_startup: true,
    };
    expect(ScheduleSchema.parse(schedule)).toEqual(schedule);
  });
});
