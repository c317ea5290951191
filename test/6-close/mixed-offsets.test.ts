/** A source that sends some times in UTC and others by its wall clock: told, with the setting that makes them one. */
import { afterAll, expect, it } from 'vitest';
import { inLongRun } from '../long-run.ts';
import { encounter, observation, patient, to } from '../world/record.ts';
import { openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

const evening = encounter('visit', 'p', {
  period: { start: '2026-01-02T23:30:00-06:00', end: '2026-01-02T23:50:00-06:00' },
});
const pulse = (id: string, at: string) =>
  observation(id, 'p', { effectiveDateTime: at, encounter: to('Encounter', 'visit') });

async function notices(site: Site) {
  return [
    ...(await sql`
      select n.code, n.amount, n.message from run_notice n join run using (run_id)
      where connection_id = ${site.id} and code = 'mixed-offsets'`),
  ];
}

async function days(site: Site) {
  const rows = await sql<{ at: string }[]>`
    select visit_start_datetime as at from visit_occurrence v join resource r on r.resource_key = v.visit_occurrence_id
    where r.connection_id = ${site.id}
    union all
    select measurement_datetime from measurement m join resource r on r.resource_key = m.measurement_id / 1000
    where r.connection_id = ${site.id}
    order by 1`;
  return rows.map(({ at }) => at);
}

it('is noted with counts, types and the setting', async () => {
  const site = await world.site();
  site.ehr.load([
    patient('p'),
    evening,
    pulse('a', '2026-01-03T05:40:00Z'),
    pulse('b', '2026-01-03T05:45:00Z'),
  ]);
  await site.sync();
  expect(await days(site)).toEqual(['2026-01-02 23:30:00', '2026-01-03 05:40:00', '2026-01-03 05:45:00']);
  expect(await notices(site)).toEqual([
    {
      code: 'mixed-offsets',
      amount: 2,
      message:
        '2 resources have times in UTC (Observation) and 1 with another offset (Encounter). Each keeps its own day: set timezone (mapping) to the zone of the site.',
    },
  ]);
});

inLongRun(it)('is all of one day with the setting, and nothing is noted', async () => {
  const site = await world.site({ config: { mapping: { timezone: 'America/Chicago' } } });
  site.ehr.load([patient('p'), evening, pulse('a', '2026-01-03T05:40:00Z')]);
  await site.sync();
  expect(await days(site)).toEqual(['2026-01-02 23:30:00', '2026-01-02 23:40:00']);
  expect(await notices(site)).toEqual([]);
});

inLongRun(it)('is not noted of a source that keeps to one clock, in summer and winter', async () => {
  const site = await world.site();
  site.ehr.load([
    patient('p'),
    evening,
    pulse('summer', '2026-07-03T05:40:00-05:00'),
    pulse('day', '2026-07-03'),
  ]);
  await site.sync();
  expect(await notices(site)).toEqual([]);
});
