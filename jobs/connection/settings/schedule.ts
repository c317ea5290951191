/** When syncs of a connection are started. */
import { z } from 'zod';
import { cronFault, DAYS, leavesTime } from '../schedule.ts';
import { optional } from './optional.ts';
import { isTimeZone } from './time-zone.ts';

// `abort`: what follows from a time or a zone is not looked at where it is none.
const timeOfDay = (description: string) =>
  z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, {
      error: 'Expected a time of the day from "00:00" to "23:59", such as "07:30".',
      abort: true,
    })
    .meta({ description });

const BlackoutSchema = z
  .strictObject({
    from: timeOfDay('When it begins, such as "07:00".'),
    to: timeOfDay('When it ends; over midnight where that is earlier.'),
    days: optional(z.array(z.enum(DAYS)).min(1).max(DAYS.length), 'Days on which it begins. Left out: all.'),
  })
  .refine(({ from, to }) => from !== to, 'from and to are the same.')
  .meta({ id: 'Blackout', description: 'A window in which the schedule starts nothing.' });

export const ScheduleSchema = z
  .strictObject({
    cron: optional(
      z.string().superRefine((text, context) => {
        const fault = cronFault(text);
        if (fault) context.addIssue({ code: 'custom', message: `Not a cron expression: ${fault}.` });
      }),
      'Five fields: minute hour day-of-month month day-of-week, as in "30 2 * * *". This, or every_seconds.',
    ),
    every_seconds: optional(
      z.int().min(1).max(31_536_000),
      'From the start of one sync to that of the next, in the place of cron.',
    ),
    timezone: optional(
      z.string().refine(isTimeZone, {
        error: 'Not an IANA time zone, such as "America/New_York".',
        abort: true,
      }),
      'IANA time zone that the cron expression and the blackouts are meant in.',
      'UTC',
    ),
    blackouts: optional(
      z.array(BlackoutSchema).max(20),
      'Windows in which nothing is started. What falls into one is made up for once at its end; what runs goes on.',
      [],
    ),
    jitter_minutes: optional(
      z.int().min(0).max(720),
      'Each sync starts up to so many minutes later, by chance, so that not all begin on the hour.',
      0,
    ),
    run_on_startup: optional(
      z.boolean(),
      'Workers that start also start a sync, unless one was begun within ten minutes.',
      false,
    ),
  })
  .refine(({ cron, every_seconds }) => (cron === undefined) !== (every_seconds === undefined), {
    path: ['cron'],
    message: 'Expected either cron or every_seconds.',
  })
  .refine(leavesTime, { path: ['blackouts'], message: 'The blackouts leave no time.' })
  .meta({
    id: 'Schedule',
    description:
      'When a sync is started. Skipped, and said so, while a run is live; what was missed while nothing ran is made up for once.',
  });
