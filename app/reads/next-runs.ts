/** When scheduled syncs are due, as the queue itself computes it. */
import { type Queue, queueName, scheduleKey } from '../../jobs/step/queue.ts';

export interface Cron {
  readonly cron: string;
  readonly timezone?: string | undefined;
}

/** The next time of each of these connections that has a schedule, by its id. */
export async function nextRuns(
  queue: Queue,
  now: Date,
  of: ReadonlySet<number>,
): Promise<ReadonlyMap<number, Date>> {
  const schedules = await queue.boss.getSchedules(queueName('schedule'));
  const due = new Map<number, Date>();
  for (const { key, cron, timezone, data } of schedules) {
    const id: unknown = data && Reflect.get(data, 'connection_id');
    if (typeof id !== 'number' || !of.has(id) || key !== scheduleKey(id)) continue;
    const [next] = nextTimes(queue, { cron, timezone }, now, 1);
    if (next !== undefined) due.set(id, next);
  }
  return due;
}

/** The next times of a cron expression that was checked. */
export function nextTimes(queue: Queue, { cron, timezone }: Cron, from: Date, count: number): Date[] {
  return queue.boss.previewSchedule(cron, { tz: timezone || 'UTC', from, count });
}
