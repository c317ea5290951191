import { inTransaction } from '../../sql/in-transaction.ts';
import { scheduleWatch } from '../alerts/watch.ts';
import type { Deps } from '../step/deps.ts';
import { applySchedules } from './apply-schedules.ts';
import { scheduleHourly } from './hourly.ts';

/** Twice the interval at which long-running processes look for due schedules. */
const FRESH = '30 seconds';

type Part = Pick<Deps, 'sql' | 'queue' | 'schemas' | 'log' | 'clock'>;

/** Sends a job for each schedule that came due, and returns how many it sent. */
export async function sendDueSchedules(deps: Part): Promise<number> {
  const { sql, queue, schemas } = deps;
  return await sql.begin(async (tx) => {
    const [claim] = await tx<{ since: Date | null; now: Date }[]>`
      with prior as materialized (
        select cron_on from ${tx(schemas.queue)}.version
        where cron_on is null or cron_on < now() - ${FRESH}::interval
        for update skip locked
      )
      update ${tx(schemas.queue)}.version set cron_on = now() from prior
      returning prior.cron_on as since, now() as now`;
    if (!claim) return 0;
    // A process may have died between a change of a connection and its schedule.
    await applySchedules(deps);
    await scheduleWatch(queue);
    await scheduleHourly(queue);
    if (!claim.since) return 0;
    let sent = 0;
    for (const schedule of await queue.boss.getSchedules()) {
      const since = Math.max(claim.since.getTime(), schedule.createdOn.getTime());
      const due = nextOf(queue.boss, schedule, new Date(since));
      if (!due || due > claim.now) continue;
      const { tz: _tz, key: _key, missed: _missed, ...options } = schedule.options ?? {};
      await queue.boss.send(schedule.name, schedule.data ?? {}, { ...options, db: inTransaction(tx) });
      sent++;
    }
    return sent;
  });
}

/**
 * When the next job is due, whether it is deferred, scheduled, or held by a worker that may have died;
 * undefined when none ever is.
 */
export async function nextDue({ sql, queue, schemas }: Part): Promise<Date | undefined> {
  const [row] = await sql<{ at: Date | null; now: Date }[]>`
    select min(case when state = 'active' then coalesce(heartbeat_on, started_on) + coalesce(heartbeat_seconds, 60) * interval '1 second'
      else start_after end) as at, now() as now
    from ${sql(schemas.queue)}.job
    where state in ('created', 'retry', 'active') and name like 'sync-%'`;
  const now = row?.now ?? new Date(0);
  const times = [row?.at ?? undefined];
  for (const schedule of await queue.boss.getSchedules()) times.push(nextOf(queue.boss, schedule, now));
  const known = times.filter((time) => time !== undefined).map((time) => time.getTime());
  return known.length > 0 ? new Date(Math.min(...known)) : undefined;
}

function nextOf(
  boss: Part['queue']['boss'],
  schedule: { readonly cron: string; readonly timezone?: string | null },
  from: Date,
): Date | undefined {
  try {
    return boss.previewSchedule(schedule.cron, { tz: schedule.timezone || 'UTC', from, count: 1 })[0];
  } catch {
    return undefined; // An older version stored it; now it is checked on entry.
  }
}
