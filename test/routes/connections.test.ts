import { afterAll, describe, expect, it } from 'vitest';
import { tick } from '../../jobs/tick.ts';
import { rsa } from '../fhir/keys.ts';
import { CONNECTIONS, startApi, TOKEN } from './api.ts';

const api = await startApi();
afterAll(() => api.close());
const key = rsa();

describe('a connection', () => {
  it('is created with only a name and a key, the rest by default', async () => {
    const created = await api.call('POST', CONNECTIONS, { site_name: 'Mercy', site_key: 'mercy' });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe(`${CONNECTIONS}/${created.json.connection_id}`);
    expect(created.json).toEqual({
      connection_id: expect.any(Number),
      site_name: 'Mercy',
      site_key: 'mercy',
      ehr_vendor: 'other',
      fhir_base_url: null,
      token_endpoint: null,
      client_id: null,
      jwks_url: null,
      scopes: 'system/*.read',
      group_id: null,
      export_resource_types: [],
      target_source: null,
      incremental_enabled: true,
      sync_config: {},
      is_active: true,
      has_private_key: false,
      has_client_secret: false,
      client_certificate_expires_at: null,
      credentials_cleared: [],
      managed_by: null,
      cohort_size: null,
      watermark: null,
      last_sync_at: null,
      last_sync_status: null,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      updated_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await api.call('GET', created.headers.get('location') ?? '')).toMatchObject({
      status: 200,
      json: created.json,
    });
  });

  it('is stored with its base URL without the slash at the end', async () => {
    const id = await api.connect({ fhir_base_url: 'https://ehr.example/r4//' });
    expect((await api.call('GET', `${CONNECTIONS}/${id}`)).json.fhir_base_url).toBe('https://ehr.example/r4');
  });

  it('is refused with the name of a field that nobody knows', async () => {
    const refused = await api.call('POST', CONNECTIONS, {
      site_name: 'x',
      site_key: 'x',
      fhir_url: 'https://x.example',
    });
    expect(refused.status).toBe(400);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.json).toMatchObject({
      code: 'invalid-request',
      detail: expect.stringContaining('"fhir_url"'),
    });
  });

  it('to an Epic asks for everything each time, since Epic has no _since, unless it says otherwise', async () => {
    const made = async (fields: object) =>
      (await api.call('POST', CONNECTIONS, { site_name: 'x', ...fields })).json.incremental_enabled;
    expect(await made({ site_key: 'epic-whole', ehr_vendor: 'epic' })).toBe(false);
    expect(await made({ site_key: 'epic-changes', ehr_vendor: 'epic', incremental_enabled: true })).toBe(
      true,
    );
    expect(await made({ site_key: 'cerner-changes', ehr_vendor: 'cerner' })).toBe(true);
    expect(await made({ site_key: 'whole', incremental_enabled: false })).toBe(false);
  });

  it('to an Epic or Oracle Health asks for Medications, which they do not export, unless it says otherwise', async () => {
    const made = async (site_key: string, more: object) =>
      (await api.call('POST', CONNECTIONS, { site_name: 'x', site_key, fhir_base_url: null, ...more })).json
        .sync_config;
    const hydrate = { types: ['Medication'] };
    expect(await made('left-out-1', { ehr_vendor: 'epic' })).toEqual({ hydrate });
    expect(await made('left-out-2', { ehr_vendor: 'cerner', sync_config: { level: 'system' } })).toEqual({
      ...{ hydrate, level: 'system' },
    });
    const own = { hydrate: { types: ['Practitioner'] } };
    expect(await made('left-out-3', { ehr_vendor: 'epic', sync_config: own })).toEqual(own);
    expect(await made('left-out-4', { ehr_vendor: 'other' })).toEqual({});
  });

  it('is refused with the name of an unknown key in sync_config', async () => {
    for (const [sync_config, name, path] of [
      [{ shedule: { cron: '0 3 * * *' } }, 'shedule', 'sync_config'],
      [{ limits: { parallel: 3 } }, 'parallel', 'sync_config.limits'],
    ] as const) {
      const refused = await api.call('POST', CONNECTIONS, { site_name: 'x', site_key: 'x', sync_config });
      expect(refused.status).toBe(400);
      expect(refused.json.errors).toEqual([{ path, message: expect.stringContaining(`"${name}"`) }]);
    }
    const id = await api.connect();
    const refused = await api.call('PUT', `${CONNECTIONS}/${id}`, { sync_config: { shedule: {} } });
    expect(refused.json).toMatchObject({ status: 400, detail: expect.stringContaining('"shedule"') });
  });

  it.each([
    ['site_key', { site_key: 'Upper' }],
    ['site_key', { site_key: undefined }],
    ['fhir_base_url', { fhir_base_url: 'http://ehr.example/fhir' }],
    ['fhir_base_url', { fhir_base_url: 'https://me:secret@ehr.example/fhir' }],
    ['token_endpoint', { token_endpoint: 'https://me:secret@ehr.example/token' }],
    ['fhir_base_url', { fhir_base_url: 'https://ehr.example/fhir?apikey=secret' }],
    ['jwks_url', { jwks_url: 'https://ehr.example/jwks?sig=secret' }],
    ['fhir_base_url', { fhir_base_url: 'https://ehr.example/fhir#secret' }],
    ['token_endpoint', { token_endpoint: 'https://ehr.example/token?client_secret=secret' }],
    ['token_endpoint', { token_endpoint: 'https://ehr.example/token?subscription-key=secret' }],
    ['token_endpoint', { token_endpoint: 'https://ehr.example/token?Authorization=secret' }],
    ['token_endpoint', { token_endpoint: 'https://ehr.example/token?a=eyJhIjoxfQ.eyJhIjoxfQ.secret' }],
    ['fhir_base_url', { fhir_base_url: 'ftp://ehr.example' }],
    ['token_endpoint', { token_endpoint: 'http://ehr.example/token' }],
    ['ehr_vendor', { ehr_vendor: 'meditech' }],
    ['group_id', { group_id: 'Group/7' }],
    ['group_id', { group_id: '..' }],
    ['group_id', { group_id: 'x'.repeat(4001) }],
    ['client_id', { client_id: 'x'.repeat(4001) }],
    ['export_resource_types.1', { export_resource_types: ['Patient', 'patient;drop'] }],
    ['export_resource_types.0', { export_resource_types: ['Observations'] }],
    ['export_resource_types.0', { export_resource_types: ['observation'] }],
    ['sync_config.level', { sync_config: { level: 'group' } }],
    ['sync_config.schedule.cron', { sync_config: { schedule: { cron: 'daily' } } }],
    [
      'sync_config.auth.algorithm',
      { private_key_pem: key.pkcs8, sync_config: { auth: { algorithm: 'ES384' } } },
    ],
  ])('is refused for a bad %s: %j', async (path, fields) => {
    const refused = await api.call('POST', CONNECTIONS, { site_name: 'x', site_key: 'bad', ...fields });
    expect(refused.status).toBe(400);
    expect(refused.json.errors[0].path).toBe(path);
  });

  it('may have ids of 4,000 characters, as servers choose them', async () => {
    const long = (of: string) => of.repeat(4000).slice(0, 4000);
    const fields = {
      ...{
        client_id: long('client~id/='),
        group_id: long("a-1.c-~|:'=%"),
        scopes: long('system/Patient.read?x='),
      },
      sync_config: { auth: { key_id: long('kid '), audience: long('https://ehr.example/') } },
    };
    const id = await api.connect(fields);
    expect((await api.call('GET', `${CONNECTIONS}/${id}`)).json).toMatchObject(fields);
    expect((await api.call('PUT', `${CONNECTIONS}/${id}`, fields)).status).toBe(200);
  });

  it('may use http on this machine, and elsewhere when allow_http says so', async () => {
    await api.connect({ fhir_base_url: 'http://127.0.0.1:4000/fhir' });
    await api.connect({ fhir_base_url: 'http://ehr.example/fhir', sync_config: { allow_http: true } });
  });

  it('has a site_key of its own', async () => {
    await api.connect({ site_key: 'taken' });
    const second = await api.call('POST', CONNECTIONS, { site_name: 'x', site_key: 'taken' });
    expect(second).toMatchObject({ status: 409, json: { code: 'site-key-taken' } });
    const other = await api.connect();
    const renamed = await api.call('PUT', `${CONNECTIONS}/${other}`, { site_key: 'taken' });
    expect(renamed).toMatchObject({ status: 409, json: { code: 'site-key-taken' } });
  });

  it.each([
    ['that is none', 'hello', /without a PEM header/],
    ['that is public', key.spki, /"PUBLIC KEY"/],
    ['behind a passphrase', key.encrypted, /passphrase/],
    ['that is too short', rsa(1024).pkcs8, /2048 bits/],
  ])('is refused for a private key %s', async (_what, private_key_pem, detail) => {
    const refused = await api.call('POST', CONNECTIONS, { site_name: 'x', site_key: 'x', private_key_pem });
    expect(refused.json).toMatchObject({
      status: 400,
      code: 'private-key-invalid',
      detail: expect.stringMatching(detail),
      errors: [{ path: 'private_key_pem' }],
    });
  });

  it('is changed field by field: what is not given stays, null clears', async () => {
    const id = await api.connect({
      private_key_pem: key.pkcs1,
      client_secret: 'hush-hush',
      group_id: 'g1',
      sync_config: { type_filters: ['Observation?category=laboratory'] },
    });
    const path = `${CONNECTIONS}/${id}`;
    const before = (await api.call('GET', path)).json;
    expect(before).toMatchObject({ has_private_key: true, has_client_secret: true, group_id: 'g1' });

    const renamed = await api.call('PUT', path, { site_name: 'New name' });
    expect(renamed.json).toEqual({ ...before, site_name: 'New name', updated_at: expect.any(String) });

    const cleared = await api.call('PUT', path, {
      group_id: null,
      client_secret: null,
      sync_config: { level: 'patient' },
    });
    expect(cleared.json).toMatchObject({
      group_id: null,
      has_private_key: true,
      has_client_secret: false,
      sync_config: { level: 'patient' },
    });
    expect((await api.call('PUT', path, {})).json).toMatchObject({ has_private_key: true, is_active: true });
    expect((await api.call('PUT', path, { private_key_pem: null })).json.has_private_key).toBe(false);
  });

  it('is changed as it was read, where that is asked for, and not over what came since', async () => {
    const path = `${CONNECTIONS}/${await api.connect()}`;
    const read = (await api.call('GET', path)).headers.get('etag') ?? '';
    const change = async (name: string, match: string) =>
      await api.send('PUT', path, {
        ...{ token: TOKEN, body: JSON.stringify({ site_name: name }) },
        headers: { 'content-type': 'application/json', 'if-match': match },
      });
    const first = await change('First', read);
    expect([first.status, first.headers.get('etag')]).toEqual([200, `"${first.json.updated_at}"`]);
    await api.sql`update connection set updated_at = updated_at + interval '1 second'`;
    const second = await change('Second', first.headers.get('etag') ?? '');
    expect([second.status, second.json.code]).toEqual([412, 'connection-changed']);
    expect((await api.call('GET', path)).json.site_name).toBe('First');
    expect((await change('Third', '*')).status).toBe(200);
  });

  it('cannot be changed into one that would have been refused', async () => {
    const id = await api.connect({ group_id: 'g1', sync_config: { level: 'group' } });
    const refused = await api.call('PUT', `${CONNECTIONS}/${id}`, { group_id: null });
    expect(refused.json).toMatchObject({ status: 400, errors: [{ path: 'sync_config.level' }] });
    expect((await api.call('GET', `${CONNECTIONS}/${id}`)).json.group_id).toBe('g1');
  });

  it('that the environment manages is changed nowhere else, and says where', async () => {
    const id = await api.connect();
    expect((await api.call('GET', `${CONNECTIONS}/${id}`)).json.managed_by).toBeNull();
    await api.sql`update connection set managed_by = 'environment' where connection_id = ${id}`;
    const path = `${CONNECTIONS}/${id}`;
    const before = (await api.call('GET', path)).json;
    expect(before.managed_by).toBe('environment');
    for (const refused of [
      await api.call('PUT', path, { is_active: false }),
      await api.call('DELETE', `${path}?force=true`),
      await api.call('POST', `${path}/keys`, {}),
      await api.call('POST', `${path}/keys/rotate`, {}),
    ]) {
      expect(refused.json).toMatchObject({ status: 409, code: 'connection-managed' });
      expect(refused.json.detail).toContain('EHR_SYNC_ENABLED');
    }
    expect((await api.call('GET', path)).json).toEqual(before);
    expect((await api.call('POST', `${path}/sync`)).status).toBe(202);
  });

  it('brings its schedule to the queue, and takes it away again', async () => {
    const schedules = (id: number) => api.sql`select schedule from sync_schedule where connection_id = ${id}`;
    const id = await api.connect({
      sync_config: { schedule: { cron: '30 2 * * *', timezone: 'Europe/Paris' } },
    });
    expect(await schedules(id)).toEqual([{ schedule: { cron: '30 2 * * *', timezone: 'Europe/Paris' } }]);
    await api.call('PUT', `${CONNECTIONS}/${id}`, { is_active: false });
    expect(await schedules(id)).toEqual([]);
    await api.call('PUT', `${CONNECTIONS}/${id}`, { is_active: true });
    expect(await schedules(id)).toHaveLength(1);
    await api.call('DELETE', `${CONNECTIONS}/${id}`);
    expect(await schedules(id)).toEqual([]);
  });

  it('is deleted at once without runs, with force when it has some, and never during a sync', async () => {
    const fresh = await api.connect();
    expect((await api.call('DELETE', `${CONNECTIONS}/${fresh}`)).status).toBe(204);
    expect((await api.call('GET', `${CONNECTIONS}/${fresh}`)).json).toMatchObject({
      code: 'connection-not-found',
    });

    const used = await api.connect();
    const path = `${CONNECTIONS}/${used}`;
    const { run_id } = (await api.call('POST', `${path}/sync`)).json;
    for (const query of ['', '?force=true']) {
      const refused = await api.call('DELETE', `${path}${query}`);
      expect(refused).toMatchObject({ status: 409, json: { code: 'sync-already-running' } });
      expect(refused.json.detail).toContain(String(run_id));
    }
    await api.sql`update run set status = 'failed', finished_at = now() where run_id = ${run_id}`;
    expect(await api.call('DELETE', path)).toMatchObject({
      status: 409,
      json: { code: 'connection-has-runs' },
    });
    const started = await api.call('DELETE', `${path}?force=true`);
    expect(started).toMatchObject({ status: 202, json: { connection_id: used } });
    expect(started.headers.get('location')).toBe(`${path}/sync-runs/${started.json.run_id}`);
    expect((await api.call('GET', path)).json).toMatchObject({ is_active: false });
    expect(await api.call('DELETE', `${path}?force=true`)).toMatchObject({
      status: 409,
      json: { code: 'sync-already-running' },
    });
    await tick(api.deps, () => false);
    expect((await api.call('GET', path)).json).toMatchObject({ code: 'connection-not-found' });
    expect(await api.sql`select 1 from run where run_id = ${run_id}`).toHaveLength(0);
  });

  it('stands in a list that comes in pages', async () => {
    while ((await api.sql`select 1 from connection`).length < 5) await api.connect();
    const all = (await api.call('GET', CONNECTIONS)).json;
    expect(all.next_cursor).toBeNull();
    const paged: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const found: string = cursor;
      const answer = await api.call('GET', `${CONNECTIONS}?limit=2${found ? `&cursor=${found}` : ''}`);
      expect(answer.json.items.length).toBeLessThanOrEqual(2);
      for (const item of answer.json.items) paged.push(item.connection_id);
      cursor = answer.json.next_cursor;
    }
    expect(paged).toEqual(all.items.map((item: { connection_id: number }) => item.connection_id));
  });

  it('leaves an entry in the audit for each change: who, what, which, and the request', async () => {
    const id = await api.connect();
    await api.call('PUT', `${CONNECTIONS}/${id}`, { site_name: 'x' });
    await api.call('DELETE', `${CONNECTIONS}/${id}`);
    const entries = await api.sql`
      select actor, action, status, request_id from audit where target = ${`connection/${id}`} order by audit_id`;
    expect(entries).toEqual([
      {
        actor: 'admin',
        action: 'connection.create',
        status: 201,
        request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      { actor: 'admin', action: 'connection.update', status: 200, request_id: expect.any(String) },
      { actor: 'admin', action: 'connection.delete', status: 204, request_id: expect.any(String) },
    ]);
  });

  it('tells the record how many patients a cohort names, and never whom', async () => {
    const id = await api.connect();
    const cohort = { patients: ['e1'], identifiers: ['urn:mrn|SECRET-7', 'urn:mrn|8'] };
    await api.call('PUT', `${CONNECTIONS}/${id}`, { sync_config: { level: 'search', cohort } });
    const [entry] = await api.sql`
      select to_jsonb(e)::text as text from audit_event e
      where action = 'connection.update' and object = ${`connection/${id}`}`;
    expect(entry?.['text']).toContain('"cohort": {"patients": 1, "identifiers": 2}');
    expect(entry?.['text']).not.toContain('SECRET-7');
  });
});

describe('whom a cohort names', () => {
  it('is shown to admins; others are told how many', async () => {
    const cohort = { patients: ['patient-of-cohort'], identifiers: ['urn:mrn|mrn-of-cohort', 'urn:mrn|2'] };
    const id = await api.connect({ sync_config: { level: 'search', cohort, limits: { parallel_reads: 2 } } });
    const size = { patients: 1, identifiers: 2 };
    const admin = await api.call('GET', `${CONNECTIONS}/${id}`);
    expect(admin.json).toMatchObject({ cohort_size: size, sync_config: { cohort } });
    const token = await api.tokenOf('operator');
    for (const path of [`${CONNECTIONS}/${id}`, `${CONNECTIONS}?limit=200`]) {
      const { status, text, json } = await api.send('GET', path, { token });
      expect(status).toBe(200);
      expect(text).not.toMatch(/-of-cohort/);
      const one = json.items?.find((other: { connection_id: number }) => other.connection_id === id) ?? json;
      expect(one).toMatchObject({
        cohort_size: size,
        sync_config: { level: 'search', limits: { parallel_reads: 2 } },
      });
    }
    const listed = await api.call('GET', `${CONNECTIONS}?limit=200`);
    expect(listed.text).toContain('mrn-of-cohort');
    const none = await api.connect({});
    expect((await api.call('GET', `${CONNECTIONS}/${none}`)).json.cohort_size).toBeNull();
  });
});
