/** The pages without a browser: who sees what, what is escaped, what is refused, and what forms do. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { beginSessionInTx, csrfTokenOf } from '../../app/auth/session.ts';
import type { Role } from '../../app/caller.ts';
import { apiDocument } from '../../app/document.ts';
import { RULES } from '../../jobs/map/rules.ts';
import { inLongRun } from '../long-run.ts';
import { openStage, type Stage } from './stage.ts';

const ROOT = join(import.meta.dirname, '../..');

let stage: Stage;
let site: Awaited<ReturnType<Stage['world']['site']>>;
/** A session of each role. */
const sessions = new Map<Role, { cookie: string; csrf: string }>();

beforeAll(async () => {
  stage = await openStage();
  site = await stage.world.site({ population: { seed: 'pages', patients: 8 } });
  await site.sync();
  for (const role of ['viewer', 'mapper', 'operator', 'admin'] as const) {
    sessions.set(role, await stage.session(role));
  }
});
afterAll(async () => await stage?.close());

interface Shown {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

async function get(path: string, role: Role = 'admin', headers: Record<string, string> = {}): Promise<Shown> {
  const cookie = sessions.get(role)?.cookie ?? '';
  const response = await stage.app.request(`${stage.url}${path}`, { headers: { cookie, ...headers } });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** Sends a form as the page of this role would; a `csrf` that is given wins. */
async function post(path: string, fields: Record<string, string> = {}, role: Role = 'admin'): Promise<Shown> {
  const { csrf = '' } = sessions.get(role) ?? {};
  return await postAll(path, Object.entries({ csrf, ...fields }), role);
}

/** The same with fields that have several values. */
async function postAll(path: string, fields: [string, string][], role: Role): Promise<Shown> {
  const { cookie = '', csrf = '' } = sessions.get(role) ?? {};
  const body = new URLSearchParams(fields);
  if (!body.has('csrf')) body.set('csrf', csrf);
  const response = await stage.app.request(`${stage.url}${path}`, {
    ...{ method: 'POST', body },
    headers: { cookie, origin: stage.url, 'sec-fetch-site': 'same-origin' },
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const heading = ({ text }: Shown) => /<h1>([^<]*)<\/h1>/.exec(text)?.[1];
const menuOf = ({ text }: Shown) =>
  [...(/<nav class="menu"[\s\S]*?<\/nav>/.exec(text)?.[0] ?? '').matchAll(/href="([^"]+)"/g)].map(
    ([, path]) => path,
  );

describe('whoever is not signed in', () => {
  it('is led to the sign-in, and back to the page that was asked for', async () => {
    const answer = await stage.app.request(`${stage.url}/admin/alerts?state=open`);
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      `/sign-in?return_to=${encodeURIComponent('/admin/alerts?state=open')}`,
    ]);
  });

  it('comes from / to the pages', async () => {
    const answer = await stage.app.request(`${stage.url}/`);
    expect(answer.headers.get('location')).toBe('/admin');
  });

  it('does nothing by a form', async () => {
    const answer = await stage.app.request(`${stage.url}/admin/connections/${site.id}/sync`, {
      ...{ method: 'POST', body: new URLSearchParams({ csrf: 'x' }) },
      headers: { origin: stage.url },
    });
    expect(answer.headers.get('location')).toMatch(/^\/sign-in/);
  });
});

describe('roles', () => {
  it('have the pages of their operations in the menu, and no others', async () => {
    const viewer = [
      '/admin',
      '/admin/runs',
      '/admin/vocabulary',
      '/admin/quality',
      '/admin/alerts',
      '/admin/reconciliations',
    ];
    expect(menuOf(await get('/admin', 'viewer'))).toEqual(viewer);
    const operator = menuOf(await get('/admin', 'operator'));
    expect(operator).toContain('/admin/not-loaded');
    expect(operator).not.toContain('/admin/audit');
    expect(menuOf(await get('/admin', 'admin'))).toContain('/admin/audit');
  });

  it('are told which one a page needs, with 403', async () => {
    const page = await get('/admin/audit', 'operator');
    expect([page.status, heading(page)]).toEqual([403, 'Your role does not reach this page']);
    expect(page.text).toContain('It needs the role admin; yours is operator.');
  });

  it('see no button that they may not press, and its route refuses them', async () => {
    const path = `/admin/connections/${site.id}`;
    const page = await get(path, 'viewer');
    expect(page.status).toBe(200);
    expect(page.text).not.toContain(`${path}/sync`);
    expect((await get(path, 'operator')).text).toContain(`action="${path}/sync"`);
    expect((await get(path, 'operator')).text).not.toContain(`action="${path}/active"`);
    expect((await post(`${path}/sync`, {}, 'viewer')).status).toBe(403);
    expect((await post(`${path}/active`, { active: 'no' }, 'operator')).status).toBe(403);
  });

  it('that may not see patients see no id of a resource', async () => {
    for (const path of [
      `/admin/connections/${site.id}/not-loaded`,
      '/admin/not-loaded',
      '/admin/lineage?resource=Patient/x',
    ]) {
      expect([(await get(path, 'viewer')).status, (await get(path, 'mapper')).status]).toEqual([403, 403]);
    }
  });

  it('restricted to other connections are told that this one does not exist', async () => {
    const { cookie } = await stage.session('operator', [site.id + 1000]);
    const open = async (path: string) =>
      await stage.app.request(`${stage.url}${path}`, { headers: { cookie } });
    for (const tail of ['', '/runs', '/not-loaded', '/settings', '/runs/1']) {
      expect([tail, (await open(`/admin/connections/${site.id}${tail}`)).status]).toEqual([tail, 404]);
    }
    for (const path of [
      '/admin',
      '/admin/runs',
      '/admin/connections',
      '/admin/not-loaded?kind=excluded',
      '/admin/alerts',
    ]) {
      const page = await open(path);
      expect([path, page.status, (await page.text()).includes('Site 1')]).toEqual([path, 200, false]);
    }
  });
});

describe('forms', () => {
  it('without the token of the session, or from another site, change nothing', async () => {
    const path = `/admin/connections/${site.id}/active`;
    expect((await post(path, { csrf: 'another', active: 'no' })).status).toBe(403);
    const foreign = await stage.app.request(`${stage.url}${path}`, {
      ...{
        method: 'POST',
        body: new URLSearchParams({ active: 'no', csrf: sessions.get('admin')?.csrf ?? '' }),
      },
      headers: { cookie: sessions.get('admin')?.cookie ?? '', origin: 'https://evil.example' },
    });
    expect(foreign.status).toBe(403);
    const [row] = await stage.world.sql`select is_active from connection where connection_id = ${site.id}`;
    expect(row?.['is_active']).toBe(true);
  });

  it('are recorded once, as what the person did by this request', async () => {
    const path = `/admin/connections/${site.id}/active`;
    const answers = [await post(path, { active: 'no' }), await post(path, { active: 'yes' })];
    const events = await stage.world.sql`
      select actor, via, object, request_id from audit_event where action = 'connection.update' order by event_id`;
    expect([...events]).toEqual(
      answers.map(({ headers }) => ({
        ...{ actor: 'a admin', via: 'session', object: `connection/${site.id}` },
        request_id: headers.get('x-request-id'),
      })),
    );
    const id = answers[0]?.headers.get('x-request-id') ?? 'none';
    const lines = stage.world
      .logged()
      .split('\n')
      .filter((line) => line.includes(id));
    expect(lines.map((line) => JSON.parse(line).path)).toEqual([path]);
  });

  it('answer a refusal of the API with its words, and its status', async () => {
    await post(`/admin/connections/${site.id}/active`, { active: 'no' });
    const page = await post(`/admin/connections/${site.id}/sync`);
    await post(`/admin/connections/${site.id}/active`, { active: 'yes' });
    expect([page.status, heading(page)]).toEqual([409, 'The connection is not active']);
    expect(page.text).toContain('connection-inactive');
  });

  it('that destroy ask to type what is destroyed', async () => {
    const path = `/admin/connections/${site.id}/delete`;
    const page = await post(path, { site_key: 'another' });
    expect(page.status).toBe(422);
    expect(page.text).toContain('This is not its site key.');
    expect(
      (
        await post('/admin/purges', {
          connection: String(site.id),
          patient_id: 'a',
          again: 'b',
          reason: 'opt-out',
        })
      ).status,
    ).toBe(422);
    expect(await stage.world.sql`select 1 from purge`).toHaveLength(0);
  });
});

describe('settings', () => {
  const form = {
    ...{ site_name: '<b>Memorial</b>', site_key: 'memorial', ehr_vendor: 'other', scopes: 'system/*.read' },
    ...{
      fhir_base_url: 'https://ehr.example/fhir',
      client_id: 'us',
      credentials: 'make',
      incremental_enabled: 'yes',
    },
  };

  it('are filled in by a preset, which leaves what was typed elsewhere', async () => {
    const page = await post('/admin/connections/new', { ...form, preset: 'epic' });
    expect(page.status).toBe(200);
    expect(page.text).toContain('value="&lt;b&gt;Memorial&lt;/b&gt;"');
    expect(page.text).toContain('<option value="epic" selected>');
    expect(page.text).not.toMatch(/name="incremental_enabled"[^>]*checked/);
    expect(await stage.world.sql`select 1 from connection where site_key = 'memorial'`).toHaveLength(0);
  });

  it('that cannot be are refused at their fields, and what was typed stays', async () => {
    const page = await post('/admin/connections/new', {
      ...form,
      site_key: 'Not OK',
      cron: 'often',
      further: '{"limits": 3',
    });
    expect(page.status).toBe(422);
    expect(page.text).toContain('id="further-error"');
    const again = await post('/admin/connections/new', { ...form, site_key: 'Not OK', cron: 'often' });
    expect(again.status).toBe(400);
    expect(again.text).toContain('id="site_key-error"');
    expect(again.text).toContain('id="cron-error"');
    expect(again.text).toContain('value="often"');
  });

  it('make a connection with a key pair, shown with what to register, and never the private half', async () => {
    const made = await post('/admin/connections/new', {
      ...form,
      cron: '30 2 * * *',
      timezone: 'America/New_York',
    });
    const onward = made.headers.get('location') ?? '';
    expect([made.status, onward]).toEqual([
      303,
      expect.stringMatching(/^\/admin\/connections\/\d+\/keys\?said=/),
    ]);
    const page = await get(onward);
    expect(page.text).toContain('&quot;kty&quot;: &quot;EC&quot;');
    expect(page.text).toContain('/.well-known/jwks/');
    expect(page.text).not.toContain('PRIVATE KEY');
    expect(page.text).not.toContain('&quot;d&quot;');
    const status = await get(onward.replace(/\/keys.*/, ''));
    expect(status.text).toContain('<h1>&lt;b&gt;Memorial&lt;/b&gt;</h1>');
    expect(status.text.match(/<li><time datetime="[^"]+">[^<]*02:30 E[SD]T<\/time>/g)).toHaveLength(5);
  });

  it('show what changes before they are saved, and say that a change elsewhere clears the credentials', async () => {
    const path = `/admin/connections/${site.id}/settings`;
    const before = await get(path);
    const texts = fieldsOf(before.text);
    const review = await post(path, {
      ...texts,
      site_name: 'Renamed',
      fhir_base_url: 'https://other.example/fhir',
      step: 'review',
    });
    expect(review.text).toContain('<del>Site 1</del>');
    expect(review.text).toContain('<ins>Renamed</ins>');
    expect(review.text).toContain('the stored ones are cleared');
    const [row] = await stage.world.sql`select site_name from connection where connection_id = ${site.id}`;
    expect(row?.['site_name']).toBe('Site 1');
    const saved = await post(path, { ...texts, site_name: 'Renamed', step: 'save' });
    expect(saved.status).toBe(303);
    await post(path, { ...fieldsOf((await get(path)).text), site_name: 'Site 1', step: 'save' });
  });

  it('of somebody who looked before another saved are not written over them', async () => {
    const path = `/admin/connections/${site.id}/settings`;
    const texts = fieldsOf((await get(path)).text);
    await stage.world
      .sql`update connection set group_id = 'theirs', updated_at = updated_at + interval '1 second' where connection_id = ${site.id}`;
    const page = await post(path, { ...texts, site_name: 'Mine', step: 'save' });
    expect([page.status, page.text.includes('Somebody changed the connection meanwhile')]).toEqual([
      412,
      true,
    ]);
    expect(page.text).toContain('<del>theirs</del>');
    await stage.world.sql`update connection set group_id = null where connection_id = ${site.id}`;
  });
});

describe('texts that others wrote', () => {
  it('are escaped and bounded, wherever they are shown', async () => {
    const evil = `"><script>alert(1)</script>${'x'.repeat(5000)}`;
    const { sql } = stage.world;
    const [run] = await sql<{ run_id: number }[]>`
      insert into run (connection_id, status, kind, mode, triggered_by, created_at, finished_at, error_step, error_code, error_message)
      values (${site.id}, 'failed', 'export', 'full', ${evil.slice(0, 150)}, now(), now(), '1-export', 'kick-off-refused', ${evil})
      returning run_id`;
    await sql`
      insert into alert (connection_id, run_id, kind, subject, message, raised_at, last_at)
      values (${site.id}, ${run?.run_id ?? 0}, 'run-failed', ${evil.slice(0, 200)}, ${evil}, now(), now())`;
    for (const path of [
      '/admin',
      '/admin/alerts',
      '/admin/runs',
      `/admin/connections/${site.id}`,
      `/admin/connections/${site.id}/runs/${run?.run_id}`,
    ]) {
      const page = await get(path);
      expect([path, page.status, page.text.includes('<script>alert')]).toEqual([path, 200, false]);
      expect(page.text).not.toContain('x'.repeat(2000));
    }
    const count = /Alerts <span class="count">(\d+)/.exec((await get('/admin')).text)?.[1];
    expect(count).toBe('1');
    const alert = await get('/admin/alerts?state=open');
    const action = /action="(\/admin\/alerts\/\d+\/acknowledge)"/.exec(alert.text)?.[1] ?? '';
    expect((await post(action)).headers.get('location')).toContain('said=acknowledged');
    expect((await get('/admin')).text).not.toContain('class="count"');
  });

  it('that no database takes, and numbers that it does not hold, are no fault of the server', async () => {
    for (const path of [
      ...[
        '/admin/not-loaded?reason=%00',
        '/admin/lineage?resource=Patient/%00',
        '/admin/codes?q=%00',
        '/admin/audit?actor=%1B',
        '/admin/audit?since=0000-01-01',
        '/admin/audit?until=tomorrow',
      ],
      ...[
        '/admin/runs?connection=99999999999',
        '/admin/runs?cursor=99999999999999',
        '/admin/connections/99999999999/runs',
      ],
      ...[
        '/admin/alerts?cursor=x',
        '/admin/codes?cursor=999999999',
        '/admin/lineage?table=person&row=999999999999999',
      ],
      ...[
        '/admin/connections/1/not-loaded?cursor=x',
        '/admin/connections/1/runs/99999999999',
        '/admin/purges?cursor=99999999999',
      ],
    ]) {
      expect([path, (await get(path)).status < 500]).toEqual([path, true]);
    }
  });

  it('cannot be put into a page by its address', async () => {
    const page = await get(
      `/admin/codes?q=${encodeURIComponent('"><img src=x>')}&said=${encodeURIComponent('<b>pwned</b>')}`,
    );
    expect(page.status).toBe(200);
    expect(page.text).not.toContain('<img');
    expect(page.text).not.toContain('pwned');
  });
});

describe('every page', () => {
  const PAGES = [
    ...[
      '/admin',
      '/admin/connections',
      '/admin/connections/new',
      '/admin/connections/1',
      '/admin/connections/1/runs',
    ],
    ...[
      '/admin/connections/1/settings',
      '/admin/connections/1/keys',
      '/admin/connections/1/delete',
      '/admin/runs',
    ],
    ...[
      '/admin/connections/1/runs/1',
      '/admin/not-loaded',
      '/admin/connections/1/not-loaded',
      '/admin/codes',
    ],
    ...['/admin/connections/1/not-loaded?kind=excluded', '/admin/connections/1/not-loaded?kind=parked'],
    ...[
      '/admin/not-loaded?kind=excluded',
      '/admin/not-loaded?kind=parked',
      '/admin/codes/maps',
      '/admin/codes/changes',
    ],
    ...[
      '/admin/concepts',
      '/admin/concepts?q=diabetes',
      '/admin/concepts/201826',
      '/admin/vocabulary',
      '/admin/lineage',
    ],
    ...[
      '/admin/quality',
      '/admin/quality?show=all',
      '/admin/quality/thresholds',
      '/admin/quality/thresholds?show=set',
      '/admin/alerts',
      '/admin/reconciliations',
      '/admin/purges',
    ],
    ...['/admin/tokens', '/admin/audit', '/admin/groups', '/admin/approvals', '/admin/coverage', '/docs'],
    ...['/admin/codes/maps/new', '/admin/codes/review?code=1', '/admin/webhooks', '/admin/webhooks/1'],
  ];

  it('take no text in an address that no text needs', async () => {
    for (const path of ['/admin/quality/thresholds/%00', '/admin/concepts?q=%00']) {
      expect([path, (await get(path)).status]).toEqual([path, 400]);
    }
  });

  beforeAll(async () => {
    // It is switched off: nothing is sent to it, and the clock does not wait for its answers.
    const made = await post('/admin/webhooks', { name: 'on call', url: 'https://hooks.example/' });
    expect(made.status).toBe(200);
  });

  it.each(PAGES)('%s is whole: language, title, landmarks, one heading, and nothing inline', async (path) => {
    const page = await get(path);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
    expect(page.text).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page.text.match(/<h1>/g)).toHaveLength(1);
    expect(page.text).toMatch(/<main id="main"/);
    expect(page.text).not.toMatch(
      /\sstyle=|<style|\son[a-z]+=|javascript:|<script>|\[object Object\]|undefined/,
    );
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(page.text.match(/<table/g)?.length ?? 0).toBe(page.text.match(/<caption/g)?.length ?? 0);
  });

  it('says so where there is nothing, and where something is not found', async () => {
    expect((await get('/admin/purges')).text).toContain('Nobody was purged.');
    const missing = await get('/admin/connections/999');
    expect([missing.status, heading(missing)]).toEqual([404, 'No such connection']);
    expect((await get('/admin/connections/x')).status).toBe(404);
  });

  it('is small: stylesheet, scripts and the largest page together under 100 kB', async () => {
    const shown = await get('/admin/connections/1/runs/1');
    const assets = ['style.css', 'admin.js', 'htmx.js', 'icon.svg'].map((name) =>
      get(`/admin/static/${name}`),
    );
    const sizes = (await Promise.all(assets)).map(({ text }) => text.length);
    expect(sizes.reduce((sum, size) => sum + size, shown.text.length)).toBeLessThan(100_000);
  });

  it('has files that browsers may keep as long as their content is the same', async () => {
    const href = /href="(\/admin\/static\/style\.css\?v=\w+)"/.exec((await get('/admin')).text)?.[1] ?? '';
    expect((await get(href)).headers.get('cache-control')).toContain('immutable');
    expect((await get('/admin/static/htmx-licence.txt')).text).toContain('BSD');
  });
});

describe('the operations of the API', () => {
  /** Those that programs ask for, with the test that does. */
  const OF_PROGRAMS: Readonly<Record<string, string>> = {
    'GET /.well-known/jwks.json': 'routes/connection-keys.test.ts',
    'GET /api/v1/admin/fhir-connections/{id}/reconciliations': 'verbs/reconcile.test.ts',
    'GET /healthz': 'http/where-from.test.ts',
    'GET /readyz': 'sql/separate-logins.test.ts',
    'POST /api/v1/vocabulary/source-to-standard/batch': 'routes/vocabulary-releases.test.ts',
    'GET /metrics': 'http/metrics.test.ts',
    'POST /internal/tick': 'whole-run/ticks.test.ts',
  };

  it('each stand in the reference', async () => {
    const { text } = await get('/docs');
    const ids = Object.values(apiDocument().paths ?? {}).flatMap((methods) =>
      Object.values(methods).map((one) => String(Reflect.get(Object(one), 'operationId'))),
    );
    expect(ids.filter((id) => !text.includes(`<details id="${id}">`))).toEqual([]);
  });

  it('are each called by a page or a command, or by programs and a test of its own', () => {
    const ours = ['app/admin', 'app/cli'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
    );
    // As the client is called: GET('/path'. Blanks and line ends before the path are the formatter's.
    const called = ours.join('\n').replaceAll(/\(\s+'/g, "('");
    const operations = Object.entries(apiDocument().paths ?? {}).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    );
    expect(operations.length).toBeGreaterThan(60);
    const byPrograms = operations.filter(({ method, path }) => !called.includes(`${method}('${path}'`));
    expect(byPrograms.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      Object.keys(OF_PROGRAMS).sort(),
    );
    for (const { method, path } of byPrograms) {
      const file = OF_PROGRAMS[`${method} ${path}`] ?? '';
      const last = path.split('/').findLast((part) => part !== '' && !part.startsWith('{'));
      expect(readFileSync(join(ROOT, 'test', file), 'utf8'), file).toContain(last);
    }
  });
});

describe('a file of local maps', () => {
  const file = (target: number) =>
    `source_code,source_vocabulary_id,target_concept_id,target_vocabulary_id,valid_start_date,valid_end_date\nGLU-7,urn:house,${target},LOINC,2020-01-01,2099-12-31\n`;
  const bring = (target: number) =>
    post('/admin/codes/maps/import', { file: file(target), apply: 'yes', system: 'urn:typed' }, 'mapper');

  it('with a fault is not written, and the page says which line and why', async () => {
    const page = await bring(999_999_999);
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.text).toContain('so nothing was written');
    expect(page.text).toContain('value="urn:typed"');
    expect(page.text).toMatch(/<code>line 2<\/code>: [a-z-]+: /);
    expect((await get('/admin/codes/maps', 'mapper')).text).not.toContain('GLU-7');
  });

  it('that is good is written, and listed', async () => {
    const [concept] = await stage.world.sql<{ concept_id: number }[]>`
      select concept_id from concept where vocabulary_id = 'LOINC' and standard_concept = 'S' limit 1`;
    const page = await bring(concept?.concept_id ?? 0);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('1 new')]);
    expect((await get('/admin/codes/maps', 'mapper')).text).toContain('GLU-7');
  });
});

describe('a list below a form that is sent elsewhere', () => {
  it('leads to its own next page, and not to where the form was sent', async () => {
    const { sql } = stage.world;
    await sql`
      insert into source_to_concept_map (source_code, source_concept_id, source_vocabulary_id, target_concept_id,
        target_vocabulary_id, valid_start_date, valid_end_date)
      select 'MANY-' || lpad(n::text, 3, '0'), 0, 'MANY', 0, 'None', '1970-01-01', '2099-12-31'
      from generate_series(1, 120) n`;
    try {
      const sent = await post('/admin/codes/maps/import', { file: 'x', apply: 'no' }, 'mapper');
      expect(sent.status).toBeGreaterThanOrEqual(400);
      const next = nextOf(sent.text);
      expect(next).toMatch(/^\/admin\/codes\/maps\?cursor=/);
      expect((await get(next, 'mapper')).status).toBe(200);
      const filtered = await get('/admin/codes/maps?q=MANY&said=map-added', 'mapper');
      const second = nextOf(filtered.text);
      expect(second).toMatch(/^\/admin\/codes\/maps\?q=MANY&cursor=/);
      const shown = [filtered, await get(second, 'mapper')].flatMap(
        ({ text }) => text.match(/MANY-\d{3}(?=<\/code>)/g) ?? [],
      );
      expect([shown.length, new Set(shown).size]).toEqual([100, 100]);
    } finally {
      await sql`delete from source_to_concept_map where source_vocabulary_id = 'MANY'`;
    }
  });
});

describe('where a second person is required', () => {
  it('a page asks in the name of the person who is signed in, and says who must approve', async () => {
    const second = createApp({
      ...stage.world.deps,
      config: { adminToken: undefined, secondPerson: { needs: new Set(['purge']), hours: 24 } },
    });
    const [someone] = await stage.world.sql<{ fhir_id: string }[]>`
      select fhir_id from resource where resource_type = 'Patient' and connection_id = ${site.id} limit 1`;
    const patient_id = someone?.fhir_id ?? '';
    const send = async (target: string) => {
      const person = { name: 'ada', role: 'admin' as const, connections: null, target };
      const id = await stage.world.sql.begin((tx) => beginSessionInTx(tx, person, stage.world.clock()));
      const answer = await second.request(`${stage.url}/admin/purges`, {
        method: 'POST',
        headers: { cookie: `fos-session=${id}`, origin: stage.url, 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams({
          ...{ csrf: csrfTokenOf(id), connection: String(site.id), reason: 'opt-out' },
          ...{ patient_id, again: patient_id },
        }),
      });
      return { status: answer.status, text: await answer.text() };
    };
    const asked = await send('subject/ada');
    expect([asked.status, asked.text]).toEqual([409, expect.stringContaining('waits for another admin')]);
    const [waits] = await stage.world.sql`select requested_person, operation from approval`;
    expect(waits).toEqual({ requested_person: 'subject/ada', operation: 'start-purge' });
    // Of a one-time address nobody knows who opened it.
    expect((await send('first-start')).text).toContain('nobody can tell whose credential');
    expect(await stage.world.sql`select from purge where reason = 'opt-out'`).toHaveLength(0);
  });
});

describe('the overview and the menu', () => {
  it('count what waits for a person, of the pages that the person may open', async () => {
    const badges = (text: string) =>
      [...text.matchAll(/>([A-Z][a-z ]+) <span class="count">(\d+)<span class="hidden"> (\w+)/g)].map(
        ([, page, count, what]) => `${page}: ${count} ${what}`,
      );
    const { sql } = stage.world;
    await sql.begin(async (tx) => {
      await tx`
        insert into failure (connection_id, run_id, chunk_id, chunk_line, resource_type, reason)
        select ${site.id}, run_id, chunk_id, n, 'Condition', 'not-json'
        from (select run_id, chunk_id from chunk order by chunk_id limit 1) c, generate_series(1, 3) n`;
      await tx`
        insert into alert (connection_id, kind, subject, message, raised_at, last_at)
        values (${site.id}, 'run-failed', 'counted', 'x', now(), now())`;
      await tx`
        insert into approval (connection_id, operation, need, object, shown, request_sealed, requested_by, requested_person, requested_at, expires_at)
        values (${site.id}, 'start-purge', 'purge', 'x', '{}', 'x', 'x', 'x', now(), now() + interval '10 years')`;
    });
    const [seen] = await sql<[{ open: number; waiting: number }]>`
      select (select count(*) from alert where resolved_at is null and acknowledged_at is null) as open,
        (select count(*) from approval where decision is null) as waiting`;
    const alerts = `Alerts: ${seen.open} open`;
    try {
      expect(badges((await get('/admin', 'admin')).text)).toEqual([
        'Not loaded: 3 failed',
        alerts,
        `Approvals: ${seen.waiting} waiting`,
      ]);
      expect(badges((await get('/admin', 'viewer')).text)).toEqual([alerts]);
      const { cookie } = await stage.session('operator', [site.id + 1000]);
      const other = await stage.app.request(`${stage.url}/admin`, { headers: { cookie } });
      expect(badges(await other.text())).toEqual([]);
    } finally {
      await sql`delete from failure where reason = 'not-json'`;
      await sql`delete from alert where subject = 'counted'`;
      await sql`delete from approval where object = 'x'`;
    }
  });

  it('tell the coverage of each domain, counted in the CDM, and leave it out where nothing was counted yet', async () => {
    expect((await get('/admin/coverage/part', 'viewer')).text).not.toContain('<html');
    const page = await get('/admin/coverage', 'viewer');
    const [row] = await stage.world.sql<{ all: number; mapped: number }[]>`
      select count(*) as all, count(*) filter (where condition_concept_id <> 0) as mapped from condition_occurrence`;
    expect(row?.all).toBeGreaterThan(0);
    expect(page.text).toMatch(
      new RegExp(`<th scope="row">Condition</th>[\\s\\S]*?>${row?.mapped} of ${row?.all}</td>`),
    );
    expect((await get('/admin', 'viewer')).text).toContain(`${row?.mapped} of ${row?.all}`);
    // Somebody who is restricted to another connection has another CDM.
    const { cookie } = await stage.session('operator', [site.id + 1000]);
    const open = async (path: string) =>
      await (await stage.app.request(`${stage.url}${path}`, { headers: { cookie } })).text();
    expect(await open('/admin')).not.toContain(' of ');
    expect(await open('/admin/coverage')).toContain('The CDM has no rows yet.');
  });

  it('answer an address that is none with a page, not with JSON', async () => {
    const page = await get('/admin/connections/1/sync');
    expect([page.status, heading(page)]).toEqual([404, 'No such page']);
  });
});

describe('the test of a connection', () => {
  it('shows each step when it has ended, in one page, while the next one is still waited for', async () => {
    const held = Promise.withResolvers<void>();
    site.ehr.faults.push({ on: 'token', do: { hold: held.promise } });
    const { cookie = '', csrf = '' } = sessions.get('operator') ?? {};
    const answer = await stage.app.request(`${stage.url}/admin/connections/${site.id}/test`, {
      method: 'POST',
      headers: { cookie, origin: stage.url, 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ csrf }),
    });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const readUntil = async (words: string) => {
      while (!text.includes(words)) {
        const { value, done } = (await reader?.read()) ?? { done: true };
        if (done) throw new Error(`the page ended without "${words}"`);
        text += value ?? '';
      }
    };
    await readUntil('Sign an assertion with our key');
    expect(text).toContain('<h1>Site 1</h1>');
    expect(text).not.toContain('Exchange it for a token');
    held.resolve();
    await readUntil('</html>');
    expect(text).toContain('The connection works.');
    expect(text.match(/<h1>/g)).toHaveLength(1);
    expect(text).toContain('<h2>Last runs</h2>');
  });

  it('says what to do where a step fails', async () => {
    site.ehr.faults.push({ on: 'token', do: { status: 400, body: '{"error":"invalid_client"}' } });
    const page = await post(`/admin/connections/${site.id}/test`, {}, 'operator');
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('does not work yet')]);
    expect(page.text).toContain('To do:</strong> The EHR must know the public half of this key');
    expect((await post(`/admin/connections/${site.id}/test`, {}, 'viewer')).status).toBe(403);
  });
});

describe('a sync of one patient', () => {
  inLongRun(it)('is started by FHIR id or by identifier, and its run shows its searches', async () => {
    const [someone] = await stage.world.sql<{ fhir_id: string }[]>`
      select fhir_id from resource where resource_type = 'Patient' and connection_id = ${site.id} limit 1`;
    const path = `/admin/connections/${site.id}/patient`;
    expect((await post(path, { patient: someone?.fhir_id ?? '' }, 'viewer')).status).toBe(403);
    const wrong = await post(path, { patient: 'two words' }, 'operator');
    expect([wrong.status, wrong.text.includes('Expected')]).toEqual([400, true]);
    const started = await post(path, { patient: someone?.fhir_id ?? '' }, 'operator');
    const run = started.headers.get('location') ?? '';
    expect(run).toMatch(/\/runs\/\d+\?said=sync-started/);
    const before = await get(run, 'operator');
    expect(before.text).toContain('some patients, by searches');
    expect(before.text).toMatch(/aria-current="step"><strong>(Queued|Searches)/);
    await stage.work();
    const after = await get(run.replace(/\?.*/, ''), 'operator');
    expect(after.text).toContain('1 of 1 done');
    expect(after.text).toContain('patients of a list');
    expect(after.text).toContain('adds up');
  });
});

describe('what is not loaded', () => {
  it('is explained in words wherever its reason stands, down to the single resource', async () => {
    const [one] = await stage.world.sql<
      { fhir_id: string; resource_type: string; reason: keyof typeof RULES; last_run: number }[]
    >`
      select fhir_id, resource_type, reason, last_run from resource
      where connection_id = ${site.id} and outcome = 'excluded' limit 1`;
    const { reason = 'no-text', resource_type = '', fhir_id = '' } = one ?? {};
    const words = RULES[reason].says.slice(0, 40).replaceAll("'", '&#39;').replaceAll('"', '&quot;');
    for (const path of [
      ...[`/admin/connections/${site.id}/runs/${one?.last_run}`, '/admin/not-loaded?kind=excluded'],
      ...[`/admin/connections/${site.id}/not-loaded?kind=excluded&reason=${reason}`],
      ...[`/admin/lineage?resource=${resource_type}/${fhir_id}`],
    ]) {
      expect([path, (await get(path, 'operator')).text.includes(words)]).toEqual([path, true]);
    }
    const { cookie } = await stage.session('operator', [site.id + 1000]);
    const other = await stage.app.request(`${stage.url}/admin/lineage?resource=${resource_type}/${fhir_id}`, {
      headers: { cookie },
    });
    expect(await other.text()).toContain('Nothing is loaded under this id.');
  });
});

describe('approvals', () => {
  it('are made and decided on pages: not by whoever asked, and what they do is done', async () => {
    const app = createApp({
      ...stage.world.deps,
      config: { adminToken: undefined, secondPerson: { needs: new Set(['purge']), hours: 24 } },
    });
    const [someone] = await stage.world.sql<{ fhir_id: string }[]>`
      select fhir_id from resource where resource_type = 'Patient' and connection_id = ${site.id} limit 1`;
    const patient_id = someone?.fhir_id ?? '';
    const as = async (target: string, path: string, fields?: Record<string, string>) => {
      const person = { name: target, role: 'admin' as const, connections: null, target: `subject/${target}` };
      const id = await stage.world.sql.begin((tx) => beginSessionInTx(tx, person, stage.world.clock()));
      const body = fields && new URLSearchParams({ csrf: csrfTokenOf(id), ...fields });
      const answer = await app.request(`${stage.url}${path}`, {
        headers: { cookie: `fos-session=${id}`, origin: stage.url, 'sec-fetch-site': 'same-origin' },
        ...(body ? { method: 'POST', body } : {}),
      });
      return { status: answer.status, text: await answer.text(), headers: answer.headers };
    };
    const asked = await as('ada', '/admin/purges', {
      ...{ connection: String(site.id), reason: 'asked on pages', patient_id, again: patient_id },
    });
    expect([asked.status, asked.text]).toEqual([409, expect.stringContaining('href="/admin/approvals"')]);
    const list = await as('bob', '/admin/approvals?state=pending');
    const path = /href="(\/admin\/approvals\/\d+)">\d+: start purge/.exec(list.text)?.[1] ?? 'none';
    expect(list.text).not.toContain(patient_id);
    expect((await as('bob', path)).text).toContain(patient_id);
    const own = await as('ada', `${path}/approve`, {});
    expect([own.status, own.text]).toEqual([403, expect.stringContaining('another admin must')]);
    expect(await stage.world.sql`select from purge where reason = 'asked on pages'`).toHaveLength(0);
    expect((await as('bob', `${path}/approve`, {})).headers.get('location')).toBe(`${path}?said=approved`);
    expect(await stage.world.sql`select from purge where reason = 'asked on pages'`).toHaveLength(1);
    const late = await as('bob', `${path}/refuse`, {});
    expect([late.status, late.text]).toEqual([409, expect.stringContaining('waits no more')]);
    await stage.world.sql`delete from pgboss.job where name like '%purge%'`;

    expect((await get('/admin/approvals', 'operator')).status).toBe(403);
    expect((await post(`${path}/refuse`, {}, 'operator')).status).toBe(403);
    expect((await post(`${path}/refuse`, { csrf: 'another' })).status).toBe(403);
    expect((await get('/admin/approvals/999')).status).toBe(404);
  });
});

describe('codes in bulk', () => {
  inLongRun(it)(
    'are reviewed with suggestions, looked at, and mapped or set to 0, each by one form',
    async () => {
      const codes = await stage.world.sql<{ code_id: number }[]>`
      select code_id from unmapped_summary where connection_id = ${site.id} group by code_id order by sum(records) desc, code_id`;
      expect(codes.length).toBeGreaterThan(1);
      const worklist = await get('/admin/codes', 'mapper');
      const [first = '', second = ''] = [...worklist.text.matchAll(/name="code" value="(\d+)"/g)].map(
        ([, id = '']) => id,
      );
      const review = await get(`/admin/codes/review?code=${first}&code=${second}`, 'mapper');
      expect(review.status).toBe(200);
      expect(review.text).toContain(`name="to-${first}"`);
      expect((await get(`/admin/codes/review?code=${first}&as=none`, 'mapper')).text).toContain(
        '<option value="0" selected>',
      );
      expect((await get('/admin/codes/review', 'mapper')).status).toBe(422);
      expect((await get('/admin/codes/review?code=999999', 'mapper')).status).toBe(404);

      const send = (fields: [string, string][], role: Role = 'mapper') =>
        postAll('/admin/codes/review', fields, role);
      const chosen: [string, string][] = [
        ['code', first],
        ['code', second],
        [`to-${first}`, '201826'],
        [`to-${second}`, '0'],
      ];
      const stored = await stage.world.sql`select count(*) from source_to_concept_map`;
      const preview = await send([...chosen, ['do', 'preview']]);
      expect(preview.text).toContain('What a remap will change');
      expect(preview.text).toContain('newly mapped');
      expect(preview.text).toContain('value="apply"');
      expect(await stage.world.sql`select count(*) from source_to_concept_map`).toEqual(stored);
      // Of what somebody else has decided meanwhile the page says so, and keeps the rest as it was chosen.
      const late = await send([...chosen, ['code', '999999'], ['to-999999', '0'], ['do', 'apply']]);
      expect(late.status).toBe(404);
      expect(late.text).toContain('somebody else has decided it or a remap has: code 999999.');
      expect(late.text).toContain('<option value="0" selected>');
      expect(late.text).not.toContain('name="to-999999"');
      const partly = await get(`/admin/codes/review?code=${first}&code=999999`, 'mapper');
      expect([partly.status, partly.text]).toEqual([200, expect.stringContaining('has: code 999999.')]);
      const wrong = await send([
        ['code', first],
        [`to-${first}`, '999999999'],
        ['do', 'apply'],
      ]);
      expect([wrong.status, wrong.text]).toEqual([
        422,
        expect.stringContaining('✕ The loaded vocabulary has no such concept'),
      ]);
      expect((await send([...chosen, ['do', 'apply']], 'viewer')).status).toBe(403);
      const done = await send([...chosen, ['do', 'apply']]);
      expect(done.headers.get('location')).toBe('/admin/codes?said=codes-mapped');
      await stage.work();
      const after = await get('/admin/codes', 'mapper');
      expect([first, second].filter((id) => after.text.includes(`name="code" value="${id}"`))).toEqual([]);
      const all = await get('/admin/codes?decided=true', 'mapper');
      expect(all.text).toContain('no concept fits');
    },
  );

  it('that have a local map are changed and removed on its page', async () => {
    const make = { system: 'urn:edit', source_code: 'E-1', target_concept_id: '201826' };
    const refused = await post('/admin/codes/maps/new', { ...make, target_concept_id: '1' }, 'mapper');
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('value="E-1"')]);
    expect((await post('/admin/codes/maps/new', make, 'viewer')).status).toBe(403);
    expect((await post('/admin/codes/maps/new', make, 'mapper')).status).toBe(303);
    const idOf = async () =>
      /href="\/admin\/codes\/maps\/([0-9a-f]{24})"/.exec(
        (await get('/admin/codes/maps?q=E-1', 'mapper')).text,
      )?.[1];
    const path = `/admin/codes/maps/${await idOf()}`;
    const fields = fieldsOf((await get(path, 'mapper')).text);
    expect(fields['target_concept_id']).toBe('201826');
    const wrong = await post(path, { ...fields, valid_end_date: '1960-01-01' }, 'mapper');
    expect([wrong.status, wrong.text]).toEqual([409, expect.stringContaining('value="1960-01-01"')]);
    expect((await post(path, { ...fields, source_code_description: 'edited here' }, 'mapper')).status).toBe(
      303,
    );
    expect((await get('/admin/codes/maps?q=E-1', 'mapper')).text).toContain('edited here');
    // What is emptied is empty afterwards, and stays so where the form is refused.
    const emptied = { ...fields, source_code_description: '', valid_start_date: '' };
    const again = await post(path, { ...emptied, target_concept_id: '1' }, 'mapper');
    expect(fieldsOf(again.text)).toMatchObject({ source_code_description: '', valid_start_date: '' });
    expect((await post(path, emptied, 'mapper')).status).toBe(303);
    expect(
      await stage.world.sql`
        select source_code_description, valid_start_date::text from source_to_concept_map where source_code = 'E-1'`,
    ).toEqual([{ source_code_description: null, valid_start_date: '1970-01-01' }]);
    expect((await post(`/admin/codes/maps/${await idOf()}/remove`, {}, 'mapper')).status).toBe(303);
    expect(await idOf()).toBeUndefined();
    expect((await get(`/admin/codes/maps/${'0'.repeat(24)}`, 'mapper')).status).toBe(404);
  });
});

describe('quality', () => {
  it('tells since when a check fails, and how it went before', async () => {
    const { sql } = stage.world;
    // Three assessments of everyone: it passed, then failed twice.
    for (const [day, violated] of [
      ['2026-01-01', 0],
      ['2026-01-02', 5],
      ['2026-01-03', 6],
    ] as const) {
      await sql`
        with a as (
          insert into quality_assessment (scope, persons, assessed_at) values ('all', 1234, ${day}::timestamptz) returning assessment_id
        )
        insert into quality_result (assessment_id, check_id, table_name, field_name, violated, total, threshold)
        select assessment_id, (select min(check_id) from quality_check), 'trended', 'x', ${violated}, 10, 0 from a`;
    }
    const page = await get('/admin/quality', 'viewer');
    const row = page.text.split('<tr>').find((one) => unbroken(one).includes('trended.x')) ?? '';
    expect(row).toContain('since <time datetime="2026-01-02T00:00:00.000Z">');
    expect(row).toContain('failed 2 of 3');
    expect(row).toContain('60.0 %');
    // How many the latest looked at says what a pass is worth.
    expect(page.text.split('<tr>').filter((one) => one.includes('>1,234<'))).toHaveLength(3);
    // Of everyone is for those who see all connections.
    const { cookie } = await stage.session('viewer', [site.id]);
    const own = await stage.app.request(`${stage.url}/admin/quality?show=all`, { headers: { cookie } });
    expect(unbroken(await own.text())).not.toContain('trended.x');
  });

  it("begins a pass of the Data Quality Dashboard's checks, and shows how far it is", async () => {
    expect((await get('/admin/quality', 'viewer')).text).not.toContain('Make a pass');
    expect((await get('/admin/quality', 'operator')).text).toContain('Make a pass');
    expect((await post('/admin/quality', {}, 'operator')).status).toBe(303);
    expect((await post('/admin/quality', {}, 'operator')).status).toBe(409);
    await stage.world
      .sql`update dqd_run set state = 'running', tables = 39, tables_done = 12 where state = 'queued'`;
    const page = await get('/admin/quality', 'operator');
    expect(page.text).toContain('12 of 39 tables');
    expect(page.text).not.toContain('Make a pass');
    await stage.world.sql`update dqd_run set state = 'cancelled', ended_at = now() where state = 'running'`;
  });

  /** A pass of two checks: of one, so many of 100 rows violate it; the other passes. */
  async function passed(day: string, violated: number): Promise<void> {
    await stage.world.sql`
      with pass as (
        insert into dqd_run (started_at, ended_at, program, source) values (${day}, ${day}, 'test', '{}') returning dqd_run_id
      )
      insert into dqd_result (dqd_run_id, check_id, check_name, level, category, context, table_name, field_name, description,
        query, seconds, violated, total, default_threshold)
      select dqd_run_id, check_id, 'isRequired', 'FIELD', category, 'Verification', 'person', 'gender_concept_id',
        'A <b>bold</b> description', '', 0, violated, 100, 0
      from pass, (values ('field_judged', 'Conformance', ${violated}::int), ('field_fine', 'Plausibility', 0))
        as found(check_id, category, violated)`;
  }

  it('shows what failed pass by pass and by category, beside the table with the same figures', async () => {
    await passed('2026-02-01', 3);
    expect((await get('/admin/quality', 'viewer')).text).not.toContain('Failing checks by pass');
    await passed('2026-02-02', 0);
    const { text } = await get('/admin/quality', 'viewer');
    expect(text).toContain('aria-label="Failing checks by pass and category from 2026-02-01 to 2026-02-02;');
    expect(text).toContain('<title>2026-02-01: 1 conformance</title>');
    expect(text).toContain('<title>2026-02-02: nothing fails</title>');
  });

  it('has thresholds that a person sets with a reason, which count at once, and takes back', async () => {
    await passed('2026-02-03', 5);
    const [list, path] = ['/admin/quality/thresholds', '/admin/quality/thresholds/field_judged'];
    const failing = await get(list, 'viewer');
    expect(failing.text).toContain('A &lt;b&gt;bold&lt;/b&gt; description');
    expect(failing.text).not.toContain('field_fine');
    expect((await get(path, 'viewer')).text).not.toContain('name="threshold"');
    expect((await post(path, { threshold: '5', note: 'x' }, 'viewer')).status).toBe(403);
    for (const typed of [
      { threshold: 'five', note: 'agreed' },
      { threshold: '101', note: 'agreed' },
      { threshold: '5', note: 'n'.repeat(1001) },
    ]) {
      const refused = await post(path, typed, 'mapper');
      expect([refused.status, fieldsOf(refused.text)]).toEqual([400, expect.objectContaining(typed)]);
    }
    expect((await post(path, { threshold: '5', note: 'agreed <i>with</i> them' }, 'mapper')).status).toBe(
      303,
    );
    expect((await get(list, 'viewer')).text).not.toContain('field_judged');
    const set = await get(`${list}?show=set`, 'viewer');
    expect(set.text).toContain('agreed &lt;i&gt;with&lt;/i&gt; them');
    expect(set.text).toContain('5.0 %');
    expect((await post(`${path}/reset`, {}, 'mapper')).status).toBe(303);
    expect((await get(list, 'viewer')).text).toContain('field_judged');
    expect((await post(`${path}/reset`, {}, 'mapper')).status).toBe(404);
    expect((await get(`${list}/field_unheard`, 'viewer')).status).toBe(404);
    expect((await get(`${list}?cursor=x`, 'viewer')).status).toBe(400);
  });

  it('lists failing checks page by page', async () => {
    await stage.world.sql`
      insert into dqd_result (dqd_run_id, check_id, check_name, level, category, context, table_name, description, query,
        seconds, violated, total, default_threshold)
      select (select max(dqd_run_id) from dqd_run), 'many_' || lpad(n::text, 3, '0'), 'cdmTable', 'TABLE', 'Conformance',
        'Verification', 'person', '', '', 0, 1, 1, 0
      from generate_series(1, 60) n`;
    const first = await get('/admin/quality/thresholds', 'viewer');
    const next = nextOf(first.text);
    const second = await get(next, 'viewer');
    const names = [first, second].flatMap(({ text }) => unbroken(text).match(/many_\d{3}(?=<)/g) ?? []);
    expect(new Set(names).size).toBe(60);
    expect(names).toHaveLength(60);
  });
});

/** Where the page's list goes on. */
function nextOf(text: string): string {
  return /href="([^"]*cursor=[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
}

/** Without the places at which a long name may be broken. */
function unbroken(text: string): string {
  return text.replaceAll('<wbr />', '');
}

/** Fields of the first form with a field of this name, as a browser would send them. */
function fieldsOf(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  const plain = (value: string) =>
    value
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
  for (const [, input = ''] of text.matchAll(/<input\b([^>]*)>/g)) {
    const name = /name="([^"]*)"/.exec(input)?.[1] ?? '';
    if (name === 'csrf' || (/type="checkbox"/.test(input) && !/checked/.test(input))) continue;
    fields[name] = plain(/value="([^"]*)"/.exec(input)?.[1] ?? '');
  }
  for (const [, name = '', value = ''] of text.matchAll(
    /<textarea\b[^>]*name="([^"]*)"[^>]*>\n?([\s\S]*?)<\/textarea>/g,
  )) {
    fields[name] = plain(value);
  }
  for (const [, name = '', options = ''] of text.matchAll(
    /<select\b[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g,
  )) {
    fields[name] = /value="([^"]*)" selected/.exec(options)?.[1] ?? '';
  }
  return fields;
}
