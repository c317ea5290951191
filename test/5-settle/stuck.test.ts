import { afterAll, expect, it } from 'vitest';
import { inLongRun } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { openTestWorld } from '../world/world.ts';

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

inLongRun(it)('resources behind a whole batch of such are taken up all the same', async () => {
  const site = await world.site();
  const many = Array.from({ length: 2100 }, (_, n) => observation(`o${n}`, 'p'));
  site.ehr.load(many);
  expect((await site.sync())['records_parked']).toBe(2100);
  const [{ key } = { key: 0 }] = await world.sql<{ key: number }[]>`
    select resource_key as key from waiting where connection_id = ${site.id} order by 1 offset 2049 limit 1`;
  await world.sql`
    update waiting set line = ${Buffer.from('no JSON')} where connection_id = ${site.id} and resource_key < ${key}`;
  site.ehr.load([patient('p')]);
  expect(await site.sync()).toMatchObject({ status: 'completed', records_loaded: 52, records_redriven: 51 });
  const [left] = await world.sql`select count(*)::int as n from waiting where connection_id = ${site.id}`;
  expect(left).toEqual({ n: 2049 });
});
