import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDashboardChecks } from '../../jobs/quality/dashboard/run.ts';
import { startApi, type TestApi, TOKEN } from './api.ts';

const DQD = '/api/v1/admin/quality/dqd';
const CHECK = 'table_cdmtable_person';

let api: TestApi;
beforeAll(async () => {
  api = await startApi({ adminToken: TOKEN });
});
afterAll(() => api.close());

describe('the results of the Data Quality Dashboard', () => {
  it('are not there before the first pass, and then are, with the thresholds of today', async () => {
    expect(await api.call('GET', DQD)).toMatchObject({ status: 404, json: { code: 'dqd-pass-not-found' } });
    await runDashboardChecks({ sql: api.sql, clock: () => new Date() }, { program: 'test 1' });

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

  it('take no threshold for a check that does not exist, nor one beyond 0 to 100, nor one without a reason', async () => {
    const put = (id: string, body: object) => api.call('PUT', `${DQD}/thresholds/${id}`, body);
    expect(await put('table_cdmtable_people', { threshold: 1, note: 'x' })).toMatchObject({ status: 404 });
    expect(await put(CHECK, { threshold: 101, note: 'x' })).toMatchObject({ status: 400 });
    expect(await put(CHECK, { threshold: 1, note: '  ' })).toMatchObject({ status: 400 });
    expect(await api.call('DELETE', `${DQD}/thresholds/${CHECK}`)).toMatchObject({ status: 404 });
  });
});
