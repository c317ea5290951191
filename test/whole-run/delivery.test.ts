import { afterAll, describe, expect, it } from 'vitest';
import { tick } from '../../jobs/tick.ts';
import { runJob } from '../../jobs/workers.ts';
import type { Sql } from '../../sql/connect.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { type Content, contentOf, leftovers, orphans } from '../world/content.ts';
import {
  encounter,
  medication,
  observation,
  patient,
  practitioner,
  prescription,
  to,
} from '../world/record.ts';
import {
  drain,
  fetchOne,
  openTestWorld,
  type RunRow,
  returnJobsOfTheDead,
  runOf,
  type Site,
} from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, clock } = world;

/** A few patients, one whose record comes before them, files in parts, small chunks: every step has something to do. */
async function site(): Promise<Site> {
  const made = await world.site({
    gzip: false,
    maxPerFile: 8,
    config: { limits: { chunk_bytes: 1024, parallel_downloads: 2 } },
  });
  made.ehr.load([practitioner('dr'), medication('m')]);
  for (const p of ['a', 'b', 'c']) {
    made.ehr.load([
      patient(p, { generalPractitioner: [to('Practitioner', 'dr')] }),
      encounter(`e-${p}`, p, { participant: [{ individual: to('Practitioner', 'dr') }] }),
      prescription(`rx-${p}`, p, 'm'),
      ...[1, 2, 3, 4].map((n) => observation(`o-${p}-${n}`, p, { encounter: to('Encounter', `e-${p}`) })),
    ]);
  }
  made.ehr.load([
    observation('nobody', 'unknown'),
    observation('wrong', 'a', { status: 'entered-in-error' }),
  ]);
  // One Patient comes among the prescriptions, so that Observations are parked and taken up again.
  made.ehr.load([observation('early', 'late'), observation('earlier', 'late')]);
  made.ehr.faults.push({
    on: 'file',
    match: ({ path }) => path.includes('MedicationRequest'),
    times: 1000,
    do: { rewrite: (line, n) => (n === 0 ? `${line}${JSON.stringify(patient('late'))}\n` : line) },
  });
  return made;
}

const expected = await (async () => {
  const quiet = await site();
  const run = await quiet.sync();
  return { run, content: await contentOf(sql, quiet.id) };
})();

/** Whatever happened on the way, what is there and how it is accounted for is the same. */
async function same(one: Site, run: RunRow): Promise<void> {
  expect(run).toMatchObject({ status: 'completed', error_code: null });
  for (const key of Object.keys(expected.run).filter((name) => /^(records|rows)_/.test(name)))
    expect([key, run[key]]).toEqual([key, expected.run[key]]);
  const content: Content = await contentOf(sql, one.id);
  expect(content).toEqual(expected.content);
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
  expect(one.ehr.requests.filter(({ kind }) => kind === 'kick-off')).toHaveLength(1);
  const [chunks] =
    await sql`select count(*)::int as n from chunk where run_id = ${run['run_id']} and state <> 'done'`;
  expect(chunks?.['n']).toBe(0);
}

describe('a job', () => {
  inLongRun(it)('delivered twice, one after the other, does its work once', async () => {
    const one = await site();
    const runId = await one.start();
    const second = world.worker();
    await drain(world.deps, clock, async () => {
      for (let next = await fetchOne(world.deps); next; next = await fetchOne(world.deps)) {
        await runJob(world.deps, next.name, next.job);
        await runJob(second, next.name, next.job);
      }
    });
    await same(one, await runOf(sql, runId));
  });

  it('delivered to two workers at once does its work once', async () => {
    const one = await site();
    const runId = await one.start();
    const second = world.worker();
    await drain(world.deps, clock, async () => {
      for (let next = await fetchOne(world.deps); next; next = await fetchOne(world.deps)) {
        const { name, job } = next;
        // The kick-off is the one request that must not be made twice; its own tests are in failures.test.ts.
        if (name === 'export') await runJob(world.deps, name, job);
        else await Promise.all([runJob(world.deps, name, job), runJob(second, name, job)]);
      }
    });
    await same(one, await runOf(sql, runId));
  });

  inLongRun(it)('may be any of many that several workers do at once', async () => {
    const one = await site();
    const runId = await one.start();
    const workers = [world.deps, world.worker(), world.worker()];
    await drain(world.deps, clock, () => Promise.all(workers.map((deps) => tick(deps, () => false))));
    await same(one, await runOf(sql, runId));
  });
});

describe('a tick', () => {
  inLongRun(it)('with a budget of one job at a time gets through a whole sync', async () => {
    const one = await site();
    const runId = await one.start();
    let ticks = 0;
    await drain(world.deps, clock, async () => {
      for (let idle = false; !idle; ticks++) {
        let jobs = 0;
        // Each in a process of its own: nothing is remembered from one to the next.
        ({ idle } = await tick(
          world.worker(),
          () => jobs > 0,
          () => void jobs++,
        ));
      }
    });
    await same(one, await runOf(sql, runId));
    expect(ticks).toBeGreaterThan(15);
  });

  inLongRun(it)('with no budget at all lets a long download hand itself on, chunk by chunk', async () => {
    const one = await site();
    const runId = await one.start();
    await drain(world.deps, clock, async () => {
      for (let next = await fetchOne(world.deps); next; next = await fetchOne(world.deps))
        await runJob(world.worker(), next.name, next.job, () => true);
    });
    await same(one, await runOf(sql, runId));
    const continued = one.ehr.requests.filter(({ range }) => range !== undefined);
    expect(continued.length).toBeGreaterThan(3);
    // The last chunk was all that there was, so what is asked for after it lies beyond the end of the file.
    expect(continued.map(({ status }) => status)).toContain(416);
  });
});

describe('a worker that dies', () => {
  it('at any of its commits, before or after it, leaves a run that another brings to the same end', async () => {
    const commits = await countCommits();
    expect(commits).toBeGreaterThan(25);
    // Around the kick-off (the first two) nobody can know whether the server has begun: see failures.test.ts.
    await dieAt(1, 'before');
    for (let n = 3; n < commits; n += LONG_RUN ? 3 : 19) await dieAt(n, n % 2 === 1 ? 'before' : 'after');
  });

  inLongRun(it)('in the middle of its very last commit leaves a run that another closes', async () => {
    const commits = await countCommits();
    for (const moment of ['before', 'after'] as const) await dieAt(commits, moment);
  });

  async function countCommits(): Promise<number> {
    const one = await site();
    const runId = await one.start();
    const counted = dying(sql, Number.POSITIVE_INFINITY, 'after');
    await drain({ ...world.deps, sql: counted.sql }, clock);
    await same(one, await runOf(sql, runId));
    return counted.commits();
  }

  async function dieAt(n: number, moment: 'before' | 'after'): Promise<void> {
    const one = await site();
    const runId = await one.start();
    const victim = dying(sql, n, moment);
    await drain({ ...world.worker(), sql: victim.sql }, clock).catch((error: unknown) => {
      if (!(error instanceof Killed)) throw error;
    });
    expect([n, moment, victim.dead()]).toEqual([n, moment, true]);
    await returnJobsOfTheDead(world.deps);
    await drain(world.worker(), clock);
    await same(one, await runOf(sql, runId));
  }
});

class Killed extends Error {}

/** A database client whose process dies at its n-th transaction: from then on nothing that it does reaches Postgres. */
function dying(real: Sql, n: number, moment: 'before' | 'after') {
  let begun = 0;
  let dead = false;
  const begin = async (work: Parameters<Sql['begin']>[1]) => {
    if (dead) throw new Killed();
    begun += 1;
    const last = begun === n;
    const result = await real.begin(async (tx) => {
      const done = await work(tx);
      if (last && moment === 'before') {
        dead = true;
        throw new Killed();
      }
      return done;
    });
    if (last) {
      dead = true;
      throw new Killed();
    }
    return result;
  };
  const sql = new Proxy(real, {
    get: (target, key) => (key === 'begin' ? begin : Reflect.get(target, key)),
    apply: (target, self, args) => {
      if (dead) throw new Killed();
      return Reflect.apply(target, self, args);
    },
  });
  return { sql, commits: () => begun, dead: () => dead };
}
