import { createHmac, timingSafeEqual } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { scheduleWatch } from '../../jobs/alerts/watch.ts';
import { readWebhook } from '../../jobs/alerts/webhook.ts';
import { applySchedule } from '../../jobs/schedule/apply-schedules.ts';
import type { Deps } from '../../jobs/step/deps.ts';
import { tick } from '../../jobs/tick.ts';
import { refusal } from '../4-map/refusal.ts';
import { inLongRun, LONG_RUN } from '../long-run.ts';
import { observation, patient } from '../world/record.ts';
import { drain, openTestWorld, type RunRow, type Site, type SiteOptions } from '../world/world.ts';
import { openReceiver } from './receiver.ts';

const world = await openTestWorld();
afterAll(() => world.close());
const { sql, clock } = world;
const SECRET = 'the-secret-of-the-webhook';

async function site(alerts: object = {}, options: SiteOptions = {}): Promise<Site> {
  const made = await world.site({ config: { alerts }, ...options });
  made.ehr.load([patient('p'), observation('o', 'p')]);
  return made;
}

async function alertsOf(one: Site): Promise<RunRow[]> {
  return await sql<RunRow[]>`select * from alerts where connection_id = ${one.id} order by alert_id`;
}

const brief = (alert: RunRow) => ({ kind: alert['kind'], subject: alert['subject'], state: alert['state'] });

describe('a run unlike the ones before it', () => {
  it('raises alerts when it closes: of the jump, of the code system, of the volume', async () => {
    const one = await site({ min_runs: 2, min_records: 10 });
    await one.sync();
    let made = 0;
    const sync = async (count: number, unknown = 0) => {
      for (let n = 0; n < count; n++) {
        const fields =
          n < unknown
            ? { code: { coding: [{ system: 'http://loinc.org', code: `99999-${made % 9}` }] } }
            : {};
        one.ehr.put(observation(`o${made++}`, 'p', fields));
      }
      clock.advance(3600);
      return await one.sync();
    };
    for (let run = 0; run < (LONG_RUN ? 3 : 2); run++)
      expect(await sync(20)).toMatchObject({ status: 'completed' });
    expect(await alertsOf(one), 'of some alike').toEqual([]);
    const odd = await sync(80, 20);
    expect(odd).toMatchObject({ mode: 'incremental', records_loaded: 80, records_mapped: 60 });
    const alerts = await alertsOf(one);
    expect(alerts).toMatchObject([
      { kind: 'unmapped-jump', subject: '', measured: 25, expected: 0, run_id: odd['run_id'], times: 1 },
      { kind: 'unmapped-jump', subject: 'http://loinc.org', measured: 25, expected: 0 },
      { kind: 'volume-far', subject: 'type/Observation', measured: 80, expected: 20 },
      { kind: 'volume-far', subject: 'table/measurement', measured: 80, expected: 20 },
    ]);
    const [figure] = await sql`
      select value from run_figure where run_id = ${odd['run_id']} and figure = 'unmapped-of-system'`;
    expect(figure?.['value']).toBe(20);

    if (!LONG_RUN) return;
    expect(await sync(20)).toMatchObject({ status: 'completed' });
    expect((await alertsOf(one)).map(brief), 'still there for a person to see').toEqual(
      alerts.map(brief).map((alert) => ({ ...alert, state: 'open' })),
    );
  });

  it('of a kind that the connection has switched off is not spoken of', async () => {
    const one = await site({ off: ['run-failed'] });
    one.ehr.faults.push({ on: 'kick-off', do: refusal(400) });
    expect(await one.sync()).toMatchObject({ status: 'failed' });
    expect(await alertsOf(one)).toEqual([]);
  });
});

describe('a failed run', () => {
  it('raises one alert for the same reason, until it is acknowledged or a run is completed', async () => {
    const one = await site();
    const fail = async () => {
      one.ehr.faults.push({ on: 'kick-off', do: refusal(400) });
      return await one.sync();
    };
    const first = await fail();
    expect(await alertsOf(one)).toMatchObject([
      { kind: 'run-failed', subject: first['error_code'], state: 'open', times: 1, run_id: first['run_id'] },
    ]);
    const second = await fail();
    const [alert] = await alertsOf(one);
    expect(alert).toMatchObject({ times: 2, run_id: second['run_id'] });
    expect(alert?.['message']).not.toMatch(/http|Bearer/);

    const app = createApp({ ...world.deps, config: { adminToken: 'the-admin-token-here' } });
    const call = async (method: string, path: string) => {
      const headers = { authorization: 'Bearer the-admin-token-here' };
      const answer = await app.request(`/api/v1/admin/alerts${path}`, { method, headers });
      return [answer.status, await answer.json()];
    };
    const listed = await call('GET', `?state=open&connection_id=${one.id}`);
    expect(listed).toMatchObject([200, { items: [{ alert_id: alert?.['alert_id'], state: 'open' }] }]);
    const acknowledge = `/${alert?.['alert_id']}/acknowledge`;
    expect(await call('POST', acknowledge)).toMatchObject([
      200,
      { state: 'acknowledged', acknowledged_by: 'admin' },
    ]);
    expect(await call('POST', acknowledge)).toMatchObject([200, { state: 'acknowledged' }]);
    expect(await call('POST', '/999999/acknowledge')).toMatchObject([404, { code: 'alert-not-found' }]);
    expect(await call('GET', '?state=over')).toMatchObject([400, { code: 'invalid-request' }]);
    expect(await sql`select 1 from audit where action = 'alert.acknowledge'`).toHaveLength(1);

    await fail();
    expect((await alertsOf(one)).map(brief)).toMatchObject([{ state: 'acknowledged' }, { state: 'open' }]);
    expect(await one.sync()).toMatchObject({ status: 'completed' });
    expect((await alertsOf(one)).map(brief)).toMatchObject([{ state: 'resolved' }, { state: 'resolved' }]);
  });
});

describe('a held watermark', () => {
  it('is an alert until it moves', async () => {
    const one = await site();
    one.ehr.faults.push({
      on: 'kick-off',
      do: {
        errors: [{ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] }],
      },
    });
    expect(await one.sync()).toMatchObject({ status: 'completed' });
    expect((await alertsOf(one)).map(brief)).toEqual([
      { kind: 'watermark-held', subject: '', state: 'open' },
    ]);
    await one.sync();
    expect((await alertsOf(one)).map(brief)).toMatchObject([{ state: 'resolved' }]);
  });
});

describe('the watch', () => {
  const watch = async () => {
    await scheduleWatch(world.deps.queue);
    await world.deps.queue.boss.send('sync-watch', {});
    await tick(world.deps, () => false);
  };

  it('tells of a connection that is silent longer than its schedule allows', async () => {
    const one = await site({ silent_hours: 6 });
    const schedule = { cron: '0 * * * *' };
    await applySchedule(world.deps, { connection_id: one.id, is_active: true, schedule });
    clock.advance(6 * 3600);
    await watch();
    expect(await alertsOf(one)).toEqual([]);
    clock.advance(3600);
    await watch();
    await watch();
    expect(await alertsOf(one)).toMatchObject([{ kind: 'connection-silent', times: 2, measured: 7 }]);
    await one.sync();
    expect((await alertsOf(one)).map(brief)).toMatchObject([{ state: 'resolved' }]);
    await applySchedule(world.deps, { connection_id: one.id, is_active: true });
  });

  inLongRun(it)('tells of a live run that takes longer than the ones before it', async () => {
    const one = await site({ min_runs: 1, duration_minutes: 30 }, { polls: 1, retryAfter: '3000' });
    await one.sync({ full: true });
    expect(await alertsOf(one)).toEqual([]);
    await one.start({ full: true });
    await tick(world.deps, () => false);
    clock.advance(1700);
    await watch();
    expect(await alertsOf(one)).toEqual([]);
    clock.advance(200);
    await watch();
    expect(await alertsOf(one)).toMatchObject([{ kind: 'run-long', state: 'open' }]);
    await drain(world.deps, clock);
  });
});

describe('the webhook', () => {
  it('brings each alert signed, again until it is taken, and only what it may', async () => {
    const receiver = await openReceiver();
    const deps = { ...world.deps, webhook: { url: receiver.url, secret: SECRET, timeoutMs: 300 } };
    const one = await site();
    receiver.next = [503, 'silence', 302];
    const run = await failed(one, deps);
    await drain(deps, clock, () => tick(deps, () => false));
    expect(receiver.got, 'refused, too slow, redirected, taken').toHaveLength(4);
    expect(receiver.elsewhere).toBe(0);
    for (const { headers, body } of receiver.got)
      expect(verified(SECRET, headers['x-signature'], body, clock())).toBe(true);
    const [last] = receiver.got.slice(-1);
    expect(verified('another-secret', last?.headers['x-signature'], last?.body ?? '', clock())).toBe(false);
    expect(verified(SECRET, last?.headers['x-signature'], `${last?.body} `, clock())).toBe(false);
    const [alert] = await alertsOf(one);
    expect(JSON.parse(last?.body ?? '')).toEqual({
      type: 'alert.raised',
      alert_id: alert?.['alert_id'],
      connection_id: one.id,
      site_key: alert?.['site_key'],
      run_id: run['run_id'],
      kind: 'run-failed',
      subject: run['error_code'],
      message: alert?.['message'],
      measured: null,
      expected: null,
      raised_at: alert?.['raised_at'].toISOString(),
    });
    expect(alert).toMatchObject({ delivered_at: expect.any(Date), delivery_error: null });
    const [row] = await sql`select attempts from alert where alert_id = ${alert?.['alert_id']}`;
    expect(row?.['attempts']).toBe(4);

    // The same again counts up and stays silent.
    await failed(one, deps);
    await drain(deps, clock, () => tick(deps, () => false));
    expect(receiver.got).toHaveLength(4);
    expect(world.logged()).not.toContain(SECRET);
    expect(world.logged()).not.toContain(receiver.url);
    await receiver.close();
  });

  it('brings one alert of the installation while credentials are guessed, from however many addresses', async () => {
    const receiver = await openReceiver();
    const deps = { ...world.deps, webhook: { url: receiver.url, secret: SECRET, timeoutMs: 300 } };
    const app = createApp({ ...deps, config: { adminToken: 'the-token-of-the-admin' } });
    const call = async (path: string, token: string, remoteAddress = '192.0.2.1', method = 'GET') => {
      const headers = { authorization: `Bearer ${token}` };
      return await app.request(path, { method, headers }, { incoming: { socket: { remoteAddress } } });
    };
    const list = '/api/v1/admin/alerts?state=open';
    const guessed = async () => {
      const body = await (await call(list, 'the-token-of-the-admin')).json();
      return body.items.filter((one: { kind: string }) => one.kind === 'credentials-guessed');
    };
    const guess = async (address: string, times: number) => {
      for (let n = 0; n < times; n++) expect((await call(list, `guess-${n}`, address)).status).toBe(401);
      await drain(deps, clock, () => tick(deps, () => false));
    };
    await guess('203.0.113.1', 5);
    expect(await guessed()).toEqual([]);
    await guess('203.0.113.2', 6);
    for (let n = 3; n < 6; n++) await guess(`203.0.113.${n}`, 6);
    const [alert, ...more] = await guessed();
    expect(alert).toMatchObject({ connection_id: null, site_key: null, run_id: null, measured: 6, times: 4 });
    expect(more).toEqual([]);
    expect(receiver.got).toHaveLength(1);
    expect(JSON.parse(receiver.got[0]?.body ?? '')).toMatchObject({
      ...{ kind: 'credentials-guessed', connection_id: null, site_key: null },
    });
    expect(receiver.got[0]?.body).not.toMatch(/203\.0\.113|guess-/);
    expect(
      verified(SECRET, receiver.got[0]?.headers['x-signature'], receiver.got[0]?.body ?? '', clock()),
    ).toBe(true);

    const acknowledge = `/api/v1/admin/alerts/${alert.alert_id}/acknowledge`;
    expect((await call(acknowledge, 'the-token-of-the-admin', '192.0.2.1', 'POST')).status).toBe(200);
    await guess('203.0.113.77', 6);
    expect(await guessed()).toMatchObject([{ times: 1 }]);
    expect(receiver.got).toHaveLength(2);
    await receiver.close();
  });

  inLongRun(it)(
    'that is never there costs no run anything: the alert says why it was not delivered',
    async () => {
      const receiver = await openReceiver();
      await receiver.close();
      const deps = { ...world.deps, webhook: { url: receiver.url, secret: SECRET } };
      const one = await site();
      await failed(one, deps);
      await drain(deps, clock, () => tick(deps, () => false));
      expect(await alertsOf(one)).toMatchObject([
        { delivered_at: null, delivery_error: 'network-unreachable' },
      ]);
      expect(await sql`select 1 from pgboss.job where name = 'sync-alert' and state <> 'completed'`).toEqual(
        [],
      );
      await drain(deps, clock, () =>
        one.start().then(
          () => tick(deps, () => false),
          () => {},
        ),
      );
    },
  );

  it('must be https, with a secret worth the name', () => {
    const url = 'https://alerts.example.org/hook';
    expect(readWebhook({})).toBeUndefined();
    expect(readWebhook({ ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: SECRET })).toEqual({
      url,
      secret: SECRET,
    });
    for (const env of [
      { ALERT_WEBHOOK_URL: url },
      { ALERT_WEBHOOK_SECRET: SECRET },
      { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: 'short' },
      { ALERT_WEBHOOK_URL: 'http://alerts.example.org/hook', ALERT_WEBHOOK_SECRET: SECRET },
    ])
      expect(() => readWebhook(env)).toThrow(/ALERT_WEBHOOK_(URL|SECRET: expected at least)/);
  });

  async function failed(one: Site, deps: Deps): Promise<RunRow> {
    one.ehr.faults.push({ on: 'kick-off', do: refusal(400) });
    const runId = await one.start();
    await tick(deps, () => false);
    const [run] = await sql<RunRow[]>`select * from run where run_id = ${runId}`;
    expect(run?.['status']).toBe('failed');
    return run ?? {};
  }
});

/** As the README tells receivers to do it. */
function verified(secret: string, header: unknown, body: string, now: Date): boolean {
  const [, t = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(header)) ?? [];
  const expected = createHmac('sha256', secret).update(`${t}.${body}`).digest();
  const given = Buffer.from(v1, 'hex');
  const fresh = Math.abs(now.getTime() / 1000 - Number(t)) < 3600;
  return fresh && given.length === expected.length && timingSafeEqual(given, expected);
}
