import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import type { App } from '../../app/app-env.ts';
import { scheduleWatch } from '../../jobs/alerts/watch.ts';
import { applySchedule } from '../../jobs/schedule/apply-schedules.ts';
import { nextDue, sendDueSchedules } from '../../jobs/schedule/due-schedules.ts';
import { scheduleHourly } from '../../jobs/schedule/hourly.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import { STEP_NAMES } from '../../jobs/step/queue.ts';
import { openTicks, runTick, tick } from '../../jobs/tick.ts';
import type { Sql, Tx } from '../../sql/connect.ts';
import { createRandom } from '../ehr/random.ts';
import { inLongRun } from '../long-run.ts';
import { contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import { patient } from '../world/record.ts';
import {
  fetchOne,
  openTestWorld,
  returnJobsOfTheDead,
  runOf,
  type Site,
  startNextDeferred,
} from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps } = world;
const SECRET = 'a-secret-for-the-ticks';
/** Looks for a job of every step, and once more each. */
const ROUND = 2 * STEP_NAMES.length;

/** A budget that ends after so many looks for a job. */
function looks(n: number): () => boolean {
  let left = n;
  return () => left-- <= 0;
}

describe('a whole sync by ticks alone', { timeout: 240_000 }, () => {
  const options = {
    population: { seed: 'ticks', patients: 2 },
    polls: 2,
    config: { limits: { chunk_bytes: 64 * 1024 } },
  };

  inLongRun(it)(
    'one job a tick, each in a world of its own, ends in what an undisturbed sync gives',
    async () => {
      const calm = await world.site(options);
      expect(await calm.sync()).toMatchObject({ status: 'completed' });
      const site = await world.site({ ...options, ehr: calm.ehr });
      const runId = await site.start();
      const ticks = await untilDone(site, runId, async () => {
        let begun = 0;
        const onJob = () => void begun++;
        await tick(world.worker(), () => begun > 0, onJob);
      });
      expect(ticks).toBeGreaterThan(20);
      await same(site, calm, runId);
    },
  );

  inLongRun(it)(
    'although ticks die with their job begun, or at the moment of its commit, and others overlap',
    async () => {
      const calm = await world.site(options);
      expect(await calm.sync()).toMatchObject({ status: 'completed' });
      const site = await world.site({ ...options, ehr: calm.ehr });
      const runId = await site.start();
      const dice = createRandom('dying ticks');
      const deaths = { claimed: 0, committing: 0 };
      await untilDone(site, runId, async (n) => {
        if (n % 4 === 1 && deaths.claimed + deaths.committing < 12) {
          if (dice.chance(0.5)) {
            if (await fetchOne(world.worker())) deaths.claimed++;
          } else {
            await tick(dying(world.worker()), looks(50 * ROUND)).catch(() => {});
            deaths.committing++;
          }
          await returnJobsOfTheDead(deps);
          await sql`update pgboss.job set start_after = now() where state = 'retry'`;
          return;
        }
        await Promise.all([1, 2].map(() => runTick(world.worker(), looks(ROUND))));
      });
      expect(deaths.claimed).toBeGreaterThan(0);
      expect(deaths.committing).toBeGreaterThan(0);
      await same(site, calm, runId);
    },
  );

  /** Calls `one` until the run has ended; what the EHR asks to wait is skipped. How many calls it took. */
  async function untilDone(site: Site, runId: number, one: (n: number) => Promise<void>): Promise<number> {
    for (let n = 1; n < 400; n++) {
      await one(n);
      const run = await runOf(sql, runId);
      if (['completed', 'failed'].includes(run['status'])) {
        expect(run['error_message']).toBeNull();
        await tick(deps, () => false);
        return n;
      }
      const [ready] = await sql`
        select 1 from pgboss.job where name like 'sync-%' and state in ('created', 'retry') and start_after <= now()`;
      if (!ready) await startNextDeferred(sql, world.clock);
    }
    throw new Error(`run ${runId} of connection ${site.id} did not end in 400 ticks`);
  }

  async function same(site: Site, calm: Site, runId: number): Promise<void> {
    expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', records_failed: 0 });
    const content = await contentOf(sql, site.id);
    expect(sizes(content)['measurement']).toBeGreaterThan(20);
    expect(content).toEqual(await contentOf(sql, calm.id));
    expect(await orphans(sql)).toEqual([]);
    expect(await leftovers(sql)).toEqual([]);
    expect(await sql`select 1 from chunk where run_id = ${runId} and state <> 'done'`).toHaveLength(0);
  }
});

describe('a schedule without a process that stays', () => {
  it('is fired by the ticks once each time it comes due, and once for all that was missed', async () => {
    const site = await world.site();
    site.ehr.load([patient('p')]);
    await setSchedule(site, '* * * * *');
    await withoutWatch();
    expect((await nextDue(deps))?.getTime()).toBeLessThanOrEqual(world.clock().getTime() + 60_000);
    world.clock.advance(3 * 3600);
    await sql`update pgboss.job set start_after = now() where name = 'sync-schedule' and state = 'created'`;
    await Promise.all([1, 2, 3].map(() => runTick(deps, () => false)));
    expect(await sql`select status, triggered_by from run where connection_id = ${site.id}`).toEqual([
      { status: 'completed', triggered_by: 'schedule' },
    ]);
    await setSchedule(site, null);
    await sql`update pgboss.job set start_after = now() where name = 'sync-schedule' and state = 'created'`;
    await runTick(deps, () => false);
    expect(await sql`select 1 from run where connection_id = ${site.id}`).toHaveLength(1);
  });

  it('in a transaction: a tick that dies has neither sent nor noted anything', async () => {
    await scheduleWatch(deps.queue);
    await scheduleHourly(deps.queue);
    await sql`update pgboss.schedule set created_on = now() - interval '1 day'`;
    await sql`update pgboss.version set cron_on = now() - interval '2 hours'`;
    const sent = async () => (await sql`select 1 from pgboss.job where name = 'sync-keys'`).length;
    const before = await sent();
    await expect(sendDueSchedules(dying(deps))).rejects.toThrow('died');
    const [version] = await sql`select cron_on < now() - interval '119 minutes' as old from pgboss.version`;
    expect([version?.['old'], await sent()]).toEqual([true, before]);
    const several = await Promise.all([1, 2, 3].map(() => sendDueSchedules(deps)));
    expect(
      several.toSorted(),
      'of several at once one sends, and one job each for all that was missed',
    ).toEqual([0, 0, 2]);
    await tick(deps, () => false);
  });

  async function setSchedule(site: Site, cron: string | null): Promise<void> {
    const config = cron ? { schedule: { cron } } : {};
    await sql`update connection set sync_config = (sync_config - 'schedule') || ${sql.json(config)} where connection_id = ${site.id}`;
    await applySchedule(deps, {
      connection_id: site.id,
      is_active: true,
      schedule: cron ? { cron } : undefined,
    });
  }
});

describe('POST /internal/tick', () => {
  const ticks = openTicks(deps);
  const services = { ...deps, tick: ticks.run };
  let app: App;
  beforeAll(() => {
    app = createApp({ ...services, config: { adminToken: 'the-admin-token-here', tickSecret: SECRET } });
  });

  const call = (query = '', secret: string | undefined = SECRET, to: App = app) =>
    to.request(`/internal/tick${query}`, {
      method: 'POST',
      headers: secret ? { authorization: `Bearer ${secret}` } : {},
    });

  it('runs what is ready, and says whether there is more and when', async () => {
    const site = await world.site({ population: { seed: 'route', patients: 1 }, polls: 1, retryAfter: '90' });
    await withoutWatch();
    const runId = await site.start();
    const first = await call();
    expect(first.status).toBe(200);
    const waiting = (await first.json()) as { jobs: number; idle: boolean; next_at: string };
    expect(waiting).toEqual({ jobs: 2, idle: true, next_at: expect.any(String) });
    expect(new Date(waiting.next_at)).toEqual(await nextDue(deps));
    const [poll] = await sql`
      select start_after from pgboss.job where name = 'sync-poll' and state = 'created'`;
    expect(new Date(waiting.next_at)).toEqual(poll?.['start_after']);

    await startNextDeferred(sql, world.clock);
    expect(await (await call('?budget_seconds=0')).json()).toMatchObject({ jobs: 0, idle: false });
    expect((await runOf(sql, runId))['status']).toBe('exporting');
    expect(await (await call()).json()).toMatchObject({ idle: true, next_at: null });
    expect((await runOf(sql, runId))['status']).toBe('completed');
  });

  it('is there only with a secret, and only for who holds it', async () => {
    for (const secret of ['', 'another-secret-of-length', 'the-admin-token-here', `${SECRET}x`]) {
      const refused = await call('', secret);
      expect([refused.status, refused.headers.get('content-type')]).toEqual([
        401,
        'application/problem+json',
      ]);
    }
    const closed = createApp({ ...services, config: { adminToken: undefined } });
    expect((await call('', SECRET, closed)).status).toBe(404);
    expect((await call('?budget_seconds=301')).status).toBe(400);
    expect(world.logged()).not.toContain(SECRET);
  });

  inLongRun(it)('ends early when the process must', async () => {
    const site = await world.site({ population: { seed: 'ends', patients: 1 } });
    const runId = await site.start();
    const ending = openTicks(deps);
    await ending.stop();
    expect(await ending.run(20)).toMatchObject({ jobs: 0, idle: false });
    expect(await runOf(sql, runId)).toMatchObject({ status: 'pending' });
    await tick(deps, () => false);
  });
});

/** The watch comes due every ten minutes, and the keys every hour, whatever the test does. */
async function withoutWatch(): Promise<void> {
  await sql`update pgboss.version set cron_on = now()`;
  await sql`delete from pgboss.schedule where name in ('sync-watch', 'sync-keys')`;
}

/** The process ends when it is about to commit. */
function dying(of: Deps): Deps {
  const begin = (work: (tx: Tx) => Promise<unknown>) =>
    sql.begin(async (tx) => {
      await work(tx);
      throw new Error('died');
    });
  const client: Sql = new Proxy(sql, {
    get: (target, name) => (name === 'begin' ? begin : Reflect.get(target, name)),
  });
  return { ...of, sql: client };
}
