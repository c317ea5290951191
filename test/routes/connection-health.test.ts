import { afterAll, describe, expect, it } from 'vitest';
import { applySchedules } from '../../jobs/schedule/apply-schedules.ts';
import { CONNECTIONS, startApi } from './api.ts';

// The views compare with the clock of the database: this is later for as long as this test may run.
const now = new Date('2036-11-20T10:00:00Z');
const api = await startApi({ adminToken: 'a-token-for-the-tests', clock: () => now });
afterAll(() => api.close());

const health = async (id: number) => (await api.call('GET', `${CONNECTIONS}/${id}/health`)).json;

describe('the health of a connection', () => {
  it('is never-synced before its first sync, and names the next one that is due, in its own time zone', async () => {
    const schedule = { cron: '30 2 * * *', timezone: 'America/New_York' };
    const id = await api.connect({ site_key: 'fresh', sync_config: { schedule } });
    await applySchedules(api.deps);
    expect(await health(id)).toEqual({
      ...{ connection_id: id, site_key: 'fresh', healthy: false, health: 'never-synced' },
      reasons: [expect.objectContaining({ code: 'never-synced' })],
      ...{ enabled: true, is_running: false, live_run_id: null },
      ...{ last_run_id: null, last_run_status: null, last_run_at: null, last_success_at: null },
      ...{ next_run_at: '2036-11-21T07:30:00.000Z', data_as_of: null },
    });
  });

  it('is that of its last runs, and says of when its data are', async () => {
    const id = await api.connect();
    const [run] = await api.sql<{ run_id: number }[]>`
      insert into run (connection_id, mode, status, triggered_by, created_at, finished_at, transaction_time)
      values (${id}, 'full', 'completed', 'test', now() - interval '1 hour', now(), '2026-11-20T09:00:00Z')
      returning run_id`;
    await api.sql`update connection set watermark = '2026-11-20T09:00:00Z' where connection_id = ${id}`;
    expect(await health(id)).toMatchObject({
      ...{ healthy: true, health: 'healthy', reasons: [], is_running: false, next_run_at: null },
      ...{ last_run_id: run?.run_id, last_run_status: 'completed', data_as_of: '2026-11-20T09:00:00Z' },
    });
    const live = (await api.call('POST', `${CONNECTIONS}/${id}/sync`)).json.run_id;
    expect(await health(id)).toMatchObject({ healthy: true, is_running: true, live_run_id: live });
  });

  it('names no next sync of one that is switched off', async () => {
    const id = await api.connect({ is_active: false, sync_config: { schedule: { cron: '0 3 * * *' } } });
    await applySchedules(api.deps);
    expect(await health(id)).toMatchObject({
      healthy: false,
      health: 'paused',
      enabled: false,
      next_run_at: null,
    });
  });
});

describe('the schedule of a connection', () => {
  it('names the next five times, in UTC', async () => {
    const schedule = {
      cron: '0 3 * * mon',
      timezone: 'Europe/Berlin',
      blackouts: [{ from: '02:00', to: '04:00' }],
    };
    const id = await api.connect({ sync_config: { schedule } });
    const read = await api.call('GET', `${CONNECTIONS}/${id}/schedule`);
    expect(read.json).toEqual({
      connection_id: id,
      schedule,
      next: ['2036-11-24', '2036-12-01', '2036-12-08', '2036-12-15', '2036-12-22'].map(
        (day) => `${day}T03:00:00.000Z`,
      ),
    });
    await api.call('PUT', `${CONNECTIONS}/${id}`, { is_active: false });
    expect((await api.call('GET', `${CONNECTIONS}/${id}/schedule`)).json).toEqual({
      connection_id: id,
      schedule,
      next: [],
    });
  });

  it('is null where syncs are started by hand', async () => {
    const id = await api.connect();
    const path = `${CONNECTIONS}/${id}/schedule`;
    expect((await api.call('GET', path)).json).toEqual({ connection_id: id, schedule: null, next: [] });
    expect((await api.call('GET', `${CONNECTIONS}/99999/schedule`)).json.code).toBe('connection-not-found');
  });
});
