/** A source keeps one row in the CDM's cdm_source, whatever it comes to be called. */
import { afterAll, expect, it } from 'vitest';
import { patient } from '../world/record.ts';
import { openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
const { sql } = world;
afterAll(() => world.close());

const names = async () =>
  (await sql`select cdm_source_name from cdm_source order by 1`).map((row) => row['cdm_source_name']);

async function rename(site: Site, to: { site_name?: string; target_source?: string | null }): Promise<void> {
  await sql`update connection set ${sql(to)} where connection_id = ${site.id}`;
  await site.sync();
}

it('a site that is renamed has one row, under its new name', async () => {
  const site = await world.site();
  site.ehr.load([patient('p')]);
  await site.sync();
  expect(await names()).toEqual([`Site ${site.id}`]);
  await rename(site, { site_name: 'North' });
  expect(await names()).toEqual(['North']);
  await rename(site, { target_source: 'The Region' });
  expect(await names()).toEqual(['The Region']);
  await sql`delete from cdm_source`;
});

it('of two sites that feed one source, one that is renamed leaves the row to the other', async () => {
  const connection = { target_source: 'Both' };
  const [stays, leaves] = [await world.site({ connection }), await world.site({ connection })];
  for (const site of [stays, leaves]) {
    site.ehr.load([patient('p')]);
    await site.sync();
  }
  expect(await names()).toEqual(['Both']);
  await rename(leaves, { target_source: 'Alone' });
  expect(await names()).toEqual(['Alone', 'Both']);
  await rename(stays, { target_source: 'Alone' });
  expect(await names()).toEqual(['Alone']);
});
