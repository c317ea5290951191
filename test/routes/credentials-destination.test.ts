import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { mayBeAudience } from '../../jobs/connection/destination.ts';
import { ec } from '../fhir/keys.ts';
import { startServer } from '../fhir/server.ts';
import { LOOPBACK } from '../outbound/local.ts';
import { CONNECTIONS, startApi } from './api.ts';

const api = await startApi();
/** The EHR that the credentials are for, and somebody else. */
const [ehr, thief] = [await startServer(), await startServer()];
afterAll(async () => {
  await api.close();
  await ehr.close();
  await thief.close();
});

const SECRET = 'c1ient-s3cret-text';
const { pkcs8 } = ec('P-384');

beforeEach(() => {
  for (const server of [ehr, thief]) {
    server.seen.length = 0;
    server.on('/token', { json: { access_token: 'a-t0ken', expires_in: 300 } });
    server.on('/fhir/.well-known/smart-configuration', { json: { token_endpoint: `${server.url}/token` } });
    server.on('/fhir/metadata', { json: { resourceType: 'CapabilityStatement', fhirVersion: '4.0.1' } });
  }
});

const CREDENTIALS = { client_secret: SECRET, private_key_pem: pkcs8 };
const toEhr = () => ({ fhir_base_url: `${ehr.url}/fhir`, token_endpoint: `${ehr.url}/token` });
const connect = (more: object = {}) => api.connect({ ...toEhr(), ...CREDENTIALS, ...more });
const put = (id: number, body: object) => api.call('PUT', `${CONNECTIONS}/${id}`, body);
const test = (id: number, body?: object) => api.call('POST', `${CONNECTIONS}/${id}/test`, body);

/** Everything that somebody else has got to see. */
const stolen = () => JSON.stringify(thief.seen);
function expectNothingStolen(): void {
  expect(stolen()).not.toContain(SECRET);
  expect(stolen()).not.toContain(Buffer.from(`us:${SECRET}`).toString('base64'));
  expect(stolen()).not.toContain('client_assertion');
  expect(stolen()).not.toContain('a-t0ken');
}

describe('a change of where credentials go', () => {
  it.each([
    ['token_endpoint', () => ({ token_endpoint: `${thief.url}/token` })],
    ['fhir_base_url', () => ({ fhir_base_url: `${thief.url}/fhir` })],
    ['token_endpoint', () => ({ token_endpoint: null })],
    ['sync_config.auth.audience', () => ({ sync_config: { auth: { audience: ehr.url } } })],
    ['sync_config.token_hosts', () => ({ sync_config: { token_hosts: ['files.example.org'] } })],
    ['sync_config.allow_http', () => ({ sync_config: { allow_http: true } })],
  ])('(%s) clears them, and the answer says so', async (setting, change) => {
    for (const auth of [{ token_auth: 'client_secret_post' }, { token_auth: 'private_key_jwt' }]) {
      const id = await connect({ sync_config: { auth } });
      const { sync_config, ...fields } = { sync_config: {}, ...change() };
      const merged = {
        allowed_networks: LOOPBACK,
        auth,
        ...sync_config,
        ...('auth' in sync_config ? { auth: { ...auth, ...Object(sync_config.auth) } } : {}),
      };
      const changed = await put(id, { ...fields, sync_config: merged });
      expect(changed.status).toBe(200);
      expect(changed.json).toMatchObject({
        credentials_cleared: [setting],
        has_private_key: false,
        has_client_secret: false,
      });
      ehr.seen.length = 0;
      const tested = await test(id);
      expect(tested.json).toMatchObject({ status: 'failed' });
      expect(tested.json.steps[1].detail).toMatch(
        new RegExp(`were cleared when .*${setting.replaceAll('.', '\\.')}`),
      );
      expectNothingStolen();
      expect(JSON.stringify(ehr.seen)).not.toMatch(/client_secret|client_assertion/);
      const started = await api.call('POST', `${CONNECTIONS}/${id}/sync`, {});
      expect(started).toMatchObject({ status: 409, json: { code: 'credentials-cleared' } });
    }
  });

  it('is also one more host that gets the token, beside those that did', async () => {
    const of = (...token_hosts: string[]) => ({ allowed_networks: LOOPBACK, token_hosts });
    const id = await connect({ sync_config: of('a.example', 'b.example') });
    const changed = await put(id, { sync_config: of('a.example', 'b.example', 'files.example.org') });
    expect(changed.json).toMatchObject({
      credentials_cleared: ['sync_config.token_hosts'],
      has_private_key: false,
      has_client_secret: false,
    });
  });

  it('keeps those that are given again with it, and only those', async () => {
    const id = await connect();
    const moved = await put(id, { token_endpoint: `${thief.url}/token`, client_secret: 'another-secret' });
    expect(moved.json).toMatchObject({
      credentials_cleared: [],
      has_private_key: false,
      has_client_secret: true,
    });
    expect((await test(id)).json.steps[1].status).not.toBe('failed');
    expect(stolen()).toContain(Buffer.from('us:another-secret').toString('base64'));
    expect(stolen()).not.toContain('client_assertion');
  });

  it('takes the keys that were made here, too', async () => {
    const id = await api.connect(toEhr());
    expect((await api.call('POST', `${CONNECTIONS}/${id}/keys`, {})).status).toBe(201);
    expect((await test(id)).json.steps[1].status).toBe('ok');
    const moved = await put(id, { token_endpoint: `${thief.url}/token` });
    expect(moved.json).toMatchObject({ credentials_cleared: ['token_endpoint'], has_private_key: false });
    expect((await api.call('GET', `${CONNECTIONS}/${id}/keys`)).json.items).toEqual([]);
    await test(id);
    expectNothingStolen();
  });

  it('is forgotten once credentials are entered again', async () => {
    const id = await connect();
    await put(id, { token_endpoint: `${thief.url}/token` });
    await put(id, { site_name: 'Other name' });
    expect((await api.call('GET', `${CONNECTIONS}/${id}`)).json.credentials_cleared).toEqual([
      'token_endpoint',
    ]);
    const entered = await put(id, { private_key_pem: pkcs8 });
    expect(entered.json).toMatchObject({ credentials_cleared: [], has_private_key: true });
    expect((await api.call('POST', `${CONNECTIONS}/${id}/sync`, {})).status).toBe(202);
  });

  it('of a connection without credentials is nothing to tell of', async () => {
    const id = await api.connect(toEhr());
    expect((await put(id, { token_endpoint: `${thief.url}/token` })).json.credentials_cleared).toEqual([]);
  });

  it('is none where the same is sent again, fewer hosts get the token, or something else changes', async () => {
    const sync_config = { token_hosts: ['a.example', 'b.example'], allow_http: true };
    const id = await connect({ sync_config });
    for (const body of [
      { ...toEhr(), fhir_base_url: `${ehr.url}/fhir/` },
      { sync_config: { token_hosts: ['b.example'], allow_http: true } },
      { sync_config: { token_hosts: ['b.example'] } },
      { site_name: 'Other name', group_id: 'g', jwks_url: 'https://us.example/jwks' },
    ]) {
      expect((await put(id, body)).json).toMatchObject({
        credentials_cleared: [],
        has_private_key: true,
        has_client_secret: true,
      });
    }
  });
});

describe('a test with settings that are not stored', () => {
  it.each(['client_secret_post', 'client_secret_basic', 'private_key_jwt'])(
    'sends stored credentials (%s) nowhere but where they are meant to go',
    async (token_auth) => {
      const sync_config = { auth: { token_auth } };
      const id = await connect({ sync_config });
      for (const change of [
        { token_endpoint: `${thief.url}/token` },
        { fhir_base_url: `${thief.url}/fhir`, token_endpoint: null },
        { fhir_base_url: `${thief.url}/fhir` },
      ]) {
        const tried = await test(id, change);
        expect(tried.json).toMatchObject({ status: 'failed' });
        expect(tried.json.steps[1].detail).toMatch(/were cleared/);
      }
      expectNothingStolen();
      const stored = await api.call('GET', `${CONNECTIONS}/${id}`);
      expect(stored.json).toMatchObject({ ...toEhr(), has_private_key: true, credentials_cleared: [] });
      expect((await test(id)).json.status).toBe('ok');
    },
  );

  it('sends the keys that were made here nowhere else either', async () => {
    const id = await api.connect(toEhr());
    expect((await api.call('POST', `${CONNECTIONS}/${id}/keys`, {})).status).toBe(201);
    const tried = await test(id, { token_endpoint: `${thief.url}/token` });
    expect(tried.json).toMatchObject({ status: 'failed' });
    expectNothingStolen();
    expect((await test(id)).json.steps[1].status).toBe('ok');
  });

  it('is for the role admin alone: whoever may not store an address has none asked', async () => {
    const id = await connect();
    const token = await api.tokenOf('operator');
    const headers = { 'content-type': 'application/json' };
    const path = `${CONNECTIONS}/${id}/test`;
    for (const change of [{ fhir_base_url: `${thief.url}/fhir` }, { scopes: 'system/*.read' }]) {
      const tried = await api.send('POST', path, { token, headers, body: JSON.stringify(change) });
      expect(tried).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    }
    expect([...ehr.seen, ...thief.seen]).toEqual([]);
    expect((await api.send('POST', path, { token })).json).toMatchObject({ status: 'ok' });
    expect((await api.send('POST', path, { token, headers, body: '{}' })).json).toMatchObject({
      status: 'ok',
    });
  });

  it('tries credentials of its own with them', async () => {
    const id = await connect();
    const tried = await test(id, { token_endpoint: `${thief.url}/token`, client_secret: 'another-secret' });
    expect(tried.json.steps[1].status).toBe('skipped');
    expect(stolen()).toContain(Buffer.from('us:another-secret').toString('base64'));
    expect((await test(id, { scopes: 'system/Patient.read' })).json.status).toBe('ok');
  });
});

describe('the audience of assertions', () => {
  it.each([
    ['another server', () => 'https://ehr.example/token'],
    ['the name of another server', () => 'urn:other'],
    ['a server whose name begins alike', () => `${ehr.url}.evil.example/token`],
    ['the same host in another scheme', () => ehr.url.replace('http:', 'https:')],
  ])('may not be %s', async (_what, audience) => {
    const fields = { ...toEhr(), ...CREDENTIALS, sync_config: { auth: { audience: audience() } } };
    const body = { site_name: 'x', site_key: 'x-audience', client_id: 'us', ...fields };
    const refused = await api.call('POST', CONNECTIONS, body);
    expect(refused).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
    expect(refused.json.errors[0].path).toBe('sync_config.auth.audience');
    // Where the endpoint is discovered, nobody knows before the assertion is made.
    const id = await api.connect({ ...fields, token_endpoint: null });
    const tested = await test(id);
    expect(tested.json.steps[1]).toMatchObject({
      status: 'failed',
      detail: expect.stringMatching(/could use it there/),
    });
    expect(JSON.stringify(ehr.seen)).not.toContain('client_assertion');
  });

  it('may not be a name that is no address where the FHIR server has none either', () => {
    const server = { tokenEndpoint: `${ehr.url}/token`, fhirBaseUrl: null };
    expect(mayBeAudience('urn:other', server, [])).toBe(false);
    expect(mayBeAudience('urn:other', server, ['urn:other'])).toBe(true);
    // Neither is an address on some host, so they are not on the same one.
    expect(mayBeAudience('urn:other', { tokenEndpoint: 'urn:token', fhirBaseUrl: 'urn:fhir' })).toBe(false);
    expect(mayBeAudience('ftp://ehr.example', { ...server, tokenEndpoint: 'ftp://ehr.example/t' })).toBe(
      false,
    );
  });

  it('may be an address by https on the host of the token endpoint', () => {
    const server = { tokenEndpoint: 'https://ehr.example/token', fhirBaseUrl: null };
    expect(mayBeAudience('https://ehr.example/realms/x', server)).toBe(true);
    expect(mayBeAudience('https://ehr.example:8443/realms/x', server)).toBe(false);
  });

  it('may be the token endpoint, or an address on its host or that of the FHIR server', async () => {
    for (const audience of [`${ehr.url}/token`, `${ehr.url}/realms/x`, `${thief.url}/fhir`]) {
      const id = await api.connect({
        ...{ fhir_base_url: `${thief.url}/fhir`, token_endpoint: `${ehr.url}/token`, ...CREDENTIALS },
        sync_config: { auth: { audience } },
      });
      expect((await test(id)).json.steps[1]).toMatchObject({ status: 'ok' });
    }
  });
});
