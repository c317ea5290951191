/** Each operation of the document, with each role, without a token, and restricted to another connection. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiDocument } from '../../app/document.ts';
import { OPEN, PERMISSIONS } from '../../app/permissions.ts';
import { startApi, type TestApi } from '../routes/api.ts';

const LADDER = ['viewer', 'mapper', 'operator', 'admin'] as const;

const operations = Object.entries(apiDocument().paths ?? {}).flatMap(([path, methods]) =>
  (['get', 'put', 'post', 'delete', 'patch'] as const).flatMap((method) => {
    const operation = methods[method];
    const { operationId: id = '', 'x-required-role': role } = operation ?? {};
    return operation ? [{ id, path, method: method.toUpperCase(), role }] : [];
  }),
);
const guarded = operations.filter(({ path }) => path.startsWith('/api/'));
const reaching = (reach: string) => guarded.filter(({ id }) => PERMISSIONS.get(id)?.reach === reach);

describe('the table of roles', () => {
  it('has each operation of the document once, and no other', () => {
    expect([...PERMISSIONS.keys(), ...OPEN].sort()).toEqual(operations.map(({ id }) => id).sort());
  });

  it('is in the document', () => {
    expect(guarded.filter(({ id, role }) => role !== PERMISSIONS.get(id)?.role)).toEqual([]);
  });

  it('leaves open only what is outside the API', () => {
    expect(operations.filter(({ id }) => OPEN.has(id)).map(({ path }) => path)).toEqual(
      operations.filter(({ path }) => !path.startsWith('/api/')).map(({ path }) => path),
    );
  });

  it('has each operation that names a connection by its path restricted to it', () => {
    const named = guarded.filter(({ path }) => path.includes('/fhir-connections/{id}'));
    expect(named.map(({ id }) => id).sort()).toEqual(
      reaching('connection')
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('gives each role what it is for', () => {
    const of = (role: string) => guarded.filter((one) => one.role === role).map(({ id }) => id);
    expect(of('viewer').sort()).toEqual([
      'get-concept',
      'get-connection-health',
      'get-connection-schedule',
      'get-dashboard',
      'get-dqd-pass',
      'get-dqd-results',
      'get-reconciliation',
      'get-sync-run',
      'get-vocabulary-release',
      'list-alerts',
      'list-dqd-passes',
      'list-dqd-thresholds',
      'list-reconciliations',
      'list-runs',
      'list-sync-runs',
      'search-concepts',
      'source-to-standard',
      'source-to-standard-batch',
    ]);
    expect(of('mapper').sort()).toEqual([
      'create-local-map',
      'delete-local-map',
      'export-local-maps',
      'export-unmapped-codes',
      'get-remap-report',
      'get-vocabulary-load',
      'import-local-maps',
      'list-local-maps',
      'list-unmapped-codes',
      'list-vocabulary-loads',
      'map-unmapped-code',
      'map-unmapped-codes',
      'remove-dqd-threshold',
      'set-dqd-threshold',
      'start-remap',
      'suggest-concepts',
      'update-local-map',
    ]);
    expect(of('operator').sort()).toEqual([
      'acknowledge-alert',
      'ask-again',
      'cancel-dqd-pass',
      'cancel-sync-run',
      'confirm-reconciliation',
      'get-fhir-connection',
      'list-exclusions',
      'list-failures',
      'list-fhir-connections',
      'list-parked',
      'list-vanished',
      'retry-sync-run',
      'start-dqd-pass',
      'start-reconciliation',
      'start-redrive',
      'start-sync',
      'sync-patients',
      'test-fhir-connection',
    ]);
    expect(of('admin').sort()).toEqual([
      'acknowledge-audit-break',
      'approve-request',
      'create-api-token',
      'create-connection-key',
      'create-fhir-connection',
      'create-webhook',
      'delete-fhir-connection',
      'delete-webhook',
      'export-audit',
      'get-approval',
      'lift-purge',
      'list-api-tokens',
      'list-approvals',
      'list-audit',
      'list-connection-keys',
      'list-purges',
      'list-server-text',
      'list-webhook-deliveries',
      'list-webhooks',
      'refuse-request',
      'revoke-api-token',
      'rotate-connection-keys',
      'start-purge',
      'start-vocabulary-load',
      'test-webhook',
      'update-fhir-connection',
      'update-webhook',
      'verify-audit',
    ]);
  });

  it('keeps from who is restricted what concerns all connections, but for the vocabulary and the maps', () => {
    const ids = (reach: string) =>
      reaching(reach)
        .map(({ id }) => id)
        .sort();
    expect(ids('everything')).toEqual([
      'acknowledge-audit-break',
      'cancel-dqd-pass',
      'create-api-token',
      'create-fhir-connection',
      'create-local-map',
      'create-webhook',
      'delete-local-map',
      'delete-webhook',
      'export-audit',
      'get-dqd-pass',
      'get-dqd-results',
      'import-local-maps',
      'list-api-tokens',
      'list-audit',
      'list-dqd-passes',
      'list-dqd-thresholds',
      'list-webhook-deliveries',
      'list-webhooks',
      'map-unmapped-code',
      'map-unmapped-codes',
      'remove-dqd-threshold',
      'revoke-api-token',
      'set-dqd-threshold',
      'start-dqd-pass',
      'start-vocabulary-load',
      'test-webhook',
      'update-local-map',
      'update-webhook',
      'verify-audit',
    ]);
    expect(ids('shared')).toEqual([
      'export-local-maps',
      'get-concept',
      'get-vocabulary-load',
      'get-vocabulary-release',
      'list-local-maps',
      'list-vocabulary-loads',
      'search-concepts',
    ]);
  });
});

describe('each operation', () => {
  let api: TestApi;
  let theirs: number;
  let ours: number;
  let alert: number;
  let code: number;
  beforeAll(async () => {
    api = await startApi();
    // Without a server, so that nothing is sent anywhere.
    const nowhere = { fhir_base_url: null };
    theirs = await api.connect({ ...nowhere, site_name: 'Theirs', site_key: 'their-site' });
    ours = await api.connect({ ...nowhere, site_name: 'Ours', site_key: 'our-site' });
    const { sql } = api;
    await sql`insert into vocabulary_release (version, source, concepts, relationships) values ('v5', 'test', 0, 0)`;
    for (const connection of [theirs, ours]) {
      await sql`
        insert into run (connection_id, mode, status, triggered_by, finished_at)
        values (${connection}, 'full', 'completed', ${`of ${connection}`}, now())`;
    }
    const [raised] = await sql<[{ alert_id: number }]>`
      insert into alert (connection_id, kind, message, raised_at, last_at)
      values (${theirs}, 'run-failed', 'the run of their-site failed', now(), now()) returning alert_id`;
    const [known] = await sql<[{ code_id: number }]>`
      insert into source_code (system, code, display) values ('urn:their-site', 'their-code', 'their words')
      returning code_id`;
    await sql`
      insert into unmapped_summary (connection_id, code_id, resource_type, element, records, persons, first_run, last_run)
      values (${theirs}, ${known.code_id}, 'Observation', 'code', 9, 9, 1, 1)`;
    alert = raised.alert_id;
    code = known.code_id;
  });
  afterAll(() => api.close());

  const target = (path: string, id: number) =>
    path
      .replace('/alerts/{id}', `/alerts/${alert}`)
      .replace('{code_id}', String(code))
      .replace('{id}', String(id))
      .replace(/\{\w+\}/, '1');

  async function call(one: (typeof operations)[number], token: string | undefined, id: number) {
    const takesJson = one.method !== 'GET' && !one.path.endsWith('/import');
    const more = takesJson ? { body: '{}', headers: { 'content-type': 'application/json' } } : {};
    return await api.send(one.method, target(one.path, id), { token, ...more });
  }

  it('is refused without a token and with a wrong one, all in the same words', async () => {
    const answers = new Set<string>();
    for (const one of guarded) {
      for (const token of [undefined, 'wrong', `fos_${'0'.repeat(36)}`]) {
        const { status, json } = await call(one, token, theirs);
        expect(status, one.id).toBe(401);
        answers.add(JSON.stringify({ ...json, request_id: '' }));
      }
    }
    expect(guarded.length).toBeGreaterThan(45);
    expect(answers.size).toBe(1);
  });

  it.each(LADDER)('is open to %s where its role is reached, and refused where it is not', async (role) => {
    const token = await api.tokenOf(role);
    // What deletes goes last, and acts on what is not there.
    for (const one of guarded) {
      const { status, json } = await call(one, token, 999_999);
      const may = LADDER.indexOf(role) >= LADDER.indexOf(one.role);
      if (may) expect([401, 403], `${one.id}: ${JSON.stringify(json)}`).not.toContain(status);
      else expect(json, one.id).toMatchObject({ status: 403, code: 'forbidden' });
    }
  });

  it('tells who is restricted to another connection that theirs does not exist, and leaves it as it is', async () => {
    const before = await snapshot();
    const token = await api.tokenOf('admin', [ours]);
    for (const one of reaching('connection')) {
      const { status, json } = await call(one, token, theirs);
      expect({ status, code: json.code }, one.id).toEqual({ status: 404, code: 'connection-not-found' });
    }
    expect(await snapshot()).toEqual(before);
  });

  it('is refused to who is restricted where it changes something for all connections', async () => {
    const token = await api.tokenOf('admin', [ours]);
    for (const one of reaching('everything')) {
      expect((await call(one, token, ours)).json, one.id).toMatchObject({ status: 403, code: 'forbidden' });
    }
  });

  it('shows who is restricted nothing of other connections, and does nothing to them', async () => {
    const before = await snapshot();
    const token = await api.tokenOf('admin', [ours]);
    for (const one of reaching('listed')) {
      const { status, text } = await call(one, token, theirs);
      expect(status, `${one.id}: ${text}`).toBeLessThan(500);
      expect(text, one.id).not.toMatch(/their|Theirs/);
    }
    expect(await snapshot()).toEqual(before);
  });

  it('shows the same to who is not restricted', async () => {
    const token = await api.tokenOf('admin');
    const shown = await Promise.all(
      ['get-dashboard', 'list-alerts', 'list-fhir-connections', 'list-unmapped-codes'].map(async (id) => {
        const one = guarded.find((other) => other.id === id);
        return one ? (await call(one, token, theirs)).text.includes('their-site') : false;
      }),
    );
    expect(shown).toEqual([true, true, true, true]);
  });

  it('counts in the dashboard only the connections that the caller may see', async () => {
    const { json } = await api.send('GET', '/api/v1/admin/fhir-sync/dashboard', {
      token: await api.tokenOf('viewer', [ours]),
    });
    const [{ runs }] = await api.sql<[{ runs: number }]>`
      select count(*)::int as runs from run where connection_id = ${ours}`;
    expect(json.totals).toMatchObject({ connections: 1, runs });
    expect(json.timeline).toHaveLength(30);
    expect(json.timeline.at(-1)).toMatchObject({ runs });
    expect(json.connections.map((one: { site_key: string }) => one.site_key)).toEqual(['our-site']);
    expect(json.recent_runs.map((one: { connection_id: number }) => one.connection_id)).toEqual(
      Array.from({ length: runs }, () => ours),
    );
  });

  it('refuses a restricted caller who names another connection in query or body', async () => {
    const token = await api.tokenOf('admin', [ours]);
    const get = async (path: string) => {
      const { status, json } = await api.send('GET', path, { token });
      return status === 200 ? 'ok' : json.code;
    };
    const source = '/api/v1/vocabulary/source-to-standard?system=x&code=y';
    expect(await get(`${source}&connection_id=${theirs}`)).toBe('connection-not-found');
    expect(await get(`${source}&site_key=their-site`)).toBe('connection-not-found');
    expect(await get(`${source}&connection_id=${ours}`)).toBe('ok');
    const unrestricted = await api.send('GET', `${source}&connection_id=${theirs}`, {
      token: await api.tokenOf('viewer'),
    });
    expect(unrestricted.status).toBe(200);
    expect(await get(`/api/v1/admin/vocabulary/remap?connection_id=${theirs}`)).toBe('connection-not-found');
    const remap = await api.send('POST', '/api/v1/admin/vocabulary/remap', {
      ...{ token, headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ connection_id: theirs }),
    });
    expect(remap.json).toMatchObject({ status: 404, code: 'connection-not-found' });
  });

  it.each(['%31', '1e0', '01', '+1', '0x1', ' 1', '1.0'])(
    'takes no other way to write the id of another connection: %s',
    async (text) => {
      const token = await api.tokenOf('admin', [ours]);
      const id = encodeURI(text.replace('1', String(theirs)));
      const { status } = await api.send('GET', `/api/v1/admin/fhir-connections/${id}`, { token });
      expect(status).toBe(404);
    },
  );

  it('is open to who is restricted to the connection that it names', async () => {
    const token = await api.tokenOf('admin', [ours]);
    for (const one of reaching('connection').filter(({ method }) => method === 'GET')) {
      const { json } = await call(one, token, ours);
      expect(['connection-not-found', 'forbidden'], one.id).not.toContain(json?.code);
    }
    const { json } = await api.send('GET', `/api/v1/admin/fhir-connections/${ours}`, { token });
    expect(json).toMatchObject({ connection_id: ours });
  });

  it.each(['0#', '#.0', '#x', 'x#', '+#', '0x#', '#e0', '%20#'])(
    'takes no other way to write the id of the own connection: %s',
    async (text) => {
      const token = await api.tokenOf('admin', [ours]);
      const path = `/api/v1/admin/fhir-connections/${text.replace('#', String(ours))}`;
      expect((await api.send('GET', path, { token })).json).toMatchObject({
        ...{ status: 404, code: 'connection-not-found' },
      });
    },
  );

  it('lets nobody who is restricted find out the names of other connections by taking them', async () => {
    const token = await api.tokenOf('admin', [ours]);
    const path = `/api/v1/admin/fhir-connections/${ours}`;
    const { json: own } = await api.send('GET', path, { token });
    const { json: foreign } = await api.call('GET', `/api/v1/admin/fhir-connections/${theirs}`);
    const rename = async (site_key: string) => {
      const headers = { 'content-type': 'application/json' };
      const { json } = await api.send('PUT', path, { token, headers, body: JSON.stringify({ site_key }) });
      return json.code ?? json.site_key;
    };
    expect(await rename(foreign.site_key)).toBe('forbidden');
    expect(await rename('a-name-that-is-free')).toBe('forbidden');
    expect(await rename(own.site_key)).toBe(own.site_key);
  });

  it('says to who may not do it which role it needs, or that it concerns all', async () => {
    const one = guarded.find(({ id }) => id === 'create-fhir-connection');
    if (!one) throw new Error('no such operation');
    expect((await call(one, await api.tokenOf('viewer'), ours)).json.detail).toBe(
      'create-fhir-connection needs the role admin; the caller has the role viewer.',
    );
    expect((await call(one, await api.tokenOf('admin', [ours]), ours)).json.detail).toBe(
      'create-fhir-connection concerns all connections; the caller is restricted to some.',
    );
  });

  it('refuses an operation that has no place in the table', async () => {
    const fresh = await startApi();
    try {
      fresh.app.get('/api/v1/admin/forgotten', (c) => c.text('let in'));
      const answer = await fresh.call('GET', '/api/v1/admin/forgotten');
      expect(answer).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    } finally {
      await fresh.close();
    }
  });

  async function snapshot() {
    const { sql } = api;
    const [connections, runs, purges, alerts] = await Promise.all([
      sql`select * from connection where connection_id = ${theirs}`,
      sql`select * from run where connection_id = ${theirs}`,
      sql`select * from purge where connection_id = ${theirs}`,
      sql`select * from alert where connection_id = ${theirs}`,
    ]);
    return [...connections, ...runs, ...purges, ...alerts];
  }
});
