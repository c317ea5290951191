/**
 * `npm run chaos -- --kills N --seed S [--commits] [--crashes] [--crawl] [--hydrates] [--patients-beside] [--unpack] [--no-last-updated] [--threads N]`: nothing lost, nothing doubled.
 *
 * The simulated EHR is synced by two worker processes that are disturbed at random moments until N workers
 * have died: they are killed (`kill -9`), cut off from the database, robbed of their claims, or given jobs
 * twice. With --commits a worker also dies before and after each commit in turn. With --crashes (embedded
 * Postgres only) Postgres itself crashes under them. With --patients-beside some patients are synced beside each of these syncs. With --hydrates the exports leave out what is no patient's, and it
 * is asked for one by one.
 *
 * After every sync the database must hold what an undisturbed sync of the same EHR gives (all tables, all
 * columns, by FHIR ids), with every resource accounted for, no run stuck, and no chunk, file or job left
 * over. With --threads each worker has so many, which are killed alone, too. With --crawl the sync is one by searches, with --unpack an import of Bundles; with --no-last-updated no resource says when it changed. The program exits with 1 otherwise.
 *
 * The seed decides what happens and after how many milliseconds; what a worker is doing then is up to the
 * machine.
 */
import { parseArgs } from 'node:util';
import { openServer } from '../bench/server.ts';
import { newTally } from './disturb.ts';
import { type Ground, openGround } from './ground.ts';
import { commitRound, randomRound } from './rounds.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    patients: { type: 'string', default: '6' },
    commits: { type: 'boolean', default: false },
    crashes: { type: 'boolean', default: false },
    crawl: { type: 'boolean', default: false },
    hydrates: { type: 'boolean', default: false },
    'patients-beside': { type: 'boolean', default: false },
    unpack: { type: 'boolean', default: false },
    'no-last-updated': { type: 'boolean', default: false },
    threads: { type: 'string', default: '0' },
  },
});
const kills = Number(values.kills);
if (!Number.isInteger(kills) || kills < 0)
  throw new Error(`--kills ${values.kills}: expected a whole number.`);
const threads = Number(values.threads);
if (!Number.isInteger(threads) || threads < 0)
  throw new Error(`--threads ${values.threads}: expected a whole number.`);

const tally = newTally();
const wrong: string[] = [];
let syncs = 0;
const began = Date.now();
const server = await openServer();
try {
  for (let round = 1; tally.kills < kills; round++) {
    const seed = `${values.seed}/${round}`;
    wrong.push(
      ...(await onGround(seed, (ground) => randomRound(ground, { seed, kills: kills - tally.kills, tally }))),
    );
    syncs += 3;
    say(`round ${round}: ${tally.kills} of ${kills} kills`);
  }
  for (const side of values.commits ? ['before', 'after'] : []) {
    for (let n = 1; ; n++) {
      const found = await onGround(values.seed, (ground) =>
        commitRound(ground, { die: `${side}:${n}`, tally }),
      );
      if (found === undefined) break;
      wrong.push(...found);
      syncs++;
      say(`death ${side} commit ${n}`);
    }
  }
} finally {
  await server.close();
}
console.log(
  `${syncs} syncs, ${tally.kills} workers killed, ${tally.threads} threads killed alone, ${tally.cuts} connections cut, ${tally.crashes} crashes of Postgres, ${tally.deserters} workers ended by themselves, ${tally.duplicates} jobs delivered twice, ` +
    `${tally.restarts} runs started again (killed within the kick-off), ${((Date.now() - began) / 1000).toFixed(0)} s`,
);
for (const line of wrong) console.log(`  ${line}`);
console.log(wrong.length === 0 ? '0 differences' : `${wrong.length} differences`);
process.exit(wrong.length === 0 ? 0 : 1);

async function onGround<T>(seed: string, play: (ground: Ground) => Promise<T>): Promise<T> {
  const databases = [await server.create(), await server.create()] as const;
  const ground = await openGround({
    ...{ seed, patients: Number(values.patients), databases, hydrates: values.hydrates },
    crashPostgres: values.crashes ? server.crash : undefined,
    crawls: values.crawl,
    unpacks: values.unpack,
    lastUpdated: !values['no-last-updated'],
    threads,
    patientsBeside: values['patients-beside'],
  });
  try {
    return await play(ground);
  } finally {
    await ground.close();
    for (const url of databases) await server.drop(url);
  }
}

function say(text: string): void {
  console.error(`  ${text}${wrong.length > 0 ? `, ${wrong.length} differences` : ''}`);
}
