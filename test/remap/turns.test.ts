/** A chunk that is mapped again takes turns with whatever computes over all of its connection. */
import { afterAll, expect, it } from 'vitest';
import { settleAloneInTx } from '../../jobs/load/take-turns.ts';
import { runJob } from '../../jobs/workers.ts';
import { untilWaitedFor } from '../world/locks.ts';
import { condition, patient } from '../world/record.ts';
import { startRemap } from '../world/verbs.ts';
import { drain, fetchOne, openTestWorld, runOf } from '../world/world.ts';
import { loadRelease } from './release.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps, clock } = world;

it('is not mapped while a run of some patients closes', async () => {
  const site = await world.site();
  site.ehr.load([patient('p'), condition('c', 'p')]);
  await site.sync();
  await loadRelease(deps, (release) => release.move('SNOMED', '44054006', 'Observation'));
  const { run_id } = await startRemap(deps, { connection_id: site.id, triggered_by: 'test' });
  let next = await fetchOne(deps);
  for (; next && next.name !== 'remap'; next = await fetchOne(deps)) await runJob(deps, next.name, next.job);
  const { job } = next ?? expect.fail('there is nothing to map again');
  const { remapped } = await sql.begin(async (closing) => {
    await settleAloneInTx(closing, site.id);
    const remapped = runJob(deps, 'remap', job);
    await untilWaitedFor(sql, closing);
    return { remapped };
  });
  await remapped;
  await drain(deps, clock);
  expect(await runOf(sql, run_id)).toMatchObject({ status: 'completed' });
});
