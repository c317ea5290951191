/**
 * A round: one population, synced in full, changed, synced incrementally, changed, synced in full again; each time on
 * both sides, and each time both must hold the same.
 */
import { createRandom } from '../ehr/random.ts';
import { disturbedSync, openTeam, type Tally } from './disturb.ts';
import { calmly, type Ground } from './ground.ts';
import { openJobs } from './queue-time.ts';
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
      await disturbedSync(disturbed, team, { full, random, kills, tally });
      const wrong = await compare(ground);
      if (wrong.length > 0) return wrong.map((line) => `round ${seed}, sync ${part + 1}: ${line}`);
    }
    return [];
  } finally {
    await team.close();
  }
}

/** One full sync by a single worker that dies at its n-th commit; undefined when it ended before it came to that. */
export async function commitRound(ground: Ground, die: string): Promise<string[] | undefined> {
  const { calm, disturbed } = ground;
  await calmly(calm, true);
  const doomed = startWorkerProcess({ ...disturbed.worker, die });
  await doomed.ready;
  const runId = await disturbed.start(true);
  const died = await Promise.race([doomed.gone.then(() => true), closed(ground, runId).then(() => false)]);
  await doomed.kill();
  const tally = { kills: 0, cuts: 0, duplicates: 0, restarts: 0 };
  if (!died) return undefined;
  const team = await openTeam(disturbed);
  try {
    await resume(ground, team, runId, tally);
    return (await compare(ground)).map((line) => `death ${die}: ${line}`);
  } finally {
    await team.close();
  }
}

async function compare({ calm, disturbed }: Ground): Promise<string[]> {
  const left = (await openJobs(disturbed.sql)).map((job) => `job left over: ${JSON.stringify(job)}`);
  return [
    ...left,
    ...(await verdict(disturbed.sql)),
    ...differences(await stateOf(calm.sql, calm.connectionId), await stateOf(disturbed.sql, disturbed.connectionId)),
  ];
}
