/** What a worker remembers of an export's references, while a run of some patients changes who is a person. */
import { afterAll, expect, it } from 'vitest';
import { startPatientSyncInTx } from '../../jobs/operator/start-patient-sync.ts';
import { runJob } from '../../jobs/workers.ts';
import { contentOf, leftovers, orphans } from '../world/content.ts';
import { observation, patient, to } from '../world/record.ts';
import { drain, type Fetched, fetchOne, openTestWorld, runOf, startNextDeferred } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { deps, sql, clock } = world;

it('rows that an export brings of a Patient whom another has replaced meanwhile are that one’s', async () => {
  const one = await world.site({
    maxPerFile: 1,
    config: { limits: { requests_per_second: 1000, chunk_bytes: 1024 } },
  });
  const { ehr } = one;
  ehr.load([patient('a'), patient('b'), ...[1, 2, 3, 4].map((n) => observation(`a${n}`, 'a'))]);
  const full = await one.start({ full: true });
  const held: Fetched[] = [];
  /** Works at one run until nothing is left, or so many of its chunks are mapped; jobs of the other are kept. */
  const work = async (run: number, chunks = 1000) => {
    let mapped = 0;
    while (mapped < chunks) {
      const kept = held.findIndex(({ job }) => (job.data as { run_id: number }).run_id === run);
      const next = kept < 0 ? await fetchOne(deps) : held.splice(kept, 1)[0];
      if (!next) {
        if (await startNextDeferred(sql, clock)) continue;
        return;
      }
      if ((next.job.data as { run_id: number }).run_id !== run) held.push(next);
      else {
        await runJob(deps, next.name, next.job);
        if (next.name === 'map') mapped++;
      }
    }
  };
  await work(full, 4);
  expect(await runOf(sql, full)).toMatchObject({ finished_at: null });
  clock.advance(60);
  ehr.put(patient('b', { link: [{ other: to('Patient', 'a'), type: 'replaces' }] }));
  const some = await sql.begin((tx) =>
    startPatientSyncInTx(tx, deps, {
      ...{ connection_id: one.id, patients: [{ patient_id: 'b' }], triggered_by: 'test' },
    }),
  );
  await work(some);
  expect(await runOf(sql, some)).toMatchObject({ status: 'completed' });
  await work(full);
  await drain(deps, clock);
  expect(await runOf(sql, full)).toMatchObject({ status: 'completed' });

  const fresh = await world.site({ ehr });
  expect(await fresh.sync()).toMatchObject({ status: 'completed' });
  expect(await contentOf(sql, one.id)).toEqual(await contentOf(sql, fresh.id));
  expect(await orphans(sql)).toEqual([]);
  expect(await leftovers(sql)).toEqual([]);
});
