/** What looks on at a step never decides how it ends. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Traces } from '../../jobs/step/traces.ts';
import { watched } from '../../jobs/watch-step.ts';
import { connect } from '../../sql/connect.ts';
import { patient } from '../world/record.ts';
import { openTestWorld } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());

const told: number[] = [];
const traces: Traces = {
  step: (_what, work) => work(),
  request: (_method, _host, ask) => ask(),
  api: (_asked, work) => work(),
  run: ({ run_id }) => void told.push(run_id),
  stop: async () => {},
};

describe('the trace of a run that has ended', async () => {
  const site = await world.site();
  site.ehr.load([patient('p')]);
  const { run_id } = await site.sync();
  const step = (more: object) =>
    watched({ ...world.deps, traces, ...more }, 'close', { run_id }, async () => 'done');

  it('is told once its last step is done', async () => {
    await step({});
    expect(told).toEqual([run_id]);
  });

  it('is left out where the database does not answer any more, and the step stays done', async () => {
    const gone = connect(world.database.url, world.database.schemas, { max: 1 });
    await gone.end();
    await expect(step({ sql: gone })).resolves.toBeUndefined();
    expect(world.logged()).toContain('the trace of a run lacks the run itself');
  });

  it('is left out where telling it fails, and the step stays done', async () => {
    const run = () => {
      throw new TypeError('no such span');
    };
    await expect(step({ traces: { ...traces, run } })).resolves.toBeUndefined();
  });
});
