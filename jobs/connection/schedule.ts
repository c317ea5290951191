/**
 * When syncs are due. Cron expressions are read by cron-parser, as the queue reads its own; so are the beginnings and ends
 * of blackout windows, each a cron expression of its own, so that there is one reading of time zones and of days that
 * clocks are changed on.
 */
import { CronExpressionParser } from 'cron-parser';

/** `sync_config.schedule`, with one of cron and every_seconds. */
export interface Schedule {
  readonly cron?: string | undefined;
  readonly every_seconds?: number | undefined;
  readonly timezone?: string | undefined;
  readonly blackouts?: readonly Blackout[] | undefined;
  readonly jitter_minutes?: number | undefined;
  readonly run_on_startup?: boolean | undefined;
}

export const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** From one time of the day to another, over midnight where that is earlier; on the days on which it begins. */
export interface Blackout {
  readonly from: string;
  readonly to: string;
  readonly days?: readonly (typeof DAYS)[number][] | undefined;
}

const FIELDS = 5;
/** Windows that lead into each other; more of them leave no time. */
const MOST_WINDOWS = 100;

/** Says what is wrong with a cron expression; undefined when nothing is. */
export function cronFault(text: string): string | undefined {
  const fields = text.trim() === '' ? 0 : text.trim().split(/\s+/).length;
  if (fields !== FIELDS) {
    return `expected five fields (minute hour day-of-month month day-of-week), got ${fields}`;
  }
  // Chosen anew at each reading: jitter_minutes says what is meant.
  if (/\bH\b/i.test(text)) return 'expected times, got "H"; jitter_minutes spreads them';
  try {
    read(text, 'UTC', new Date(0)).next();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'it cannot be read';
  }
}

/** Whether there is any time at which the schedule may start something. */
export function leavesTime(schedule: Schedule): boolean {
  return blackoutEnd(schedule, new Date(0)) !== 'never';
}

/** The next times after `from`, without jitter. What falls into a blackout is due once at its end. */
export function nextTimes(schedule: Schedule, from: Date, count: number): Date[] {
  const times: Date[] = [];
  for (let last = from; times.length < count; ) {
    const next = afterBlackout(schedule, occurrence(schedule, last));
    if (next === undefined) break;
    times.push(next);
    last = next;
  }
  return times;
}

/** The next time after `from`; `chance` from 0 to 1 says how much of the jitter it has. */
export function nextDue(schedule: Schedule, from: Date, chance = Math.random()): Date | undefined {
  const [next] = nextTimes(schedule, from, 1);
  const jitterMs = Math.floor(chance * 60 * (schedule.jitter_minutes ?? 0)) * 1000;
  return next && afterBlackout(schedule, new Date(next.getTime() + jitterMs));
}

/** The time itself, or the end of the blackout that it falls into; undefined where there never is another time. */
export function afterBlackout(schedule: Schedule, at: Date): Date | undefined {
  const end = blackoutEnd(schedule, at);
  return end === 'never' ? undefined : (end ?? at);
}

function occurrence({ cron, every_seconds: seconds, timezone }: Schedule, last: Date): Date {
  if (cron !== undefined) return read(cron, timezone, last).next().toDate();
  return new Date(last.getTime() + 1000 * (seconds ?? 0));
}

/** When the blackout ends in which `at` is, with those that begin before it is over. */
function blackoutEnd({ blackouts = [], timezone }: Schedule, at: Date): Date | 'never' | undefined {
  let free = at;
  for (let windows = 0; windows < MOST_WINDOWS; windows++) {
    const ends = blackouts.flatMap((window) => endOf(window, timezone, free) ?? []);
    if (ends.length === 0) return windows === 0 ? undefined : free;
    free = new Date(Math.max(...ends.map((end) => end.getTime())));
  }
  return 'never';
}

function endOf({ from, to, days }: Blackout, timezone: string | undefined, at: Date): Date | undefined {
  // prev() looks strictly before its time, and a window that begins now holds.
  const after = new Date(at.getTime() + 1);
  const began = read(atTime(from, days), timezone, after).prev().toDate();
  const end = read(atTime(to), timezone, began).next().toDate();
  return end > at ? end : undefined;
}

/** `07:30` as a cron expression. */
function atTime(time: string, days?: Blackout['days']): string {
  const [hours, minutes] = time.split(':').map(Number);
  return `${minutes} ${hours} * * ${days?.join(',') ?? '*'}`;
}

function read(cron: string, timezone: string | undefined, currentDate: Date) {
  return CronExpressionParser.parse(cron, { tz: timezone || 'UTC', strict: false, currentDate });
}
