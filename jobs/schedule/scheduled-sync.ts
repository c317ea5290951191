/** Starts the sync that is due, unless a run is live, and says so then. Either way the next one is set in the same commit. */
import type { Tx } from '../../sql/connect.ts';
import { type DueSync, dueSyncs } from '../connection/due-sync.ts';
import { afterBlackout, nextDue } from '../connection/schedule.ts';
import { CRON } from '../record/actor.ts';
import { recordInTx } from '../record/record.ts';
import { SCHEDULE, startRunInTx } from '../run/start-run.ts';
import type { Deps } from '../step/deps.ts';
import { SyncError } from '../step/errors.ts';
import type { Handler } from '../step/handler.ts';
import { notEnded } from '../step/run.ts';
import { setDueInTx } from './apply-schedules.ts';

const SKIPPED: readonly string[] = [
  'sync-already-running',
  'connection-inactive',
  'connection-not-found',
  'connection-without-server',
  'connection-paused',
  'credentials-cleared',
];

export const scheduledSync: Handler<'schedule'> = async (deps, step) => {
  const { connection_id, due_at } = step.payload;
  const [due] = await dueSyncs(deps.sql, connection_id);
  // The schedule was changed or taken away, or a second job had the same time.
  if (!due || due.due_at.toISOString() !== due_at) return step.commit(async () => {});
  const now = deps.clock();
  // It was due before, and nothing ran that could have started it.
  const allowed = afterBlackout(due.schedule, now);
  if (allowed && allowed > now)
    return step.commit((tx) => setDueInTx(tx, deps.queue, connection_id, allowed));
  try {
    const run = await deps.sql.begin(async (tx) => {
      const started = await startRunInTx(tx, deps, { connection_id, triggered_by: SCHEDULE });
      const object = `run/${started.run_id}`;
      const details = { connection_id, mode: started.mode };
      await recordInTx(tx, { at: now, actor: CRON, action: 'sync.start', object, details });
      await nextInTx(tx, deps, due, now);
      await step.completeInTx(tx);
      return started;
    });
    deps.log.info({ connection_id, ...run }, 'scheduled sync started');
  } catch (error) {
    if (!(error instanceof SyncError) || !SKIPPED.includes(error.code)) throw error;
    deps.log.warn({ connection_id, code: error.code }, `scheduled sync skipped: ${error.message}`);
    await step.commit((tx) => nextInTx(tx, deps, due, now));
  }
};

async function nextInTx(tx: Tx, { queue }: Deps, { connection_id, schedule, due_at }: DueSync, now: Date) {
  // Clocks differ: a job that came early would find its own time once more.
  const next = nextDue(schedule, new Date(Math.max(now.getTime(), due_at.getTime())));
  if (next) await setDueInTx(tx, queue, connection_id, next);
}

/** Starts after starts, as while a deployment is rolled out or a process dies again and again, are one. */
const APART_MINUTES = 10;

/** Has the syncs with `run_on_startup` start now: for processes that have just started, and stay. */
export async function syncOnStartup({ sql, queue, clock }: Deps): Promise<void> {
  await sql.begin(async (tx) => {
    const now = clock();
    const since = new Date(now.getTime() - APART_MINUTES * 60_000);
    const due = await tx<{ connection_id: number }[]>`
      select connection_id from sync_schedule s
      where schedule @> '{"run_on_startup": true}' and due_at > ${now}
        and not exists (
          select from run r where r.connection_id = s.connection_id and r.kind = 'export'
            and (r.created_at > ${since} or ${notEnded(tx)})
        )
      order by connection_id for update`;
    for (const { connection_id } of due) await setDueInTx(tx, queue, connection_id, now);
  });
}
