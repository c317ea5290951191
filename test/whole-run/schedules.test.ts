/** Syncs by schedule: one job waits for the time that is stored, and what it finds there decides. */
import { afterAll, beforeEach, expect, it } from 'vitest';
import { applySchedules } from '../../jobs/schedule/apply-schedules.ts';
import { syncOnStartup } from '../../jobs/schedule/scheduled-sync.ts';
import { tick } from '../../jobs/tick.ts';
import { inLongRun } from '../long-run.ts';
import { patient } from '../world/record.ts';
import { openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;

beforeEach(async () => {
  await sql`update connection set is_active = false`;
  await applySchedules(deps);
});

async function scheduled(schedule: object): Promise<Site> {
  const made = await world.site({ config: { schedule } });
  made.ehr.load([patient('p')]);
  return made;
}

const dueOf = async ({ id }: Site): Promise<Date | undefined> => {
  const [row] = await sql<{ due_at: Date }[]>`select due_at from sync_schedule where connection_id = ${id}`;
  return row?.due_at;
};
const runsOf = async ({ id }: Site) =>
  await sql`select triggered_by, status from run where connection_id = ${id} order by run_id`;

/** Lets the clock reach the time, and the jobs of schedules start that wait for it. */
async function wait(seconds: number): Promise<void> {
  clock.advance(seconds);
  await sql`
    update pgboss.job set start_after = now() - interval '1 second'
    where name = 'sync-schedule' and state < 'active' and (data->>'due_at')::timestamptz <= ${clock()}`;
  await tick(deps, () => false);
}

it('settings that cannot be read cost that connection its schedule, not the others theirs', async () => {
  const broken = await scheduled({ cron: '0 1 * * *' });
  const well = await scheduled({ cron: '0 2 * * *' });
  await applySchedules(deps);
  expect([await dueOf(broken), await dueOf(well)]).toEqual([expect.any(Date), expect.any(Date)]);

  await sql`update connection set sync_config = '{"schedul": {}}' where connection_id = ${broken.id}`;
  await applySchedules(deps);
  expect([await dueOf(broken), await dueOf(well)]).toEqual([undefined, expect.any(Date)]);
  expect(world.logged()).toContain('no schedule for this connection');
  expect(world.logged()).toContain('schedul');
});

it('starts a sync when it is due, and the next one an interval later', async () => {
  const site = await scheduled({ every_seconds: 3600 });
  await applySchedules(deps);
  const first = await dueOf(site);
  expect(first).toEqual(new Date(clock().getTime() + 3_600_000));
  clock.advance(1800);
  await applySchedules(deps);
  expect(await dueOf(site), 'a start of the workers does not put it off').toEqual(first);
  await wait(1800);
  expect(await runsOf(site)).toEqual([{ triggered_by: 'schedule', status: 'completed' }]);
  expect(await dueOf(site)).toEqual(new Date(clock().getTime() + 3_600_000));
});

inLongRun(it)('makes up once for all that was missed', async () => {
  const site = await scheduled({ cron: '0 * * * *' });
  await applySchedules(deps);
  await wait(5 * 3600);
  expect(await runsOf(site)).toHaveLength(1);
  expect((await dueOf(site))?.getTime()).toBeGreaterThan(clock().getTime());
});

inLongRun(it)(
  'starts nothing for a job that a change of the schedule has overtaken, nor twice for two of one time',
  async () => {
    const site = await scheduled({ every_seconds: 3600 });
    await applySchedules(deps);
    const config = { ...{ allowed_networks: ['127.0.0.0/8', '::1/128'] }, schedule: { every_seconds: 7200 } };
    await sql`update connection set sync_config = sync_config || ${sql.json(config)} where connection_id = ${site.id}`;
    await applySchedules(deps);
    await wait(3600);
    expect(await runsOf(site), 'of the job that was overtaken').toEqual([]);
    const due = (await dueOf(site))?.toISOString();
    await deps.queue.boss.send('sync-schedule', { connection_id: site.id, due_at: due });
    await wait(3600);
    expect(await runsOf(site), 'of two jobs').toHaveLength(1);
  },
);

inLongRun(it)('gives a schedule whose job was lost another', async () => {
  const site = await scheduled({ every_seconds: 3600 });
  await applySchedules(deps);
  const due = await dueOf(site);
  await sql`delete from pgboss.job where name = 'sync-schedule'`;
  await Promise.all([applySchedules(deps), applySchedules(deps)]);
  expect(await dueOf(site)).toEqual(due);
  await wait(3600);
  expect(await runsOf(site)).toHaveLength(1);
});

it('skips one that falls into a live run, and says so', async () => {
  const site = await scheduled({ every_seconds: 3600 });
  await applySchedules(deps);
  await sql`update connection set fhir_base_url = 'https://127.0.0.1:1/fhir' where connection_id = ${site.id}`;
  const live = await site.start();
  await wait(3600);
  expect(await runsOf(site)).toHaveLength(1);
  expect(world.logged()).toContain('scheduled sync skipped');
  expect(await dueOf(site)).toEqual(new Date(clock().getTime() + 3_600_000));
  await sql`update run set status = 'cancelled', finished_at = now() where run_id = ${live}`;
});

inLongRun(it)('that comes late, into a blackout, waits for its end', async () => {
  const hour = (later: number) => new Date(clock().getTime() + later * 3_600_000).toISOString().slice(11, 13);
  const blackouts = [{ from: `${hour(3)}:00`, to: `${hour(8)}:00` }];
  const site = await scheduled({ every_seconds: 3600, blackouts });
  await applySchedules(deps);
  await wait(5 * 3600);
  expect(await runsOf(site)).toEqual([]);
  const end = await dueOf(site);
  expect(end?.toISOString().slice(11, 16)).toBe(`${hour(3)}:00`);
  await wait(3 * 3600);
  expect(await runsOf(site)).toHaveLength(1);
});

inLongRun(it)(
  'starts a sync with the workers where that is wished, once for starts that are minutes apart',
  async () => {
    const site = await scheduled({ every_seconds: 86_400, run_on_startup: true });
    const other = await scheduled({ every_seconds: 86_400 });
    await applySchedules(deps);
    await Promise.all([syncOnStartup(deps), syncOnStartup(deps)]);
    await tick(deps, () => false);
    await syncOnStartup(deps);
    await wait(60);
    expect([await runsOf(site), await runsOf(other)]).toEqual([
      [{ triggered_by: 'schedule', status: 'completed' }],
      [],
    ]);
    clock.advance(900);
    await syncOnStartup(deps);
    await wait(0);
    expect(await runsOf(site)).toHaveLength(2);
  },
);
