/** A server in trouble is not asked again and again: scheduled syncs pause, longer and longer. */
import { afterAll, describe, expect, it } from 'vitest';
import { startPatientSyncInTx } from '../../jobs/operator/start-patient-sync.ts';
import { SCHEDULE } from '../../jobs/run/start-run.ts';
import { refusal } from '../4-map/refusal.ts';
import { inLongRun } from '../long-run.ts';
import { patient } from '../world/record.ts';
import { startRun } from '../world/verbs.ts';
import { drain, openTestWorld, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps } = world;

async function failing(): Promise<Site> {
  const site = await world.site();
  site.ehr.load([patient('p')]);
  site.ehr.faults.push({ on: 'kick-off', times: 99, do: refusal(403) });
  return site;
}

async function scheduled(site: Site): Promise<void> {
  await startRun(deps, { connection_id: site.id, triggered_by: SCHEDULE });
  await drain(deps, world.clock);
}

async function breaker(site: Site) {
  const [row] = await sql<{ failures: number; paused_until: Date | null }[]>`
    select failures_in_row as failures, paused_until from connection_health where connection_id = ${site.id}`;
  const until = row?.paused_until;
  return {
    failures: row?.failures,
    minutes: until ? (until.getTime() - world.clock().getTime()) / 60_000 : 0,
  };
}

describe('the circuit breaker', () => {
  it('pauses scheduled syncs after three failures in a row, then for longer with each', async () => {
    const site = await failing();
    await scheduled(site);
    await scheduled(site);
    expect(await breaker(site)).toEqual({ failures: 2, minutes: 0 });
    await scheduled(site);
    expect(await breaker(site)).toEqual({ failures: 3, minutes: 30 });
    await expect(scheduled(site)).rejects.toThrow('is paused until');
    world.clock.advance(30 * 60);
    await scheduled(site);
    expect(await breaker(site)).toEqual({ failures: 4, minutes: 60 });
    const [health] = await sql`select health from connection_health where connection_id = ${site.id}`;
    expect(health).toEqual({ health: 'paused' });
  });

  it('is not opened by syncs of some patients, which persons start as often as they like', async () => {
    const site = await world.site();
    site.ehr.load([patient('p')]);
    const body = JSON.stringify({ error: 'invalid_client' });
    site.ehr.faults.push({ on: 'token', times: 99, do: { status: 401, body } });
    const patients = [{ patient_id: 'p' }];
    for (let n = 0; n < 3; n++) {
      await sql.begin((tx) =>
        startPatientSyncInTx(tx, deps, { connection_id: site.id, patients, triggered_by: 'test' }),
      );
      await drain(deps, world.clock);
    }
    const runs = await sql`select kind, status, error_step from run where connection_id = ${site.id}`;
    expect(runs).toEqual(Array(3).fill({ kind: 'patient', status: 'failed', error_step: 'export' }));
    expect(await breaker(site)).toEqual({ failures: 0, minutes: 0 });
  });

  inLongRun(it)('is closed by a sync that a person starts, and by one that completes', async () => {
    const site = await failing();
    for (let n = 0; n < 3; n++) await scheduled(site);
    expect((await breaker(site)).minutes).toBe(30);
    site.ehr.faults.length = 0;
    expect(await site.sync()).toMatchObject({ status: 'completed' });
    expect(await breaker(site)).toEqual({ failures: 0, minutes: 0 });
    await scheduled(site);
  });
});
