/**
 * A whole sync by two worker processes that are disturbed at random moments: they or their threads are killed, cut off from
 * the database, robbed of their claims, or given jobs twice. It ends when the run has ended and no job is
 * left.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Random } from '../ehr/random.ts';
import type { Side } from './ground.ts';
import { deliverTwice, hurry, loseClaims, openJobs } from './queue-time.ts';
import { startWorkerProcess, type WorkerProcess } from './workers.ts';

export interface Tally {
  kills: number;
  /** Threads that were killed while their process lived on. */
  threads: number;
  /** Connections of a living worker cut by the server. */
  cuts: number;
  duplicates: number;
  /** Crashes of Postgres. */
  crashes: number;
  /** Workers that ended without being killed. */
  deserters: number;
  /** Runs that had to be started again: killed between kick-off and its answer. */
  restarts: number;
}

export const newTally = (): Tally => ({
  kills: 0,
  threads: 0,
  cuts: 0,
  duplicates: 0,
  crashes: 0,
  deserters: 0,
  restarts: 0,
});

export interface Team {
  readonly workers: WorkerProcess[];
  close(): Promise<void>;
}

/**
 * A job that loses its worker more often than the queue retries is rightly given up, so no sync is hit more
 * often.
 */
const MOST_HITS = 4;
/** When nothing has happened for so long, whoever holds a job is taken for dead. */
const PATIENCE_MS = 8000;
const LONGEST_MS = 120_000;

export async function openTeam(side: Side, size = 2): Promise<Team> {
  const workers = Array.from({ length: size }, () => startWorkerProcess(side.worker));
  await Promise.all(workers.map((worker) => worker.ready));
  if (workers.some((worker) => !worker.alive())) throw new Error('a worker ended before it took a job');
  return {
    workers,
    close: async () => void (await Promise.all(workers.map((worker) => worker.kill()))),
  };
}

export async function disturbedSync(
  side: Side,
  team: Team,
  options: {
    readonly full: boolean;
    readonly random: Random;
    readonly kills: number;
    readonly tally: Tally;
    /** The run to go on with, where one is under way. */
    readonly runId?: number;
    readonly crashPostgres?: (() => void) | undefined;
    /** Starts what is to be live beside it. */
    readonly beside?: (() => Promise<void>) | undefined;
  },
): Promise<void> {
  const { random, tally } = options;
  let hits = Math.min(MOST_HITS, options.kills);
  let runId = options.runId ?? (await steadily(() => side.start(options.full)));
  await options.beside?.();
  const begun = Date.now();
  let nextHit = begun + random.int(0, 700);
  let progress = { at: begun, mark: '' };
  for (;;) {
    await wait(40);
    await steadily(() => hurry(side.sql));
    const now = Date.now();
    const { status, code, message, mark } = await steadily(() => look(side, runId));
    if (mark !== progress.mark) progress = { at: now, mark };
    if (status === 'failed' && code === 'kick-off-outcome-unknown') {
      tally.restarts++;
      runId = await steadily(() => side.start(options.full));
      continue;
    }
    if (status === 'failed') throw new Error(`run ${runId} failed: ${code}: ${message}`);
    if (status === 'completed' && (await steadily(() => openJobs(side.sql))).length === 0) return;
    // Dead workers are replaced, as whatever supervises the processes would do.
    for (const [index, worker] of team.workers.entries()) {
      if (worker.alive()) continue;
      tally.deserters++;
      team.workers[index] = startWorkerProcess(side.worker);
    }
    if (now - begun > LONGEST_MS) {
      throw new Error(
        `run ${runId} is ${status} after ${LONGEST_MS / 1000} s; jobs: ${JSON.stringify(await openJobs(side.sql))}`,
      );
    }
    if (hits > 0 && now >= nextHit && status !== 'completed') {
      hits--;
      if (options.crashPostgres && random.chance(0.25)) {
        options.crashPostgres();
        tally.crashes++;
      } else {
        await steadily(() => hit(side, team, random, tally, runId));
      }
      nextHit = Date.now() + random.int(0, 700);
    } else if (now - progress.at > PATIENCE_MS) {
      await steadily(() => loseClaims(side.sql, side.deps.queue));
      progress = { at: now, mark };
    }
  }
}

async function hit(side: Side, team: Team, random: Random, tally: Tally, runId: number): Promise<void> {
  const victims = random.chance(0.3) ? [0, 1] : [random.int(0, 1)];
  if (random.chance(0.3)) tally.duplicates += await deliverTwice(side.sql, side.deps.queue, runId, 4);
  if (random.chance(0.2)) {
    const spared = team.workers[victims[0] === 0 ? 1 : 0];
    const cut = await side.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = ${`fhir-omop-sync:${spared?.pid ?? 0}`}`;
    tally.cuts += cut.length;
  }
  if (side.worker.threads > 0 && random.chance(0.5)) {
    for (const worker of team.workers) worker.killThread(random.int(0, side.worker.threads - 1));
    tally.threads += team.workers.length;
    // Their jobs come back by themselves: nothing is taken from anybody.
    if (random.chance(0.5)) return;
  }
  for (const victim of victims) {
    await team.workers[victim]?.kill();
    tally.kills++;
  }
  // What the dead held is given to others, and so is what the living hold: they must notice it at their
  // commit.
  await loseClaims(side.sql, side.deps.queue);
  for (const victim of victims) team.workers[victim] = startWorkerProcess(side.worker);
}

/** Asks again, on another connection, what this process asked of a Postgres that was just crashed. */
async function steadily<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
      const lost = typeof code === 'string' && /^(CONNECTION_|ECONN|EPIPE|57P0|08)/.test(code);
      const dropped = error instanceof Error && /terminat|closed the connection/i.test(error.message);
      if (!(lost || dropped) || tries >= 100) throw error;
      await wait(100);
    }
  }
}

async function look(side: Side, runId: number) {
  const [run] = await side.sql<
    { status: string; code: string | null; message: string | null; mark: string }[]
  >`
    select r.status, r.error_code as code, r.error_message as message, concat_ws(' ', r.status, r.polls, r.closing_at,
      (select sum(bytes_done) from export_file where run_id = r.run_id),
      (select count(*) from chunk where run_id = r.run_id and state = 'done'),
      (select count(*) from pgboss.job where state = 'completed')) as mark
    from run r where r.run_id = ${runId}`;
  return {
    status: run?.status ?? 'gone',
    code: run?.code ?? null,
    message: run?.message ?? null,
    mark: run?.mark ?? '',
  };
}
