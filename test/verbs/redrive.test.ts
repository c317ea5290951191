/** `redrive`: what failed is mapped again once the reason is gone, without asking the EHR. */
import { afterAll, describe, expect, it } from 'vitest';
import { tick } from '../../jobs/tick.ts';
import { inLongRun } from '../long-run.ts';
import { contentOf, leftovers, orphans, sizes } from '../world/content.ts';
import { condition, observation, patient } from '../world/record.ts';
import { retryRun, startRedrive } from '../world/verbs.ts';
import { drain, openTestWorld, type RunRow, runOf, type Site } from '../world/world.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, deps } = world;

async function redrive(
  site: Site,
  filter: { reason?: string; resource_type?: string } = {},
): Promise<RunRow> {
  const run = await startRedrive(deps, { connection_id: site.id, triggered_by: 'test', ...filter });
  await drain(deps, world.clock);
  return await runOf(sql, run);
}

const open = async (site: Site) =>
  await sql`
    select resource_type, fhir_id, reason from failure
    where connection_id = ${site.id} and resolved_at is null order by failure_id`;

/** A failure whose cause lies here and not in the data: what a bug of ours leaves, until it is mended. */
async function asIfFailed(site: Site, type: string): Promise<void> {
  const failed = await sql<{ key: number }[]>`
    update resource set outcome = 'failed', reason = 'bug', row_tables = 0
    where connection_id = ${site.id} and resource_type = ${type} returning resource_key as key`;
  const keys = failed.map((one) => one.key);
  await sql`delete from measurement where measurement_id / 1000 = any(${keys}::bigint[])`;
  await sql`delete from condition_occurrence where condition_occurrence_id / 1000 = any(${keys}::bigint[])`;
  await sql`
    insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, fhir_id, reason)
    select connection_id, last_run, chunk_id, chunk_line, resource_type, fhir_id, 'bug'
    from resource where resource_key = any(${keys}::bigint[])`;
}

async function failedSite(): Promise<Site> {
  const site = await world.site();
  site.ehr.load([patient('p'), observation('a', 'p'), observation('b', 'p'), condition('c', 'p')]);
  await site.sync();
  await asIfFailed(site, 'Observation');
  await asIfFailed(site, 'Condition');
  return site;
}

describe('a redrive', () => {
  it('loads what failed, accounts for it as re-driven, and asks the EHR for nothing', async () => {
    const site = await failedSite();
    const fresh = await world.site({ ehr: site.ehr });
    await fresh.sync();
    const requests = site.ehr.requests.length;
    const run = await redrive(site);
    expect(run).toMatchObject({
      status: 'completed',
      kind: 'redrive',
      records_extracted: 0,
      records_redriven: 3,
      records_loaded: 3,
      records_failed: 0,
      error_code: null,
    });
    expect(site.ehr.requests).toHaveLength(requests);
    expect(await open(site)).toEqual([]);
    expect(await contentOf(sql, site.id)).toEqual(await contentOf(sql, fresh.id));
    expect(await orphans(sql)).toEqual([]);
    expect(await leftovers(sql)).toEqual([]);
  });

  inLongRun(it)('takes up only the reason and type that were named', async () => {
    const site = await failedSite();
    expect(await redrive(site, { reason: 'another' })).toMatchObject({ records_redriven: 0 });
    expect(await redrive(site, { resource_type: 'Condition' })).toMatchObject({ records_loaded: 1 });
    expect(await open(site)).toHaveLength(2);
    expect(await redrive(site, { reason: 'bug' })).toMatchObject({ records_loaded: 2 });
    expect(await open(site)).toEqual([]);
  });

  it('leaves what fails again as one open failure, of the new run', async () => {
    const site = await world.site();
    site.ehr.load([patient('p'), observation('bad', 'p', { subject: undefined, effectiveDateTime: 'soon' })]);
    const first = await site.sync();
    expect(first['records_failed']).toBe(1);
    const before = await open(site);
    const run = await redrive(site);
    expect(run).toMatchObject({
      error_message: null,
      status: 'completed',
      records_redriven: 1,
      records_failed: 1,
    });
    expect(await open(site)).toEqual(before);
    const [failure] =
      await sql`select run_id from failure where connection_id = ${site.id} and resolved_at is null`;
    expect(failure).toEqual({ run_id: run['run_id'] });
  });

  inLongRun(it)(
    'leaves lines that are no resources as they were, and does not take up an old version',
    async () => {
      const site = await world.site();
      site.ehr.load([patient('p'), observation('o', 'p')]);
      site.ehr.faults.push({
        on: 'file',
        times: 2,
        do: { rewrite: (line) => (line.includes('Observation') ? '{"resourceType": \n' : line) },
      });
      await site.sync();
      expect(await open(site)).toMatchObject([{ reason: 'not-json' }]);
      expect(await redrive(site)).toMatchObject({ status: 'completed', records_redriven: 0 });
      expect(await open(site)).toMatchObject([{ reason: 'not-json' }]);
    },
  );

  inLongRun(it)('takes a line up that has become readable, and lets later runs be', async () => {
    const site = await world.site();
    site.ehr.load([patient('p'), observation('o', 'p')]);
    await site.sync();
    // As an older program would have left it that did not understand the line.
    await sql`
      insert into failure (connection_id, run_id, chunk_id, chunk_line, reason)
      select connection_id, last_run, chunk_id, chunk_line, 'not-json' from resource
      where connection_id = ${site.id} and fhir_id = 'o'`;
    await sql`delete from measurement where measurement_id / 1000 in (select resource_key from resource where connection_id = ${site.id})`;
    await sql`delete from resource where connection_id = ${site.id} and fhir_id = 'o'`;
    expect(await redrive(site)).toMatchObject({ records_redriven: 1, records_loaded: 1 });
    expect(sizes(await contentOf(sql, site.id))).toMatchObject({ person: 1, measurement: 1 });
    expect(await open(site)).toEqual([]);
    const [lineage] = await sql`
      select line from lineage where connection_id = ${site.id} and resource_type = 'Observation'`;
    expect(lineage).toEqual({ line: 1 });
  });

  it('is refused while a sync is live, and a failed one goes on by retry', async () => {
    const site = await failedSite();
    const live = await site.start();
    await expect(startRedrive(deps, { connection_id: site.id, triggered_by: 'test' })).rejects.toThrow(
      `Run ${live} `,
    );
    await drain(deps, world.clock);
    await asIfFailed(site, 'Condition');
    const run_id = await startRedrive(deps, { connection_id: site.id, triggered_by: 'test' });
    await sql`update run set status = 'failed', finished_at = now(), error_code = 'x' where run_id = ${run_id}`;
    await tick(deps, () => false);
    expect(await open(site)).toHaveLength(4);
    expect(await retryRun(deps, { connection_id: site.id, run_id })).toBe('processing');
    await drain(deps, world.clock);
    expect(await runOf(sql, run_id)).toMatchObject({ status: 'completed', records_loaded: 3 });
    expect(await open(site)).toEqual([]);
  });

  inLongRun(it)('leaves the watermark and goes on being incremental afterwards', async () => {
    const site = await failedSite();
    const [before] =
      await sql`select watermark, watermark_scope from connection where connection_id = ${site.id}`;
    await redrive(site);
    expect(
      (await sql`select watermark, watermark_scope from connection where connection_id = ${site.id}`)[0],
    ).toEqual(before);
    expect(await site.sync()).toMatchObject({ mode: 'incremental', records_extracted: 0 });
  });
});
