import { afterAll, describe, expect, it } from 'vitest';
import type { StepName } from '../../jobs/step/queue.ts';
import { runJob } from '../../jobs/workers.ts';
import { observation, patient } from '../world/record.ts';
import { drain, openTestWorld, runOf } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { deps, sql, clock } = world;

describe('a small run', () => {
  const of = async (runId: number) => {
    const [row] = await sql<{ open: number; queued: number }[]>`
      select count(*)::int as open, count(*) filter (where state = 'queued')::int as queued
      from chunk where run_id = ${runId} and state <> 'done'`;
    return row ?? { open: 0, queued: 0 };
  };

  it('is not behind all chunks of a large one', async () => {
    const big = await world.site({ maxPerFile: 1 });
    const small = await world.site();
    big.ehr.load([patient('p'), ...Array.from({ length: 200 }, (_, n) => observation(`o${n}`, 'p'))]);
    small.ehr.load([patient('p'), observation('o', 'p')]);
    const first = await big.start();
    // All that is downloaded waits; nothing is mapped yet.
    const only = async (names: readonly StepName[]) => {
      for (const name of names) {
        for (;;) {
          const [job] = await deps.queue.boss.fetch<unknown>(`sync-${name}`, { includeMetadata: true });
          if (!job) break;
          await runJob(deps, name, job);
        }
      }
    };
    const mapOne = async () => {
      const [job] = await deps.queue.boss.fetch<unknown>('sync-map', { includeMetadata: true });
      if (job) await runJob(deps, 'map', job);
    };
    const others: StepName[] = ['export', 'poll', 'download', 'redrive', 'close'];
    const begin = async () => {
      await only(['export']);
      await sql`update pgboss.job set start_after = now() where name = 'sync-poll' and state = 'created'`;
      await only(others);
    };
    await begin();
    expect((await of(first)).open).toBe(201);
    await mapOne();
    const second = await small.start();
    await begin();
    for (let n = 0; n < 400 && (await runOf(sql, second))['status'] !== 'completed'; n++) {
      expect((await of(first)).queued).toBeLessThanOrEqual(32);
      await mapOne();
      await only(others);
    }
    expect(await runOf(sql, second)).toMatchObject({ status: 'completed', records_loaded: 2 });
    expect((await of(first)).open).toBeGreaterThan(100);
    await drain(deps, clock);
    expect(await runOf(sql, first)).toMatchObject({ status: 'completed', records_loaded: 201 });
  });
});
