import { afterAll, expect, test } from 'vitest';
import { LONG_RUN } from '../long-run.ts';
import { openTestWorld, type RunRow } from '../world/world.ts';

const PATIENTS = LONG_RUN ? 6 : 2;

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

const assessmentsOf = (run: RunRow) => sql<{ persons: number; scope: string }[]>`
  select persons, scope from quality_assessment where run_id = ${run['run_id']}`;

test('a run derives and checks the persons whose rows it wrote or deleted, and nobody else', async () => {
  // Noon, so that no day begins between the runs: stays that go on would grow, and touch their persons.
  world.clock.advance(36 * 3600 - ((world.clock().getTime() / 1000) % (24 * 3600)));
  const site = await world.site({ population: { seed: 'touched', patients: PATIENTS } });
  const first = await site.sync();
  const [people] = await sql<{ persons: number; observed: number }[]>`
    select count(*) as persons, count(*) filter (
      where exists (select from observation_period o where o.person_id = p.person_id)) as observed
    from person p`;
  expect(people).toEqual({ persons: PATIENTS, observed: PATIENTS });
  expect([...(await assessmentsOf(first))]).toEqual([{ persons: PATIENTS, scope: 'touched' }]);
  expect([...(await sql`select * from touched_persons`)]).toEqual([]);

  // Nothing changed, on the same day: nobody is touched, and nothing assessed.
  const second = await site.sync({ full: true });
  expect(second).toMatchObject({ status: 'completed', rows_written: 0 });
  expect([...(await assessmentsOf(second))]).toEqual([]);

  // A row that only goes away touches its person too.
  world.clock.advance(60);
  const [loaded] = await sql<{ fhir_id: string }[]>`
    select fhir_id from resource where resource_type = 'Condition' and row_tables <> 0 order by fhir_id limit 1`;
  const condition = site.ehr.get('Condition', loaded?.fhir_id ?? '');
  if (!condition) throw new Error('the population has no condition');
  site.ehr.put({ ...condition, verificationStatus: { coding: [{ code: 'entered-in-error' }] } });
  const third = await site.sync();
  expect(third).toMatchObject({ status: 'completed', rows_written: 0 });
  expect(third['rows_deleted']).toBeGreaterThan(0);
  expect([...(await assessmentsOf(third))]).toEqual([{ persons: 1, scope: 'touched' }]);
});
