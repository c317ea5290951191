import { afterAll, expect, it } from 'vitest';
import { applySchedules } from '../../jobs/schedule/apply-schedules.ts';
import { scheduleKey } from '../../jobs/step/queue.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps } = world;

it('settings that cannot be read cost that connection its schedule, not the others theirs', async () => {
  const broken = await world.site({ config: { schedule: { cron: '0 1 * * *' } } });
  const well = await world.site({ config: { schedule: { cron: '0 2 * * *' } } });
  await applySchedules(deps);
  expect(await keys()).toEqual([scheduleKey(broken.id), scheduleKey(well.id)]);

  await sql`update connection set sync_config = '{"schedul": {}}' where connection_id = ${broken.id}`;
  await applySchedules(deps);
  expect(await keys()).toEqual([scheduleKey(well.id)]);
  expect(world.logged()).toContain('no schedule for this connection');
  expect(world.logged()).toContain('schedul');

  async function keys(): Promise<string[]> {
    const rows = await sql<{ key: string }[]>`
      select key from pgboss.schedule where name = 'sync-schedule' order by key`;
    return rows.map(({ key }) => key);
  }
});
