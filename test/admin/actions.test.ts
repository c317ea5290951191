/** What forms do: each action once, through its page; and of all of them, whom they refuse. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import type { App } from '../../app/app-env.ts';
import type { Role } from '../../app/caller.ts';
import { openReceiver } from '../alerts/receiver.ts';
import { inLongRun } from '../long-run.ts';
import { bundle, temporaryFolder, writeZip } from '../vocabulary/bundle.ts';
import { condition, observation, patient } from '../world/record.ts';
import { drain } from '../world/world.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let site: Awaited<ReturnType<Stage['world']['site']>>;
const sessions = new Map<Role, { cookie: string; csrf: string }>();

beforeAll(async () => {
  stage = await openStage();
  site = await stage.world.site();
  site.ehr.load([
    ...['p', 'q', 'r'].map((id) => patient(id)),
    ...['p', 'q', 'r'].flatMap((id) => [observation(`o-${id}`, id), condition(`c-${id}`, id)]),
  ]);
  site.ehr.faults.push({
    ...{ on: 'file', match: ({ path }) => path.includes('Condition') },
    do: { rewrite: (line, index) => (index === 0 ? '{"resourceType":"Condition", broken\n' : line) },
  });
  await site.sync();
  for (const role of ['viewer', 'mapper', 'operator', 'admin'] as const) {
    sessions.set(role, await stage.session(role));
  }
});
afterAll(async () => await stage?.close());

interface Sent {
  readonly role?: Role;
  readonly headers?: Record<string, string>;
  readonly app?: App;
}

async function post(path: string, fields: Record<string, string> = {}, sent: Sent = {}) {
  const { role = 'admin', headers = {}, app = stage.app } = sent;
  const { cookie = '', csrf = '' } = sessions.get(role) ?? {};
  const response = await app.request(`${stage.url}${path}`, {
    ...{ method: 'POST', body: new URLSearchParams({ csrf, ...fields }) },
    headers: { cookie, origin: stage.url, 'sec-fetch-site': 'same-origin', ...headers },
  });
  return {
    status: response.status,
    text: await response.text(),
    location: response.headers.get('location') ?? '',
  };
}

async function get(path: string, role: Role = 'admin'): Promise<string> {
  const { cookie = '' } = sessions.get(role) ?? {};
  return await (await stage.app.request(`${stage.url}${path}`, { headers: { cookie } })).text();
}

describe('every action of the pages', () => {
  it('refuses a viewer, a form without the token of the session, and one from elsewhere', async () => {
    const paths = new Set(
      stage.app.routes
        .filter(({ method, path }) => method === 'POST' && path.startsWith('/admin/'))
        .map(({ path }) => path.replaceAll(/:\w+/g, '1')),
    );
    expect(paths.size).toBeGreaterThan(30);
    const elsewhere = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    for (const path of paths) {
      const tried = [
        await post(path, {}, { role: 'viewer' }),
        await post(path, { csrf: 'of somebody else' }),
        await post(path, {}, { headers: elsewhere }),
      ];
      expect([path, ...tried.map(({ status }) => status)]).toEqual([path, 403, 403, 403]);
      expect(tried[0]?.text).toContain('Your role does not reach this page');
      expect(tried[1]?.text).toContain('The form was not accepted');
    }
  });
});

describe('a redrive', () => {
  it('is started for what the page shows, and its run is shown', async () => {
    const list = await get(`/admin/connections/${site.id}/not-loaded?reason=not-json`, 'operator');
    expect(list).toContain(`action="/admin/connections/${site.id}/redrive"`);
    const started = await post(
      `/admin/connections/${site.id}/redrive`,
      { reason: 'not-json' },
      { role: 'operator' },
    );
    expect(started.location).toMatch(/\/runs\/\d+\?said=redrive-started$/);
    await stage.work();
    const run = await get(started.location, 'operator');
    expect(run).toContain('failures mapped again');
    expect(run).toContain('adds up');
    expect(run).not.toContain('<h2>Files</h2>');
  });
});

describe('a reconciliation', () => {
  inLongRun(it)('is started, and takes out what vanished only when its number is typed', async () => {
    const other = await stage.world.site();
    other.ehr.load([patient('a'), patient('b'), observation('o-1', 'a'), observation('o-2', 'a')]);
    await other.sync();
    other.ehr.remove('Observation', 'o-2');
    const started = await post(`/admin/connections/${other.id}/reconcile`, {}, { role: 'operator' });
    const run = /runs\/(\d+)/.exec(started.location)?.[1] ?? '0';
    await stage.work();
    const page = `/admin/connections/${other.id}/reconciliations/${run}`;
    expect(await get(page, 'operator')).toContain('Observation/<code>o-2</code>');
    expect(await get(page, 'viewer')).not.toContain('o-2');
    const wrong = await post(`${page}/confirm`, { vanished: 'all', override: 'yes' }, { role: 'operator' });
    expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining('Nothing was removed')]);
    const another = await post(`${page}/confirm`, { vanished: '7', override: 'yes' }, { role: 'operator' });
    expect(another.status).toBe(409);
    const stored = () =>
      stage.world.sql`select from resource where fhir_id = 'o-2' and outcome = 'loaded'`.then(
        (rows) => rows.length,
      );
    expect(await stored()).toBe(1);
    const done = await post(`${page}/confirm`, { vanished: '1', override: 'yes' }, { role: 'operator' });
    expect(done.location).toContain('said=reconcile-confirmed');
    await stage.work();
    expect(await stored()).toBe(0);
    expect(await get(done.location, 'operator')).toContain('what vanished taken out');
  });
});

describe('a purge', () => {
  it('takes a patient out when the id is typed twice, and is lifted', async () => {
    const fields = { connection: String(site.id), patient_id: 'q', reason: 'opt-out' };
    expect((await post('/admin/purges', { ...fields, again: 'p' })).status).toBe(422);
    expect((await post('/admin/purges', { ...fields, again: 'q' })).location).toBe(
      '/admin/purges?said=purge-started',
    );
    await stage.work();
    expect(await stage.world.sql`select from resource where fhir_id in ('q', 'o-q', 'c-q')`).toHaveLength(0);
    const lift = /action="(\/admin\/connections\/\d+\/purges\/\d+\/lift)"/.exec(
      await get('/admin/purges'),
    )?.[1];
    expect((await post(lift ?? '')).location).toBe('/admin/purges?said=purge-lifted');
    expect(await get('/admin/purges')).toContain('lifted');
  });
});

describe('a form that is refused', () => {
  it.each([
    [
      '/admin/purges',
      { connection: '1', patient_id: 'typed-id', again: 'another', reason: 'typed reason' },
      ['value="typed-id"', 'value="another"', 'value="typed reason"', '<option value="1" selected>'],
    ],
    [
      '/admin/tokens',
      { note: 'typed note', role: 'operator', days: 'soon', connections: '1' },
      [
        'value="typed note"',
        '<option value="operator" selected>',
        'value="soon"',
        'name="connections" value="1" checked',
      ],
    ],
    [
      '/admin/webhooks',
      {
        ...{ name: 'typed name', url: 'ftp://typed.example', events: 'run.failed', connections: '1' },
        ...{ allowed_networks: '10.0.0.0/8' },
      },
      [
        ...['value="typed name"', 'value="run.failed" checked'],
        ...['name="connections" value="1" checked', '10.0.0.0/8</textarea>'],
      ],
    ],
    ['/admin/audit', { anchor: 'no anchor' }, ['value="no anchor"']],
    [
      '/admin/connections/1/patient',
      { patient: 'Patient/typed id' },
      ['<details open><summary>Sync one patient', 'value="Patient/typed id"'],
    ],
  ])('keeps what was typed: %s', async (path, fields, kept) => {
    const page = await post(path, fields);
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.text).toContain('role="alert"');
    for (const one of kept) expect(page.text).toContain(one);
  });
});

describe('a webhook', () => {
  it('whose form is refused is asked for its address again, which at some services is a secret', async () => {
    const url = 'https://hooks.example/T0/secret';
    const page = await post('/admin/webhooks', { name: '', url, allowed_networks: '10.0.0.0/8' });
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('10.0.0.0/8</textarea>')]);
    expect(page.text).not.toContain('T0/secret');
  });

  it('is added with its secret shown once, tried, changed, and deleted', async () => {
    const receiver = await openReceiver();
    try {
      const made = await post('/admin/webhooks', {
        ...{ name: 'on call', url: receiver.url, events: 'run.failed', is_active: 'yes' },
      });
      const secret = /aria-label="Secret">(whsec_[^<]+)</.exec(made.text)?.[1] ?? 'none';
      const list = await get('/admin/webhooks');
      const path = /href="(\/admin\/webhooks\/\d+)"/.exec(list)?.[1] ?? 'none';
      expect(await get(path)).toContain('on call');
      expect(list + (await get(path))).not.toContain(secret);
      expect(list + (await get(path))).not.toContain(receiver.url);
      // It is on this machine, which nobody has allowed yet.
      const refused = await post(`${path}/test`);
      expect(refused.text).toContain('The test was not taken');
      expect(refused.text).toContain('Private networks that it may be at');
      const saved = await post(path, {
        ...{ name: 'night', allowed_networks: '127.0.0.0/8', connections: String(site.id), is_active: 'yes' },
      });
      expect(saved.location).toBe(`${path}?said=webhook-saved`);
      const stored = await stage.world.sql`
        select name, events, connections, allowed_networks from webhook where name = 'night'`;
      expect(stored).toEqual([
        { name: 'night', events: [], connections: [site.id], allowed_networks: ['127.0.0.0/8'] },
      ]);
      expect((await post(`${path}/test`)).text).toContain('The test was taken');
      expect(receiver.got).toHaveLength(1);
      expect((await get(path)).match(/webhook\.test/g)).toHaveLength(2);
      const wrong = await post(path, { name: '', url: receiver.url, is_active: 'yes' });
      expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('role="alert"')]);
      expect(wrong.text).not.toContain(receiver.url);
      expect((await post(`${path}/remove`)).location).toBe('/admin/webhooks?said=webhook-deleted');
      expect(await get('/admin/webhooks')).toContain('There is none yet.');
      expect(await get(path)).toContain('No such webhook');
    } finally {
      await receiver.close();
    }
  });
});

describe('a token', () => {
  it('is restricted to the connections that are ticked', async () => {
    const made = await post('/admin/tokens', {
      ...{ note: 'of one site', role: 'viewer', days: '30', connections: String(site.id) },
    });
    expect(made.status).toBe(200);
    expect(await stage.world.sql`select connections from api_token where note = 'of one site'`).toEqual([
      { connections: [site.id] },
    ]);
  });

  it('is made, shown once, and revoked', async () => {
    const made = await post('/admin/tokens', {
      ...{ note: 'nightly report', role: 'viewer', days: '30' },
    });
    const token = /aria-label="Token">([^<]+)</.exec(made.text)?.[1] ?? '';
    const ask = async () =>
      await stage.app.request(`${stage.url}/api/v1/admin/fhir-sync/dashboard`, {
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await ask()).status).toBe(200);
    const page = await get('/admin/tokens');
    expect(page).not.toContain(token);
    const revoke = /action="(\/admin\/tokens\/\d+\/revoke)"/.exec(page)?.[1] ?? '';
    expect((await post(revoke)).location).toBe('/admin/tokens?said=token-revoked');
    expect((await ask()).status).toBe(401);
    const wrong = await post('/admin/tokens', { note: '', role: 'viewer' });
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('role="alert"')]);
  });

  it.each(['-5', '0', 'soon', '1e12', '0.5'])(
    'is not made where its days are no number of days: %s',
    async (days) => {
      const page = await post('/admin/tokens', { note: `for ${days}`, role: 'viewer', days });
      expect([page.status, page.text]).toEqual([422, expect.stringContaining('whole days')]);
      expect(await stage.world.sql`select from api_token where note = ${`for ${days}`}`).toHaveLength(0);
    },
  );

  it('never expires where no days are given', async () => {
    expect((await post('/admin/tokens', { note: 'for good', role: 'viewer', days: '' })).status).toBe(200);
    expect(await stage.world.sql`select expires_at from api_token where note = 'for good'`).toEqual([
      { expires_at: null },
    ]);
  });

  it('are not made with a role that there is not', async () => {
    const page = await post('/admin/tokens', { note: 'forged', role: 'root', days: '7' });
    expect([page.status, page.text]).toEqual([422, expect.stringContaining('value="forged"')]);
    expect(await stage.world.sql`select 1 from api_token where note = 'forged'`).toHaveLength(0);
  });
});

describe('the record', () => {
  it('is shown from a day to a day, both included, in UTC', async () => {
    const [{ day } = { day: '' }] = await stage.world.sql<{ day: string }[]>`
      select to_char(max(at) at time zone 'UTC', 'YYYY-MM-DD') as day from audit_event`;
    const [before, after] = [-1, 1].map((days) =>
      new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10),
    );
    const rows = async (query: string) => (await get(`/admin/audit?${query}`)).split('<tr>').length;
    const all = await rows('');
    expect(await rows(`since=${day}&until=${day}`)).toBeGreaterThan(2);
    expect(await rows(`until=${after}`)).toBe(all);
    expect(await get(`/admin/audit?since=${after}`)).toContain('No event fits.');
    expect(await get(`/admin/audit?until=${before}&since=${before}`)).toContain('No event fits.');
  });

  it('is verified on its page, and a wrong anchor is told', async () => {
    const good = await post('/admin/audit');
    expect(good.text).toContain('The record is intact');
    const bad = await post('/admin/audit', { anchor: 'no anchor' });
    expect(bad.status).toBe(400);
  });
});

describe('a load of a vocabulary', () => {
  it('is asked for by a path in the folder, and its progress refreshes itself until it ends', async () => {
    const folder = await temporaryFolder();
    const app = createApp({
      ...stage.world.deps,
      config: { adminToken: undefined, vocabularyDir: folder.path },
    });
    const zip = await writeZip(folder.path, bundle());
    const outside = await post('/admin/vocabulary', { path: '../x.zip' }, { app });
    expect([outside.status, outside.text]).toEqual([400, expect.stringContaining('role="alert"')]);
    expect(outside.text).toContain('value="../x.zip"');
    const asked = await post('/admin/vocabulary', { path: zip.slice(zip.lastIndexOf('/') + 1) }, { app });
    expect(asked.location).toBe('/admin/vocabulary?said=load-started');
    expect(await get('/admin/vocabulary')).toContain('hx-get="/admin/vocabulary/loads"');
    await drain({ ...stage.world.deps, vocabularyDir: folder.path }, stage.world.clock);
    const after = await get('/admin/vocabulary');
    expect(after).not.toContain('hx-get="/admin/vocabulary/loads"');
    expect(after).toContain('loaded');
    expect(after).toContain('<th scope="col">Before</th>');
    await folder.remove();
  });
});

describe('an address with a slash behind it', () => {
  it.each([
    ['/admin/', '/admin'],
    ['/admin/runs/?status=failed', '/admin/runs?status=failed'],
  ])('leads to the page: %s', async (given, page) => {
    const { cookie = '' } = sessions.get('viewer') ?? {};
    const answer = await stage.app.request(`${stage.url}${given}`, { headers: { cookie } });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, page]);
  });
});

describe('a form', () => {
  it('that is cut off on its way is refused with a page', async () => {
    const { cookie = '' } = sessions.get('admin') ?? {};
    const response = await stage.app.request(`${stage.url}/admin/connections/new`, {
      ...{ method: 'POST', body: '--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nab' },
      headers: { cookie, origin: stage.url, 'content-type': 'multipart/form-data; boundary=x' },
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      400,
      expect.stringContaining('text/html'),
    ]);
    expect(await response.text()).toContain('The form cannot be read');
  });

  it('of a new connection is sent, and filled in by no vendor, when Enter is pressed in a field', async () => {
    const page = await get('/admin/connections/new');
    const [form = ''] =
      /<form method="post" action="\/admin\/connections\/new"[\s\S]*?<\/form>/.exec(page) ?? [];
    // Browsers press the first button of a form then.
    expect(/<button[\s\S]*?<\/button>/.exec(form)?.[0]).toContain('Create the connection');
  });
});

describe('a connection', () => {
  it('that the EHR does not know fails in its export, and the run says that it came so far', async () => {
    const unknown = await stage.world.site({ connection: { site_key: 'unknown' } });
    await stage.world.sql`update connection set client_id = 'nobody' where connection_id = ${unknown.id}`;
    const { location } = await post(`/admin/connections/${unknown.id}/sync`);
    await stage.work();
    const page = await get(location);
    expect(page).toContain('token-invalid-client');
    expect(page).toMatch(/<strong>Queued<\/strong><br \/><span class="quiet">✓ done/);
    expect(page).toMatch(
      /<li class="broken"><strong>Export<\/strong><br \/><span class="quiet">✕ failed here/,
    );
    expect(page).toMatch(/<strong>Download<\/strong><br \/><span class="quiet">not reached/);
  });

  it('gets keys and credentials, and is deleted when its key is typed', async () => {
    const other = await stage.world.site({ connection: { site_key: 'going' } });
    const base = `/admin/connections/${other.id}`;
    expect((await post(`${base}/keys`, { algorithm: 'ES384' })).location).toContain('said=key-made');
    const wrong = await post(`${base}/credentials`, { private_key_pem: 'no key' });
    expect(wrong.status).toBe(400);
    expect((await post(`${base}/delete`, { site_key: 'other' })).status).toBe(422);
    const gone = await post(`${base}/delete`, { site_key: 'going' });
    expect(gone.location).toMatch(/said=deleted|said=deletion-started/);
    await stage.work();
    expect(await stage.world.sql`select from connection where site_key = 'going'`).toHaveLength(0);
  });
});
