/**
 * A round: one population is synced in full, changed, synced incrementally, changed, and synced in full
 * again. Each sync is done on both sides, and after each, both must hold the same.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Sql } from '../../sql/connect.ts';
import { createRandom } from '../ehr/random.ts';
import { disturbedSync, openTeam, type Tally } from './disturb.ts';
import { calmly, type Ground, type Side, startPatients } from './ground.ts';
import { loseClaims, openJobs } from './queue-time.ts';
import { differences, stateOf, verdict } from './state.ts';
import { startWorkerProcess } from './workers.ts';

export async function randomRound(
  ground: Ground,
  options: { readonly seed: string; readonly kills: number; readonly tally: Tally },
): Promise<string[]> {
  const { ehr, calm, disturbed } = ground;
  const { seed, tally } = options;
  const random = createRandom(seed);
  const team = await openTeam(disturbed);
  const before = tally.kills;
  try {
    for (const [part, full] of [true, false, true].entries()) {
      if (part > 0) ehr.change(`${seed}/${part}`, { patients: 6 });
      await calmly(calm, full);
      const kills = options.kills - (tally.kills - before);
      const { crashPostgres } = ground;
      const beside = ground.patientsBeside ? () => startPatients(ground) : undefined;
      await disturbedSync(disturbed, team, { full, random, kills, tally, crashPostgres, beside });
      const wrong = await compare(ground);
      if (wrong.length > 0) return wrong.map((line) => `round ${seed}, sync ${part + 1}: ${line}`);
    }
    return [];
  } finally {
    await team.close();
  }
}

/**
 * One full sync by a single worker that dies at its n-th commit; undefined when it ended before it came to
 * that.
 */
export async function commitRound(
  ground: Ground,
  options: { readonly die: string; readonly tally: Tally; readonly successors?: number },
): Promise<string[] | undefined> {
  const { calm, disturbed } = ground;
  const { die, tally, successors } = options;
  await calmly(calm, true);
  const doomed = startWorkerProcess({ ...disturbed.worker, die });
  await doomed.ready;
  const runId = await disturbed.start(true);
  if (ground.patientsBeside) await startPatients(ground);
  while (doomed.alive() && (await isLive(disturbed.sql, runId))) await wait(10);
  const died = !doomed.alive();
  await doomed.kill();
  if (!died) return undefined;
  tally.kills++;
  await loseClaims(disturbed.sql, disturbed.deps.queue);
  const team = await openTeam(disturbed, successors);
  try {
    await disturbedSync(disturbed, team, { full: true, runId, random: createRandom(die), kills: 0, tally });
    return (await compare(ground)).map((line) => `death ${die}: ${line}`);
  } finally {
    await team.close();
  }
}

async function isLive(sql: Sql, runId: number): Promise<boolean> {
  const rows = await sql`select 1 from run where run_id = ${runId} and finished_at is null`;
  return rows.length > 0 || (await openJobs(sql)).length > 0;
}

async function compare({ calm, disturbed, patientsBeside }: Ground): Promise<string[]> {
  // Of two runs at once it is chance which of them loads what both have read.
  const stateOfAll = async ({ deps, connectionId }: Side) => {
    const { run, ...others } = await stateOf(deps, connectionId);
    return patientsBeside || !run ? others : { ...others, run };
  };
  const left = (await openJobs(disturbed.sql)).map((job) => `job left over: ${JSON.stringify(job)}`);
  return [
    ...left,
    ...(await verdict(disturbed.sql)),
    ...differences(await stateOfAll(calm), await stateOfAll(disturbed)),
  ];
}
