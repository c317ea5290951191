import { afterAll, expect, it } from 'vitest';
import { observation, patient } from './record.ts';
import { openTestWorld } from './world.ts';

const world = await openTestWorld();
afterAll(() => world.close());

it('a run ends although a resource whose Patient has come cannot be taken up, and says so', async () => {
  const site = await world.site();
  site.ehr.load([observation('o', 'p')]);
  expect((await site.sync())['records_parked']).toBe(1);
  await world.sql`update waiting set line = ${Buffer.from('no JSON')}`;
  site.ehr.load([patient('p')]);
  expect(await site.sync()).toMatchObject({ status: 'completed', records_loaded: 1 });
  expect(await world.sql`select target_type, target_id from waiting`).toEqual([
    { target_type: 'Patient', target_id: 'p' },
  ]);
  expect(world.logged()).toContain('cannot be taken up');
});
