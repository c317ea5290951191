/** The pages without a browser: who sees what, what is escaped, what is refused, and what forms do. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../app/app.ts';
import { beginSessionInTx, csrfTokenOf } from '../../app/auth/session.ts';
import type { Role } from '../../app/caller.ts';
import { apiDocument } from '../../app/document.ts';
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
  const { cookie = '', csrf = '' } = sessions.get(role) ?? {};
  const response = await stage.app.request(`${stage.url}${path}`, {
    method: 'POST',
    headers: { cookie, origin: stage.url, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ csrf, ...fields }),
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
      ],
      ...[
        '/admin/runs?connection=99999999999',
        '/admin/runs?cursor=99999999999999',
        '/admin/connections/99999999999/runs',
      ],
      ...[
        '/admin/alerts?cursor=x',
        '/admin/codes?offset=999999999',
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
      '/admin/alerts',
      '/admin/reconciliations',
      '/admin/purges',
    ],
    ...['/admin/tokens', '/admin/audit', '/admin/groups', '/docs'],
  ];

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
    'GET /api/v1/admin/fhir-connections/{id}/health': 'routes/connection-health.test.ts',
    'GET /api/v1/admin/fhir-connections/{id}/reconciliations': 'verbs/reconcile.test.ts',
    'GET /api/v1/admin/sync-runs': 'routes/syncs.test.ts',
    'GET /api/v1/admin/vocabulary/loads/{lid}': 'routes/vocabulary-loads.test.ts',
    'GET /healthz': 'http/where-from.test.ts',
    'GET /readyz': 'sql/separate-logins.test.ts',
    'POST /api/v1/admin/vocabulary/local-maps': 'routes/local-maps.test.ts',
    'POST /api/v1/vocabulary/source-to-standard/batch': 'routes/vocabulary-releases.test.ts',
    'GET /metrics': 'http/metrics.test.ts',
    'POST /internal/tick': 'whole-run/ticks.test.ts',
    'PUT /api/v1/admin/vocabulary/local-maps/{map_id}': 'routes/local-maps.test.ts',
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
    post('/admin/codes/maps/import', { file: file(target), apply: 'yes' }, 'mapper');

  it('with a fault is not written, and the page says which line and why', async () => {
    const page = await bring(999_999_999);
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.text).toContain('so nothing was written');
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
