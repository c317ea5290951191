/** One worker process for several EHRs, of which some are slow. */
import type { ChildProcess } from 'node:child_process';
import { afterAll, expect, it } from 'vitest';
import { observation, patient } from '../world/record.ts';
import { startProcess } from '../world/worker-process.ts';
import { drain, openTestWorld, runOf, type Site, type SiteOptions } from '../world/world.ts';

const world = await openTestWorld();
const { sql } = world;
let child: ChildProcess | undefined;
afterAll(async () => {
  child?.kill('SIGKILL');
  await world.close();
});

async function site(options: SiteOptions = {}): Promise<Site> {
  const made = await world.site(options);
  made.ehr.load([patient('p'), ...Array.from({ length: 6 }, (_, n) => observation(`o${n}`, 'p'))]);
  return made;
}

it('EHRs that are silent in all their downloads hold up no other', async () => {
  const slow = [await site({ maxPerFile: 1 }), await site({ maxPerFile: 1 })];
  const quick = await site();
  const speak = Promise.withResolvers<void>();
  for (const { ehr } of slow) ehr.faults.push({ on: 'file', times: 999, do: { hold: speak.promise } });
  ({ child } = await startProcess(world, ['jobs/main.ts']));
  const waiting = [];
  for (const one of slow) waiting.push(await one.start());
  const asked = (one: Site) => one.ehr.requests.filter(({ kind }) => kind === 'file').length;
  // Each has as many files under way as it may have.
  while (slow.some((one) => asked(one) < 3)) await sql`select pg_sleep(0.02)`;
  const runId = await quick.start();
  while ((await runOf(sql, runId))['finished_at'] === null) await sql`select pg_sleep(0.02)`;
  expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', records_loaded: 7 });
  expect(slow.map(asked)).toEqual([3, 3]);
  for (const id of waiting) expect((await runOf(sql, id))['status']).toBe('downloading');
  child.kill('SIGTERM');
  speak.resolve();
  await new Promise((gone) => child?.once('exit', gone));
  await drain(world.worker(), world.clock);
  for (const id of waiting)
    expect(await runOf(sql, id)).toMatchObject({ status: 'completed', records_loaded: 7 });
});
