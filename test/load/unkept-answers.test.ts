/** Answers of Observations whose rows have no column for them are kept beside the rows, as long as those are there. */
import { afterAll, expect, it } from 'vitest';
import { condition, observation, patient } from '../world/record.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql } = world;

const kept = () => sql`
  select r.fhir_id, a.table_name, a.value_as_sent from unkept_answer a join resource r using (resource_key) order by 1`;

it('of an Observation that is a condition, until it changes or goes; of none that has its answer in its row', async () => {
  const one = await world.site();
  const finding = { code: condition('c', 'p')['code'], valueQuantity: undefined };
  one.ehr.load([
    patient('p'),
    observation('finding', 'p', { ...finding, valueString: 'Present' }),
    observation('unanswered', 'p', { ...finding, interpretation: [{ text: 'seen' }] }),
    observation('measured', 'p'),
  ]);
  expect(await one.sync()).toMatchObject({ records_loaded: 4 });
  expect(await sql`select 1 from condition_occurrence`).toHaveLength(2);
  expect(await kept()).toEqual([
    { fhir_id: 'finding', table_name: 'condition_occurrence', value_as_sent: 'Present' },
    { fhir_id: 'unanswered', table_name: 'condition_occurrence', value_as_sent: 'seen' },
  ]);
  one.ehr.put(observation('finding', 'p', { ...finding, valueString: 'Definitely' }));
  one.ehr.remove('Observation', 'unanswered');
  await one.sync();
  expect(await kept()).toEqual([
    { fhir_id: 'finding', table_name: 'condition_occurrence', value_as_sent: 'Definitely' },
  ]);
});
