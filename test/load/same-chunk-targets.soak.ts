/** A resource that loses its rows by the very chunk that brings what refers to it. */
import { afterAll, expect, it } from 'vitest';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { encounter, patient, to } from '../world/record.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, clock } = world;

it.each([1, 100])(
  'a visit that was none takes no new part along, in files of %i resources',
  async (maxPerFile) => {
    const site = await world.site({ maxPerFile });
    site.ehr.load([patient('p'), encounter('whole', 'p')]);
    await site.sync();
    clock.advance(60);
    site.ehr.put(encounter('whole', 'p', { status: 'entered-in-error' }));
    site.ehr.put(encounter('part', 'p', { partOf: to('Encounter', 'whole') }));
    expect(await site.sync()).toMatchObject({ status: 'completed', mode: 'incremental' });
    const fresh = await world.site({ ehr: site.ehr });
    await fresh.sync();
    expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, fresh.id));
    expect(await orphans(sql)).toEqual([]);
    expect(await leftovers(sql)).toEqual([]);
  },
);
