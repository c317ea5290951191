import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PIPELINE } from '../../jobs/pipeline.ts';
import { runDashboardChecks } from '../../jobs/quality/dashboard/run.ts';
import { runStep } from '../../jobs/run-step.ts';
import { syncError } from '../../jobs/step/errors.ts';
import { runJob } from '../../jobs/workers.ts';
import { inLongRun } from '../long-run.ts';
import { startApi, type TestApi, TOKEN } from './api.ts';

const DQD = '/api/v1/admin/quality/dqd';
const CHECK = 'table_cdmtable_person';

let api: TestApi;
/** A pass of the command line. */
let ofCommand = 0;
beforeAll(async () => {
  api = await startApi({ adminToken: TOKEN });
});
afterAll(() => api.close());

describe('the results of the Data Quality Dashboard', () => {
  it('are not there before the first pass, and then are, with the thresholds of today', async () => {
    expect(await api.call('GET', DQD)).toMatchObject({ status: 404, json: { code: 'dqd-pass-not-found' } });
    ofCommand = await runDashboardChecks({ sql: api.sql, clock: () => new Date() }, { program: 'test 1' });

    expect(
      await api.call('PUT', `${DQD}/thresholds/${CHECK}`, { threshold: 7.5, note: 'agreed' }),
    ).toMatchObject({
      status: 200,
      json: { check_id: CHECK, threshold: 7.5, note: 'agreed' },
    });
    const result = async () => {
      const { json } = await api.call('GET', DQD);
      return json.CheckResults.find((one: { checkId: string }) => one.checkId === CHECK);
    };
    expect(await result()).toMatchObject({ passed: 1, thresholdValue: 7.5, notesValue: 'agreed' });

    expect(await api.call('DELETE', `${DQD}/thresholds/${CHECK}`)).toMatchObject({ status: 204 });
    expect(await result()).toMatchObject({ passed: 1, thresholdValue: 0 });
    expect(await result()).not.toHaveProperty('notesValue');
  });

  it('have their thresholds of the site listed by check, page by page, with who set each and why', async () => {
    const checks = ['table_cdmtable_death', CHECK, 'table_cdmtable_visit_occurrence'];
    for (const [at, check] of checks.entries())
      await api.call('PUT', `${DQD}/thresholds/${check}`, { threshold: at, note: `reason ${at}` });
    const first = (await api.call('GET', `${DQD}/thresholds?limit=2`)).json;
    expect(first.items).toMatchObject([
      { check_id: checks[0], threshold: 0, note: 'reason 0', changed_by: 'admin' },
      { check_id: CHECK, threshold: 1, note: 'reason 1' },
    ]);
    expect(first.next).toContain(`cursor=${first.next_cursor}`);
    const second = (await api.call('GET', first.next)).json;
    expect(second).toMatchObject({ items: [{ check_id: checks[2] }], next_cursor: null, next: null });
    expect(await api.call('GET', `${DQD}/thresholds?cursor=x`)).toMatchObject({ status: 400 });
    for (const check of checks) await api.call('DELETE', `${DQD}/thresholds/${check}`);
    expect((await api.call('GET', `${DQD}/thresholds`)).json.items).toEqual([]);
  });

  it('take no threshold for a check that does not exist, nor one beyond 0 to 100, nor one without a reason', async () => {
    const put = (id: string, body: object) => api.call('PUT', `${DQD}/thresholds/${id}`, body);
    expect(await put('table_cdmtable_people', { threshold: 1, note: 'x' })).toMatchObject({ status: 404 });
    expect(await put(CHECK, { threshold: 101, note: 'x' })).toMatchObject({ status: 400 });
    expect(await put(CHECK, { threshold: 1, note: '  ' })).toMatchObject({ status: 400 });
    expect(await api.call('DELETE', `${DQD}/thresholds/${CHECK}`)).toMatchObject({ status: 404 });
  });
});

describe('a pass that is asked for', () => {
  const PASSES = `${DQD}/passes`;
  const start = async () => {
    const answer = await api.call('POST', PASSES);
    return { ...answer, id: answer.json.dqd_run_id as number };
  };
  /** What a worker does next; false where nothing waits. */
  const work = async (): Promise<boolean> => {
    const [job] = await api.queue.boss.fetch('sync-dqd', { includeMetadata: true });
    if (job) await runJob(api.deps, 'dqd', job);
    return job !== undefined;
  };
  const pass = async (id: number) => (await api.call('GET', `${PASSES}/${id}`)).json;
  const findings = async () => (await api.sql`select table_name from dqd_finding`).length;

  afterEach(async () => {
    await api.sql`update dqd_run set state = 'cancelled', ended_at = now() where ended_at is null`;
    while (await work());
  });

  it('is checked table by table, and has at its end the results that one of the command line has', async () => {
    const { status, id, headers, json } = await start();
    expect([status, headers.get('location')]).toEqual([202, `${PASSES}/${id}`]);
    expect(json).toMatchObject({ state: 'queued', tables: 0, tables_done: 0, counts: null, ended_at: null });
    await work();
    await work();
    expect(await pass(id)).toMatchObject({ state: 'running', tables: 39, tables_done: 2 });
    while (await work());
    const ended = await pass(id);
    expect(ended).toMatchObject({ state: 'ended', tables: 39, tables_done: 39, error: null });
    expect(await findings()).toBe(0);

    const figures = (of: number) => api.sql`
      select check_id, violated, total, not_applicable, status from dqd_results where dqd_run_id = ${of}
        order by check_id`;
    expect([...(await figures(id))]).toEqual([...(await figures(ofCommand))]);
    expect(ended.counts.failed + ended.counts.passed + ended.counts.not_applicable).toBe(
      (await figures(ofCommand)).length,
    );
    const { json: file } = await api.call('GET', `${DQD}?pass=${id}`);
    expect(file.Metadata[0].dqdVersion).toContain('fhir-omop-sync');
  });

  inLongRun(it)(
    'goes on at its table where a worker died, and is not disturbed by a job that comes twice',
    async () => {
      const { id } = await start();
      await work();
      const [job] = await api.queue.boss.fetch('sync-dqd', { includeMetadata: true });
      if (!job) throw new Error('no job');
      // Its claim goes to another worker: what it read is not kept.
      await runJob(api.deps, 'dqd', { ...job, retryCount: job.retryCount + 1 });
      expect([await findings(), (await pass(id)).tables_done]).toEqual([1, 1]);
      await runJob(api.deps, 'dqd', job);
      expect([await findings(), (await pass(id)).tables_done]).toEqual([2, 2]);
      while (await work());
      expect(await pass(id)).toMatchObject({ state: 'ended', tables_done: 39 });
    },
  );

  inLongRun(it)(
    'reads every table that is left, also where one that it has checked is none of the CDM any more',
    async () => {
      const { id } = await start();
      await work();
      await api.sql`insert into dqd_finding (dqd_run_id, table_name, findings) values (${id}, 'retired', '[]')`;
      while (await work());
      expect(await pass(id)).toMatchObject({ state: 'ended', tables: 40, tables_done: 40 });
      const [checked] = await api.sql`
      select count(distinct table_name)::int as tables from dqd_results where dqd_run_id = ${id}`;
      expect(checked).toEqual({ tables: 39 });
    },
  );

  it('is one at a time', async () => {
    const { id } = await start();
    expect(await api.call('POST', PASSES)).toMatchObject({
      status: 409,
      json: { code: 'dqd-pass-running', detail: expect.stringContaining(`Pass ${id} `) },
    });
  });

  it('may be called off, once, and has no results then', async () => {
    const { id } = await start();
    await work();
    expect(await api.call('POST', `${PASSES}/${id}/cancel`)).toMatchObject({
      status: 200,
      json: { state: 'cancelled', counts: null },
    });
    expect(await findings()).toBe(0);
    while (await work());
    expect(await pass(id)).toMatchObject({ state: 'cancelled' });
    expect(await api.call('GET', `${DQD}?pass=${id}`)).toMatchObject({ status: 404 });
    expect(await api.call('POST', `${PASSES}/${id}/cancel`)).toMatchObject({ status: 409 });
    expect(await api.call('POST', `${PASSES}/999999/cancel`)).toMatchObject({ status: 404 });
  });

  it('that fails for good says why, and makes room for another', async () => {
    const { id } = await start();
    await work();
    const broken: typeof PIPELINE.dqd = async () => {
      throw syncError('duckdb-missing', { code: 'x' });
    };
    const [job] = await api.queue.boss.fetch('sync-dqd', { includeMetadata: true });
    if (!job) throw new Error('no job');
    await runStep(api.deps, 'dqd', broken, {
      ...job,
      payload: { dqd_run_id: id },
    });
    expect(await pass(id)).toMatchObject({ state: 'failed', error: { code: 'duckdb-missing' } });
    expect(await findings()).toBe(0);
    expect(await start()).toMatchObject({ status: 202 });
  });

  it('is listed with how many checks of each category fail, and what began to', async () => {
    const { json } = await api.call('GET', `${PASSES}?limit=2`);
    expect(json.items).toHaveLength(2);
    expect(json.next_cursor).toBe(String(json.items[1].dqd_run_id));
    const all = (await api.call('GET', PASSES)).json.items;
    const counted = all.filter((one: { counts: object | null }) => one.counts !== null);
    for (const { counts } of counted) {
      const { failed, failed_completeness, failed_conformance, failed_plausibility } = counts;
      expect(failed_completeness + failed_conformance + failed_plausibility).toBe(failed);
    }
    expect(counted.length).toBeGreaterThan(1);
  });

  inLongRun(it)(
    'that ended last is the newest, also where it was begun before one of the command line',
    async () => {
      const { id } = await start();
      await runDashboardChecks({ sql: api.sql, clock: () => new Date() }, { program: 'meanwhile' });
      const latest = async () => {
        const [row] = await api.sql`select distinct dqd_run_id as id from dqd_results where is_latest`;
        return row?.['id'];
      };
      expect(await latest()).toBeGreaterThan(id);
      while (await work());
      expect(await latest()).toBe(id);
      const plan = await api.sql`explain select * from dqd_results where is_latest`;
      expect(JSON.stringify(plan)).not.toContain('WindowAgg');
    },
  );
});
