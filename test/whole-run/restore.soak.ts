/** What sql/BACKUP.md says of a database that goes back to an older state while the EHR has gone on. */
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { presentAnchor, readAnchor } from '../../jobs/record/anchor.ts';
import { appendToFile } from '../../jobs/record/file-sink.ts';
import { verifyRecord } from '../../jobs/record/verify.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import { tick } from '../../jobs/tick.ts';
import type { Sql } from '../../sql/connect.ts';
import { contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import { meansHere, openCopies } from '../world/copies.ts';
import { observation, patient } from '../world/record.ts';
import { startPurge, startRun } from '../world/verbs.ts';
import { drain, openTestWorld, type RunRow, runOf } from '../world/world.ts';

const world = await openTestWorld();
const folder = await mkdtemp(join(tmpdir(), 'fhir-omop-sync-restore-'));
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});
const { sql, clock } = world;

describe.each(await meansHere())('a database that goes back to a backup (%s)', (means) => {
  const copies = openCopies(world, means);
  afterAll(() => copies.close());

  it('syncs on from the watermark that it had then, to the content that it would have had, with the same ids', async () => {
    const site = await world.site({ population: { seed: 'restore', patients: 3 } });
    const first = await site.sync();
    const copy = await copies.take();
    const ids = await idsOf(sql, site.id);
    clock.advance(3600);
    site.ehr.change('lost', { patients: 2 });
    site.ehr.remove('Observation', await anObservation(site.id));
    await site.sync();
    clock.advance(3600);
    site.ehr.change('after', { patients: 1 });

    const restored = await copy.restore();
    expect(await idsOf(restored.sql, site.id)).toEqual(ids);
    const next = await syncOn(restored, site.id);
    expect(next).toMatchObject({
      status: 'completed',
      mode: 'incremental',
      since: first['transaction_time'],
    });
    await site.sync();
    await expectAsUndisturbed(restored, site.id);
    const now = await idsOf(restored.sql, site.id);
    for (const [name, key] of ids) if (now.has(name)) expect([name, now.get(name)]).toEqual([name, key]);
  });

  it('goes on with a run that was live then, and the next sync brings what the server has forgotten of it', async () => {
    const site = await world.site({ population: { seed: 'live', patients: 2 }, maxPerFile: 20 });
    const runId = await site.start();
    let jobs = 0;
    await tick(
      world.deps,
      () => jobs >= 12,
      () => void jobs++,
    );
    const live = await runOf(sql, runId);
    expect(live).toMatchObject({ status: 'downloading' });
    const copy = await copies.take();
    await drain(world.deps, clock);
    expect(await runOf(sql, runId)).toMatchObject({
      status: 'completed',
      server_released: expect.anything(),
    });

    const restored = await copy.restore();
    await drain(restored, clock);
    const gone = await runOf(restored.sql, runId);
    expect(gone['held_by']).toEqual(['file-lost']);
    expect(await syncOn(restored, site.id)).toMatchObject({
      status: 'completed',
      mode: 'full',
      held_by: [],
    });
    await expectAsUndisturbed(restored, site.id);
  });

  it('has again whoever was purged since, until the purge is asked for again', async () => {
    const site = await world.site();
    site.ehr.load([patient('opted-out'), observation('o', 'opted-out'), patient('other')]);
    await site.sync();
    const copy = await copies.take();
    const purge = async (deps: Deps) => {
      const request = { patient_id: 'opted-out', unknown: false, reason: 'opt-out', requested_by: 'test' };
      await startPurge(deps, { connection_id: site.id, ...request });
      await drain(deps, clock);
    };
    const persons = async (deps: Deps) => (await contentOf(deps.sql, site.id))['person']?.length;
    await purge(world.deps);
    expect(await persons(world.deps)).toBe(1);
    const restored = await copy.restore();
    expect(await persons(restored)).toBe(2);
    await purge(restored);
    expect(await persons(restored)).toBe(1);
    expect(await syncOn(restored, site.id, true)).toMatchObject({ records_excluded: 2 });
  });

  it('is told from the one that went on by an anchor and a file of the record, and fills another file', async () => {
    const file = join(folder, `${means}.jsonl`);
    const site = await world.site();
    await site.sync();
    await verifyRecord(world.deps);
    await appendToFile(world.deps, file);
    const copy = await copies.take();
    await site.sync();
    expect((await verifyRecord(world.deps)).faults).toEqual([]);
    const anchor = readAnchor(await presentAnchor(sql));
    await appendToFile(world.deps, file);

    const restored = await copy.restore();
    expect((await verifyRecord(restored)).faults).toEqual([]);
    expect((await verifyRecord(restored, { anchor })).faults).toMatchObject([{ code: 'tail-cut' }]);
    clock.advance(60);
    await syncOn(restored, site.id);
    expect((await verifyRecord(restored)).faults).toEqual([]);
    await expect(appendToFile(restored, file)).rejects.toMatchObject({ code: 'audit-file-differs' });
    await rename(file, `${file}.before`);
    expect(await appendToFile(restored, file)).toBeGreaterThan(0);
    const [first] = (await readFile(file, 'utf8')).split('\n');
    expect(JSON.parse(first ?? '').seal_no).toBeLessThanOrEqual(anchor.seal_no);
  });
});

async function syncOn(deps: Deps, connection_id: number, force_full = false): Promise<RunRow> {
  const { run_id } = await startRun(deps, { connection_id, triggered_by: 'test', force_full });
  await drain(deps, clock);
  return await runOf(deps.sql, run_id);
}

async function expectAsUndisturbed(restored: Deps, site: number): Promise<void> {
  const [ours, theirs] = [await contentOf(restored.sql, site), await contentOf(sql, site)];
  expect(sizes(ours)['measurement']).toBeGreaterThan(20);
  expect(ours).toEqual(theirs);
  expect([await orphans(restored.sql), await leftovers(restored.sql)]).toEqual([[], []]);
}

async function anObservation(site: number): Promise<string> {
  const [found] = await sql<{ fhir_id: string }[]>`
    select fhir_id from resource where connection_id = ${site} and resource_type = 'Observation' and outcome = 'loaded'
    order by fhir_id limit 1`;
  return found?.fhir_id ?? '';
}

async function idsOf(of: Sql, site: number): Promise<Map<string, number>> {
  const rows = await of<{ name: string; resource_key: number }[]>`
    select resource_type || '/' || fhir_id as name, resource_key from resource where connection_id = ${site}`;
  return new Map(rows.map((row) => [row.name, row.resource_key]));
}
