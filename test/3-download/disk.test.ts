import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import { type Disk, openDisk } from '../../jobs/step/disk.ts';
import { tick } from '../../jobs/tick.ts';
import { inLongRun } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { drain, openTestWorld, runOf } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { deps, sql, clock } = world;

describe('downloads', () => {
  it('wait while the disk is low, say so, and go on when there is room', async () => {
    const full = openDisk({ DATA_DIR: tmpdir(), MIN_FREE_DISK_MB: '1e15' }, { sql, clock });
    const roomy = openDisk({ DATA_DIR: tmpdir(), MIN_FREE_DISK_MB: '0' }, { sql, clock });
    await waitsThenEnds(full, roomy, 'MIN_FREE_DISK_MB');
  });

  inLongRun(it)('wait while the database is too large', async () => {
    const url = 'postgres://elsewhere/omop';
    const full = openDisk({ DATABASE_URL: url, MAX_DATABASE_GB: '0.001' }, { sql, clock });
    const roomy = openDisk({ DATABASE_URL: url, MAX_DATABASE_GB: '10000' }, { sql, clock });
    await waitsThenEnds(full, roomy, 'MAX_DATABASE_GB');
  });

  inLongRun(it)('wait in the middle of a file, too, and keep what they have', async () => {
    let checks = 0;
    const filling: Disk = {
      check: () => (++checks > 4 ? full.check() : Promise.resolve()),
    };
    const full = openDisk({ DATA_DIR: tmpdir(), MIN_FREE_DISK_MB: '1e15' }, { sql, clock });
    const site = await world.site({ gzip: false, config: { limits: { chunk_bytes: 1024 } } });
    const note = [{ text: 'x'.repeat(8000) }];
    const many = Array.from({ length: 200 }, (_, n) => observation(`o${n}`, 'p', { note }));
    site.ehr.load([patient('p'), ...many]);
    const runId = await site.start();
    await untilIdle({ ...deps, disk: filling });
    expect(await runOf(sql, runId)).toMatchObject({ status: 'downloading' });
    const [kept] = await sql`select count(*)::int as n from chunk where run_id = ${runId}`;
    expect(kept?.['n']).toBeGreaterThan(0);
    await drain(deps, clock);
    expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', records_loaded: 201 });
  });
});

/** Runs what is ready, and lets polls wait no longer than they must. */
async function untilIdle(worker: typeof deps): Promise<void> {
  await tick(worker, () => false);
  await sql`update pgboss.job set start_after = now() where name = 'sync-poll' and state = 'created'`;
  await tick(worker, () => false);
}

async function waitsThenEnds(full: Disk, roomy: Disk, setting: string): Promise<void> {
  const site = await world.site();
  site.ehr.load([patient('p'), observation('o', 'p')]);
  const runId = await site.start();
  await untilIdle({ ...deps, disk: full });
  expect(await runOf(sql, runId)).toMatchObject({ status: 'downloading' });
  expect(site.ehr.requests.filter(({ kind }) => kind === 'file')).toEqual([]);
  expect(await sql`select 1 from chunk where run_id = ${runId}`).toEqual([]);
  const [notice] = await sql`select code, message from run_notice where run_id = ${runId}`;
  expect(notice).toMatchObject({ code: 'disk-low', message: expect.stringContaining(setting) });
  expect(world.logged()).toContain(setting);
  await drain({ ...deps, disk: roomy }, clock);
  expect(await runOf(sql, runId)).toMatchObject({ status: 'completed', records_loaded: 2 });
}

it('a setting that is no number stops the start and names itself', () => {
  expect(() => openDisk({ MIN_FREE_DISK_MB: 'plenty' }, { sql, clock })).toThrow(/MIN_FREE_DISK_MB/);
});
