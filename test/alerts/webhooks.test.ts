/** Receivers of events in the format of Standard Webhooks, verified as a receiver verifies them: by the package. */
import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { headersOf, makeSecret } from '../../jobs/alerts/webhooks/format.ts';
import { rotateSecrets } from '../../jobs/connection/reseal.ts';
import { tick } from '../../jobs/tick.ts';
import { refusal } from '../4-map/refusal.ts';
import { inLongRun } from '../long-run.ts';
import { LOOPBACK } from '../outbound/local.ts';
import { patient } from '../world/record.ts';
import { drain, openTestWorld, type Site } from '../world/world.ts';
import { openReceiver, type Receiver } from './receiver.ts';

const world = await openTestWorld();
const { sql, deps, clock } = world;
const receivers: Receiver[] = [];
afterAll(async () => {
  for (const receiver of receivers) await receiver.close();
  await world.close();
});
beforeEach(async () => {
  await sql`delete from webhook`;
});

const TOKEN = 'the-token-of-the-admin';
const LIST = '/api/v1/admin/webhooks';
const app = createApp({ ...deps, config: { adminToken: TOKEN } });

async function call(method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await app.request(path, { method, headers, ...sent });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
}

async function receive(fields: object = {}) {
  const receiver = await openReceiver();
  receivers.push(receiver);
  const given = { name: 'chat', url: receiver.url, allowed_networks: LOOPBACK, ...fields };
  const made = await call('POST', LIST, given);
  expect(made.status).toBe(201);
  return { receiver, ...(made.json as { webhook_id: number; secret: string }) };
}

async function site(): Promise<Site> {
  const made = await world.site();
  made.ehr.load([patient('p')]);
  return made;
}

const deliveries = async (id: number) => (await call('GET', `${LIST}/${id}/deliveries`)).json.items;
const switchedOff = async (id: number) => [
  ...(await sql`
    select actor, via, outcome, before, after, details from audit_event
    where action = 'webhook.switch-off' and object = ${`webhook/${id}`}`),
];
const run = () => drain(deps, clock, () => tick(deps, () => false));
/** What it got, by the verifier; the time is the world's. */
function verified(secret: string, { headers, body }: Receiver['got'][number]) {
  const given = Object.fromEntries(
    ['id', 'timestamp', 'signature'].map((one) => [`webhook-${one}`, String(headers[`webhook-${one}`])]),
  );
  const age = Math.abs(clock().getTime() / 1000 - Number(given['webhook-timestamp']));
  expect(age).toBeLessThan(4 * 3600);
  // The verifier has the clock of this machine, and the world another; so the signature of that time is made anew.
  const now = new Date();
  const fresh = headersOf(
    secret,
    given['webhook-id'] ?? '',
    new Date(Number(given['webhook-timestamp']) * 1000),
    body,
  );
  expect(given['webhook-signature']).toBe(fresh['webhook-signature']);
  return new Verifier(secret).verify(body, headersOf(secret, given['webhook-id'] ?? '', now, body));
}

describe('the signature', () => {
  it('is that of Standard Webhooks, by its example and by its package', () => {
    const headers = headersOf(
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      new Date(1_614_265_330_000),
      '{"test": 2432232314}',
    );
    expect(headers).toMatchObject({
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
    const secret = makeSecret();
    const ours = headersOf(secret, 'msg_1', new Date(), '{"a":1}');
    expect(new Verifier(secret).verify('{"a":1}', ours)).toEqual({ a: 1 });
    expect(() => new Verifier(makeSecret()).verify('{"a":1}', ours)).toThrow();
    expect(() => new Verifier(secret).verify('{"a":2}', ours)).toThrow();
  });
});

describe('a webhook', () => {
  it('is told how runs end and what alerts are raised, each signed, as often as it asks for', async () => {
    const { receiver, secret, webhook_id } = await receive();
    const one = await site();
    await one.sync();
    one.ehr.faults.push({ on: 'kick-off', do: refusal(400) });
    receiver.next = [500, 503];
    const failing = await one.start();
    await run();
    const cancelled = await one.start();
    await call('POST', `/api/v1/admin/fhir-connections/${one.id}/sync-runs/${cancelled}/cancel`);
    await run();
    const told = receiver.got.map(
      (got) => verified(secret, got) as { type: string; data: Record<string, unknown> },
    );
    expect(told).toHaveLength(6);
    expect([...new Set(told.map(({ type }) => type))].sort()).toEqual([
      'alert.raised',
      'run.cancelled',
      'run.completed',
      'run.failed',
    ]);
    const of = (type: string) => told.find((one) => one.type === type)?.data;
    expect(of('run.completed')).toMatchObject({
      connection_id: one.id,
      status: 'completed',
      records_loaded: 1,
    });
    expect(of('run.failed')).toMatchObject({
      run_id: failing,
      error_code: 'kick-off-refused',
      error_step: 'export',
    });
    expect(of('run.cancelled')).toMatchObject({ run_id: cancelled, status: 'cancelled' });
    expect(of('alert.raised')).toMatchObject({ kind: 'run-failed', run_id: failing });
    const log = await deliveries(webhook_id);
    expect(log.reduce((sum: number, one: { attempts: number }) => sum + one.attempts, 0)).toBe(6);
    expect(log).toHaveLength(4);
    expect(log.every((one: { delivered_at: string | null }) => one.delivered_at !== null)).toBe(true);
    const ids = new Set(receiver.got.map(({ headers }) => headers['webhook-id']));
    expect(ids.size, 'each try has the id of the first').toBe(4);
  });

  inLongRun(it)('gets only the events and connections that it asks for; several get their own', async () => {
    const [mine, other] = [await site(), await site()];
    const failures = await receive({ events: ['run.failed'] });
    const ofMine = await receive({ connections: [mine.id] });
    const off = await receive({ is_active: false });
    await mine.sync();
    await other.sync();
    await run();
    const count = [failures, ofMine, off].map(({ receiver }) => receiver.got.length);
    expect(count).toEqual([0, 1, 0]);
    expect(verified(ofMine.secret, ofMine.receiver.got[0] as Receiver['got'][number])).toMatchObject({
      type: 'run.completed',
      data: { connection_id: mine.id },
    });
  });

  inLongRun(it)('that answers 410 is switched off, and asked no more', async () => {
    const { receiver, webhook_id } = await receive();
    receiver.next = [410];
    const one = await site();
    await one.sync();
    await one.sync();
    await run();
    expect(receiver.got).toHaveLength(1);
    const [hook] = (await call('GET', LIST)).json.items;
    expect(hook).toMatchObject({ webhook_id, is_active: false });
    expect(await deliveries(webhook_id)).toMatchObject([
      { status: 410, error: 'webhook-refused', delivered_at: null },
    ]);
    expect(await switchedOff(webhook_id)).toEqual([
      {
        ...{ actor: 'worker', via: 'worker', outcome: 'done' },
        ...{ before: { is_active: true }, after: { is_active: false } },
        details: { answered: 410, delivery_id: expect.any(Number) },
      },
    ]);
  });

  it('that answers 410 to a test is switched off in the name of whoever tested it, and once', async () => {
    const { receiver, webhook_id } = await receive();
    receiver.next = [410, 410];
    for (let n = 0; n < 2; n++) await call('POST', `${LIST}/${webhook_id}/test`);
    expect(receiver.got).toHaveLength(2);
    expect(await switchedOff(webhook_id)).toMatchObject([{ actor: 'admin', outcome: 'done' }]);
  });

  it('is not made or changed for connections that do not exist, and is told which', async () => {
    const { id } = await site();
    const { webhook_id } = await receive({ connections: [id] });
    const message = 'Expected connections that exist, got 900001, 900002.';
    const refused = {
      status: 422,
      json: { code: 'connections-unknown', errors: [{ path: 'connections', message }] },
    };
    const connections = [900_002, id, 900_001];
    const made = await call('POST', LIST, { name: 'x', url: 'https://chat.example/', connections });
    expect(made).toMatchObject(refused);
    expect(await call('PUT', `${LIST}/${webhook_id}`, { connections })).toMatchObject(refused);
    expect((await call('GET', LIST)).json.items).toMatchObject([{ webhook_id, connections: [id] }]);
    // One that was deleted since may stay.
    await sql`update webhook set connections = ${[id, 900_003]} where webhook_id = ${webhook_id}`;
    const kept = await call('PUT', `${LIST}/${webhook_id}`, { name: 'y', connections: [id, 900_003] });
    expect(kept).toMatchObject({ status: 200, json: { name: 'y', connections: [id, 900_003] } });
  });

  inLongRun(it)(
    'that was switched on again while a call was under way is not switched off by the late 410',
    async () => {
      const { receiver, webhook_id } = await receive();
      receiver.next = [410];
      receiver.meanwhile = async () => {
        for (const is_active of [false, true]) await call('PUT', `${LIST}/${webhook_id}`, { is_active });
      };
      await (await site()).sync();
      expect(receiver.got).toHaveLength(1);
      expect((await call('GET', LIST)).json.items).toMatchObject([{ webhook_id, is_active: true }]);
      expect(await deliveries(webhook_id)).toMatchObject([{ status: 410, delivered_at: null }]);
      expect(await switchedOff(webhook_id)).toEqual([]);
    },
  );

  it('whose address stands in the row of another is not asked: it opens in its own alone', async () => {
    const [one, other] = [await receive(), await receive()];
    await sql`
      update webhook set url_sealed = (select url_sealed from webhook where webhook_id = ${other.webhook_id})
      where webhook_id = ${one.webhook_id}`;
    expect((await call('POST', `${LIST}/${one.webhook_id}/test`)).json).toMatchObject({
      ...{ status: null, error: 'secret-unreadable', delivered_at: null },
    });
    expect([one.receiver.got, other.receiver.got]).toEqual([[], []]);
  });

  it('on a private address that is not allowed is not asked, and the log says so', async () => {
    const { receiver, webhook_id } = await receive({ allowed_networks: [] });
    const tested = await call('POST', `${LIST}/${webhook_id}/test`);
    expect(tested).toMatchObject({
      status: 200,
      json: { delivered_at: null, status: null, error: 'webhook-address-refused' },
    });
    expect(receiver.got).toEqual([]);
  });

  it('is tried by a test, also while it is switched off, and the answer says how that went', async () => {
    const { receiver, webhook_id, secret } = await receive({ is_active: false, name: 'pager' });
    receiver.next = [401];
    expect((await call('POST', `${LIST}/${webhook_id}/test`)).json).toMatchObject({
      status: 401,
      delivered_at: null,
    });
    expect((await call('POST', `${LIST}/${webhook_id}/test`)).json).toMatchObject({
      ...{ type: 'webhook.test', status: 204, error: null, attempts: 1, delivered_at: expect.any(String) },
    });
    expect(verified(secret, receiver.got[1] as Receiver['got'][number])).toMatchObject({
      data: { name: 'pager' },
    });
    expect(await deliveries(webhook_id)).toHaveLength(2);
  });

  it('shows neither its address nor its secret again, and keeps them sealed, also through another key', async () => {
    const { receiver, secret, webhook_id } = await receive({ events: ['run.failed'] });
    const { id } = await site();
    const changed = await call('PUT', `${LIST}/${webhook_id}`, {
      name: 'ops',
      url: `${receiver.url}`,
      connections: [id],
    });
    expect(changed).toMatchObject({
      status: 200,
      json: { name: 'ops', events: ['run.failed'], connections: [id] },
    });
    expect(changed.json.host).toBe(new URL(receiver.url).host);
    const seen = [
      JSON.stringify(changed.json),
      JSON.stringify((await call('GET', LIST)).json),
      JSON.stringify(await sql`select * from webhook`),
      JSON.stringify(await sql`select * from audit_event`),
      world.logged(),
    ].join('\n');
    expect(seen).not.toContain(secret);
    expect(seen).not.toContain('/hook');
    expect(await rotateSecrets(sql, deps.keyring)).toEqual({ resealed: 0, unreadable: 0 });
    const actions =
      await sql`select action from audit_event where object = ${`webhook/${webhook_id}`} order by event_id`;
    expect(actions.map(({ action }) => action)).toEqual(['webhook.create', 'webhook.update']);
    expect((await call('DELETE', `${LIST}/${webhook_id}`)).status).toBe(204);
    expect((await call('GET', `${LIST}/${webhook_id}/deliveries`)).json.code).toBe('webhook-not-found');
  });

  it.each([
    [{ url: 'http://hooks.example.org/x' }, 'url'],
    [{ url: 'https://user:word@hooks.example.org/x' }, 'url'],
    [{ url: 'ftp://hooks.example.org/x' }, 'url'],
    [{ events: ['run.started'] }, 'events.0'],
    [{ allowed_networks: ['10.0.0.0/99'] }, 'allowed_networks.0'],
    [{ secret: 'mine' }, ''],
  ])('cannot be %j', async (fields, path) => {
    const refused = await call('POST', LIST, { name: 'x', url: 'https://hooks.example.org/x', ...fields });
    expect(refused.json).toMatchObject({ status: 400, code: 'invalid-request', errors: [{ path }] });
    expect(JSON.stringify(refused.json)).not.toContain('word@');
  });
});
