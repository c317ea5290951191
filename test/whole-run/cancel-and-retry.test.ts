import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tick } from '../../jobs/tick.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { cancelRun, retryRun } from '../world/verbs.ts';
import { drain, openTestWorld, runOf, type World } from '../world/world.ts';

describe('a run that a person ends or takes up again', () => {
  let world: World;
  beforeAll(async () => {
    world = await openTestWorld();
  });
  afterAll(() => world.close());

  it('is cancelled while the server prepares the export, which is then released there', async () => {
    const site = await world.site({ polls: 5 });
    const run_id = await site.start();
    await tick(world.deps, () => false);
    expect((await runOf(world.sql, run_id))['status']).toBe('exporting');
    await cancelRun(world.deps, { connection_id: site.id, run_id });
    await drain(world.deps, world.clock);
    const run = await runOf(world.sql, run_id);
    expect(run['status']).toBe('cancelled');
    expect(run['server_released']).toBe('the server answered 202');
    expect(site.ehr.requests.filter((request) => request.kind === 'delete')).toHaveLength(1);
    expect(await watermark(site.id)).toBeNull();
  });

  it('is cancelled while it is mapped: whole chunks stay, the totals add up, the next sync is full', async () => {
    const site = await world.site({
      population: { seed: 'cancel', patients: LONG_RUN ? 4 : 2 },
      config: { limits: { chunk_bytes: 20_000 } },
    });
    const run_id = await site.start();
    let jobs = 0;
    await tick(
      world.deps,
      () => jobs >= 25,
      () => void jobs++,
    );
    await cancelRun(world.deps, { connection_id: site.id, run_id });
    await drain(world.deps, world.clock);
    const run = await runOf(world.sql, run_id);
    const [done] = await world.sql<{ extracted: number }[]>`
      select coalesce(sum(extracted), 0)::int as extracted from chunk_count where run_id = ${run_id}`;
    expect(run['status']).toBe('cancelled');
    expect(run['records_extracted']).toBe(done?.extracted);
    expect(run['records_extracted']).toBeLessThan(site.ehr.count());
    const next = await site.sync();
    expect(next['mode']).toBe('full');
    expect(next['status']).toBe('completed');
    expect(next['records_unchanged'] + next['records_loaded'] + next['records_excluded']).toBe(
      next['records_extracted'],
    );
  });

  it('cannot be cancelled when it has ended', async () => {
    const site = await world.site();
    const run = await site.sync();
    await expect(cancelRun(world.deps, { connection_id: site.id, run_id: run['run_id'] })).rejects.toThrow(
      /is completed already; only a live run can be cancelled/,
    );
  });

  it('is not retried unless it failed, and says what to do instead', async () => {
    const site = await world.site();
    const run_id = await site.start();
    const retried = retryRun(world.deps, { connection_id: site.id, run_id });
    await expect(retried).rejects.toThrow(
      /is pending: it did not fail, and goes on by itself while a worker runs/,
    );
    await world.sql`update run set kind = 'import', status = 'downloading' where run_id = ${run_id}`;
    const killed = retryRun(world.deps, { connection_id: site.id, run_id });
    await expect(killed).rejects.toThrow(/give the same command again \(cli import PATH… --site KEY\)/);
    await cancelRun(world.deps, { connection_id: site.id, run_id });
    const cancelled = retryRun(world.deps, { connection_id: site.id, run_id });
    await expect(cancelled).rejects.toThrow(
      /is cancelled; only a failed run can be retried. Start a new sync/,
    );
  });

  inLongRun(it)(
    'goes on from its checkpoint when it failed in the middle of the files, and fetches no file twice',
    async () => {
      const site = await world.site({ population: { seed: 'retry', patients: 1 } });
      // The client is struck off the register between two files.
      site.ehr.faults.push(
        { on: 'file', skip: 4, do: { expireTokens: true } },
        { on: 'token', skip: 1, do: { status: 401, body: '{"error":"invalid_client"}' } },
      );
      const failed = await site.sync();
      expect(failed['status']).toBe('failed');
      expect(failed['error_code']).toBe('token-invalid-client');
      const fetched = filesServed(site.ehr.requests);
      expect(await retryRun(world.deps, { connection_id: site.id, run_id: failed['run_id'] })).toBe(
        'downloading',
      );
      await drain(world.deps, world.clock);
      const run = await runOf(world.sql, failed['run_id']);
      expect(run['status']).toBe('completed');
      expect(run['error_code']).toBeNull();
      expect(run['records_extracted']).toBe(site.ehr.count());
      const after = filesServed(site.ehr.requests);
      expect(new Set(after).size).toBe(after.length);
      expect(after.slice(0, fetched.length)).toEqual(fetched);
      expect(await watermark(site.id)).toBe(run['transaction_time']);
    },
  );

  inLongRun(it)('asks again when the kick-off was refused and the reason is gone', async () => {
    const site = await world.site();
    site.ehr.faults.push({ on: 'kick-off', times: 1, do: { status: 403 } });
    const failed = await site.sync();
    expect(failed['error_code']).toBe('kick-off-refused');
    expect(await retryRun(world.deps, { connection_id: site.id, run_id: failed['run_id'] })).toBe('pending');
    await drain(world.deps, world.clock);
    expect((await runOf(world.sql, failed['run_id']))['status']).toBe('completed');
  });

  it('cannot be retried when it did not fail, nor when a later run came after it', async () => {
    const site = await world.site();
    site.ehr.faults.push({ on: 'kick-off', times: 1, do: { status: 403 } });
    const failed = await site.sync();
    const good = await site.sync();
    const retry = (run_id: number) => retryRun(world.deps, { connection_id: site.id, run_id });
    await expect(retry(good['run_id'])).rejects.toThrow(/is completed; only a failed run can be retried/);
    await expect(retry(failed['run_id'])).rejects.toThrow(/came after run/);
  });

  async function watermark(id: number): Promise<string | null> {
    const [row] = await world.sql<{ watermark: string | null }[]>`
      select watermark from connection where connection_id = ${id}`;
    return row?.watermark ?? null;
  }
});

/** Paths of the files that were served in full, in order. */
function filesServed(requests: readonly { kind: string; path: string; status: number }[]): string[] {
  return requests
    .filter((request) => request.kind === 'file' && request.status === 200)
    .map((request) => request.path);
}
