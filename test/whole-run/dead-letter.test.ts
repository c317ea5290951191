import { afterAll, describe, expect, it } from 'vitest';
import { runJob } from '../../jobs/workers.ts';
import { few, inLongRun } from '../long-run.ts';
import { contentOf, leftovers } from '../world/content.ts';
import { observation, patient } from '../world/record.ts';
import { retryRun } from '../world/verbs.ts';
import {
  drain,
  fetchOne,
  openTestWorld,
  returnJobsOfTheDead,
  runOf,
  type Site,
  startNextDeferred,
} from '../world/world.ts';

const world = await openTestWorld();
const { sql, deps, clock } = world;
afterAll(() => world.close());

async function site(): Promise<Site> {
  const made = await world.site();
  made.ehr.put(patient('p'));
  made.ehr.put(observation('o', 'p'));
  return made;
}

/** Runs all jobs but one of `step`, which ends each worker that takes it; says how many that were. */
async function untilAbandoned(step: string): Promise<number> {
  let doomed: string | undefined;
  for (let deaths = 0, rounds = 0; rounds < 100; rounds++) {
    const fetched = await fetchOne(deps);
    if (fetched?.name === step) doomed ??= fetched.job.id;
    if (fetched && fetched.job.id === doomed) {
      deaths++;
      await returnJobsOfTheDead(deps);
      const [dead] = await sql`select data from pgboss.job where name = 'sync-dead' and state = 'created'`;
      if (dead) return deaths;
    } else if (fetched) await runJob(deps, fetched.name, fetched.job);
    else await startNextDeferred(sql, clock);
  }
  throw new Error(`no job of step "${step}" was abandoned`);
}

describe('a job that ends its worker again and again', () => {
  few(it, 1).each(['export', 'download', 'map', 'close'])(
    '(%s) fails its run, which can be retried',
    async (step) => {
      const one = await site();
      const runId = await one.start();
      // Once, and as often as the queue gives it to another.
      expect(await untilAbandoned(step)).toBe(6);
      expect((await runOf(sql, runId))['finished_at']).toBeNull();
      await drain(deps, clock);
      expect(await runOf(sql, runId)).toMatchObject({
        ...{ status: 'failed', error_step: 'dead-letter', error_code: 'step-abandoned' },
        error_message: expect.stringContaining('it can be started again'),
      });
      expect(await sql`select kind, subject from alert where run_id = ${runId}`).toEqual([
        { kind: 'run-failed', subject: 'step-abandoned' },
      ]);
      expect(await sql`select watermark from connection where connection_id = ${one.id}`).toEqual([
        { watermark: null },
      ]);
      expect(
        await sql`
      select name, state::text from pgboss.job
      where name like 'sync-%' and name <> 'sync-watch' and state in ('created', 'retry', 'active')`,
      ).toEqual([]);

      await retryRun(deps, { connection_id: one.id, run_id: runId });
      await drain(deps, clock);
      expect(await runOf(sql, runId)).toMatchObject({
        ...{
          status: 'completed',
          records_extracted: 2,
          records_loaded: 2,
          records_failed: 0,
          error_code: null,
        },
      });
    },
  );

  inLongRun(it)('leaves the connection free for a new sync, whose content is the same', async () => {
    const one = await site();
    await one.start();
    await untilAbandoned('map');
    await drain(deps, clock);
    expect(await one.sync()).toMatchObject({ status: 'completed', mode: 'full', records_extracted: 2 });
    const undisturbed = await site();
    await undisturbed.sync();
    expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, undisturbed.id));
    await sql`delete from run where status = 'failed'`;
    expect(await leftovers(sql)).toEqual([]);
  });
});
