import { createPublicKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { jwtVerify } from 'jose';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { allowedAudiences } from '../../jobs/connection/destination.ts';
import { openKeyring } from '../../jobs/connection/keyring.ts';
import { seal } from '../../jobs/connection/secrets.ts';
import { tokenSource } from '../../jobs/fhir/token/access-token.ts';
import type { SmartConnection } from '../../jobs/fhir/token/token-request.ts';
import { LOOPBACK, outbound } from '../outbound/local.ts';
import { ec } from './keys.ts';
import { type Answer, startServer } from './server.ts';

const keyring = await openKeyring({ ENCRYPTION_KEY: randomBytes(32).toString('base64') });
const { pkcs8 } = ec('P-384');
const server = await startServer();
afterAll(() => server.close());

const of = { table: 'connection', connection: 7 } as const;
const connection: SmartConnection = {
  ehr_vendor: 'other',
  connection_id: 7,
  signing_key_sealed: null,
  credentials_cleared: null,
  fhir_base_url: `${server.url}/tenant/fhir`,
  token_endpoint: `${server.url}/token`,
  client_id: 'our client',
  private_key_sealed: await seal(keyring, { ...of, column: 'private_key_sealed' }, pkcs8),
  client_secret_sealed: null,
  jwks_url: null,
  scopes: 'system/*.read',
  export_resource_types: [],
  sync_config: { allowed_networks: LOOPBACK },
};

let now = new Date('2026-01-02T03:04:05Z');
const clock = () => now;
const pass = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000);
};
const source = (changes: Partial<SmartConnection> = {}, timeoutMs?: number, allowedAudiences?: string[]) =>
  tokenSource({
    connection: { ...connection, ...changes },
    keyring,
    clock,
    timeoutMs,
    outbound,
    allowedAudiences,
  });

let issued = 0;
const issue = (more: object = {}): (() => Answer) => {
  return () => ({
    json: { access_token: `token-${++issued}`, token_type: 'bearer', expires_in: 300, ...more },
  });
};
const tokenRequests = () => server.seen.filter((request) => request.path === '/token');

beforeEach(() => {
  server.seen.length = 0;
  issued = 0;
  server.on('/token', issue());
});

describe('an access token', () => {
  it('is asked for as SMART Backend Services says', async () => {
    const token = await source().get();
    expect(token).toMatchObject({ token: 'token-1', scope: 'system/*.read', notGranted: [] });
    expect(token.expiresAt).toEqual(new Date(now.getTime() + 300_000));
    const [request] = tokenRequests();
    expect(request?.method).toBe('POST');
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(request?.headers.authorization).toBeUndefined();
    const form = new URLSearchParams(request?.body);
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'client_credentials',
      scope: 'system/*.read',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: expect.any(String),
    });
    const { payload } = await jwtVerify(form.get('client_assertion') ?? '', createPublicKey(pkcs8), {
      currentDate: now,
    });
    expect(payload).toMatchObject({ iss: 'our client', aud: connection.token_endpoint });
  });

  it('is asked for once, however many want it', async () => {
    const tokens = source();
    const all = await Promise.all([tokens.get(), tokens.get(), tokens.get()]);
    expect(new Set(all.map((token) => token.token))).toEqual(new Set(['token-1']));
    expect(tokenRequests()).toHaveLength(1);
  });

  it('is renewed when 15 % of its life is left', async () => {
    const tokens = source();
    await tokens.get();
    pass(254);
    expect((await tokens.get()).token).toBe('token-1');
    pass(2);
    expect((await tokens.get()).token).toBe('token-2');
  });

  it('lives five minutes when the server does not say', async () => {
    server.on('/token', issue({ expires_in: undefined }));
    const token = await source().get();
    expect(token.expiresAt.getTime() - now.getTime()).toBe(300_000);
  });

  it('is not given out again once it was forgotten; forgetting an older one changes nothing', async () => {
    const tokens = source();
    const { token } = await tokens.get();
    tokens.forget('another');
    expect((await tokens.get()).token).toBe('token-1');
    tokens.forget(token);
    expect((await tokens.get()).token).toBe('token-2');
    tokens.forget(token);
    expect((await tokens.get()).token).toBe('token-2');
  });

  it('is asked for afresh after a failure', async () => {
    const tokens = source();
    server.on('/token', { status: 503, json: {} });
    await expect(tokens.get()).rejects.toMatchObject({ code: 'token-unavailable' });
    server.on('/token', issue());
    expect((await tokens.get()).token).toBe('token-1');
  });

  it('tells which scopes were not granted', async () => {
    server.on('/token', issue({ scope: 'system/Patient.rs system/Group.read' }));
    const token = await source({
      scopes: 'system/Patient.read system/Observation.read system/Group.rs',
    }).get();
    expect(token.notGranted).toEqual(['system/Observation.read']);
    server.on('/token', issue({ scope: 'system/*.rs' }));
    expect((await source({ scopes: 'system/Patient.read' }).get()).notGranted).toEqual([]);
    server.on('/token', issue({ scope: 'system/Patient.read' }));
    expect((await source().get()).notGranted).toEqual(['system/*.read']);
  });

  it.each<[what: string, asked: string, granted: string, missing: string[]]>([
    ['all of it', 'system/*.read', 'system/Patient.read system/Observation.read', []],
    ['in the other notation', 'system/*.rs', 'system/Patient.read system/Observation.rs system/X.rs', []],
    ['in parts', 'system/*.read', 'system/Patient.r system/Patient.s system/Observation.cruds', []],
    ['less', 'system/*.read', 'system/Patient.read', ['system/Observation.read']],
    ['less, by a filter', 'system/*.rs', 'system/*.rs?x=y system/Patient.rs', ['system/Observation.rs']],
    ['to users only', 'system/*.rs', 'user/*.rs system/Patient.rs', ['system/Observation.rs']],
    ['nothing of it', 'system/*.read', 'launch', ['system/Patient.read', 'system/Observation.read']],
    ['twice', 'system/*.read system/Observation.read', 'system/Patient.read', ['system/Observation.read']],
  ])('knows a wildcard that is granted type by type: %s', async (_, scopes, scope, missing) => {
    server.on('/token', issue({ scope }));
    const types = ['Patient', 'Observation'];
    expect((await source({ scopes, export_resource_types: types }).get()).notGranted).toEqual(missing);
  });

  it('is asked for with a client secret, form-encoded before it is joined', async () => {
    const client_secret_sealed = await seal(
      keyring,
      { ...of, column: 'client_secret_sealed' },
      'a secret:/ü',
    );
    const secret = { private_key_sealed: null, client_secret_sealed };
    await source(secret).get();
    await source({
      ...secret,
      sync_config: { allowed_networks: LOOPBACK, auth: { token_auth: 'client_secret_post' } },
    }).get();
    const [basic, post] = tokenRequests();
    const pair = Buffer.from(basic?.headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
    expect(pair).toBe('our+client:a+secret%3A%2F%C3%BC');
    expect(basic?.body).not.toContain('secret');
    expect(Object.fromEntries(new URLSearchParams(post?.body))).toMatchObject({
      client_id: 'our client',
      client_secret: 'a secret:/ü',
    });
    expect(post?.headers.authorization).toBeUndefined();
  });

  it('names no other server as its audience, unless the installation allows that', async () => {
    const sync_config = { allowed_networks: LOOPBACK, auth: { audience: 'urn:issuer' } };
    const before = server.seen.length;
    await expect(source({ sync_config }).get()).rejects.toMatchObject({ code: 'audience-foreign' });
    expect(server.seen.length).toBe(before);
    const allowed = allowedAudiences({ ALLOWED_AUDIENCES: 'urn:other urn:issuer' });
    await source({ sync_config }, undefined, allowed).get();
    const jwt = new URLSearchParams(tokenRequests().at(-1)?.body).get('client_assertion') ?? '';
    const read = await jwtVerify(jwt, createPublicKey(pkcs8), { currentDate: now });
    expect(read.payload.aud).toBe('urn:issuer');
  });

  it('takes audience, kid and algorithm as configured', async () => {
    await source({
      sync_config: {
        allowed_networks: LOOPBACK,
        auth: { audience: `${server.url}/issuer`, key_id: 'k1', algorithm: 'ES384' },
      },
    }).get();
    const jwt = new URLSearchParams(tokenRequests()[0]?.body).get('client_assertion') ?? '';
    const read = await jwtVerify(jwt, createPublicKey(pkcs8), { currentDate: now });
    expect(read.payload.aud).toBe(`${server.url}/issuer`);
    expect(read.protectedHeader).toMatchObject({ kid: 'k1', alg: 'ES384' });
  });
});

describe('a refused token', () => {
  it.each([
    [401, { error: 'invalid_client', error_description: 'no such key' }, 'token-invalid-client', /client_id/],
    [400, { error: 'invalid_client' }, 'token-invalid-client', /client_id/],
    [400, { error: 'invalid_scope' }, 'token-invalid-scope', /Check scopes/],
    [400, { error: 'unauthorized_client' }, 'token-unauthorized-client', /registration/],
    [400, { error: 'invalid_grant' }, 'token-invalid-grant', /public key/],
    [400, { error: 'invalid_request' }, 'token-invalid-request', /token_auth/],
    [400, { error: 'unsupported_grant_type' }, 'token-unsupported-grant-type', /token_endpoint/],
    [403, { error: 'something_new' }, 'token-refused', /an error that OAuth does not know/],
  ])('with %i %j is given up and names the setting', async (status, json, code, message) => {
    server.on('/token', { status, json });
    const error = await source()
      .get()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, status, sort: 'give-up' });
    expect(String(error)).toMatch(message);
  });

  it('with an HTML page tells its length, not its content', async () => {
    server.on('/token', { status: 404, text: '<h1>Mrs Smith was here</h1>' });
    const error = await source()
      .get()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'token-refused', sort: 'give-up' });
    expect(String(error)).toContain('27 bytes of text/html');
    expect(String(error)).not.toContain('Smith');
  });

  it('never repeats what the server describes it with, such as the assertion or a signed URL', async () => {
    server.on('/token', (request) => ({
      status: 400,
      json: {
        error: 'invalid_request',
        error_description: `got ${new URLSearchParams(request.body).get('client_assertion')} at https://x.example/a?sig=s3cret`,
      },
    }));
    const error = await source()
      .get()
      .catch((reason: unknown) => reason);
    expect(String(error)).toContain('invalid_request (its words are withheld');
    expect(`${error} ${JSON.stringify(error)} ${inspect(error, { depth: 9, showHidden: true })}`).not.toMatch(
      /eyJ|s3cret|x\.example/,
    );
  });

  it.each([
    [
      { status: 429, headers: { 'retry-after': '17' }, json: {} },
      { code: 'token-unavailable', retryAfterSeconds: 17 },
    ],
    [{ status: 500, text: 'oops' }, { code: 'token-unavailable' }],
    [{ status: 503, text: '' }, { code: 'token-unavailable' }],
    [{ raw: (response) => void response.destroy() }, { code: 'network-error' }],
    [{ raw: () => {} }, { code: 'network-timeout' }],
  ] satisfies [Answer, object][])('for a passing reason is tried again: %j', async (answer, expected) => {
    server.on('/token', answer);
    const error = await source({}, 200)
      .get()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ sort: 'retry', ...expected });
  });

  it.each([
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.example/' } }, 'token-redirected'],
    ['a login page', { status: 200, text: '<html>' }, 'token-unreadable'],
    ['no token', { status: 200, json: { token_type: 'bearer' } }, 'token-unreadable'],
  ] satisfies [string, Answer, string][])('with %s is given up', async (_what, answer, code) => {
    server.on('/token', answer);
    await expect(source().get()).rejects.toMatchObject({ code, sort: 'give-up' });
    expect(tokenRequests()).toHaveLength(1);
  });

  it.each([
    ['client_id', { client_id: null }],
    [
      'private_key_pem',
      {
        private_key_sealed: null,
        sync_config: { allowed_networks: LOOPBACK, auth: { token_auth: 'private_key_jwt' } },
      },
    ],
    ['client_secret', { private_key_sealed: null }],
    ['fhir_base_url', { token_endpoint: null, fhir_base_url: null }],
  ] satisfies [string, Partial<SmartConnection>][])(
    'is not even asked for without %s',
    async (field, changes) => {
      await expect(source(changes).get()).rejects.toThrow(`no ${field}`);
      expect(server.seen).toHaveLength(0);
    },
  );

  it('is not asked for over http of another machine, unless the connection allows it', async () => {
    const elsewhere = { token_endpoint: 'http://ehr.invalid/token' };
    await expect(source(elsewhere).get()).rejects.toMatchObject({ code: 'url-insecure', sort: 'give-up' });
    await expect(
      source({ ...elsewhere, sync_config: { allowed_networks: LOOPBACK, allow_http: true } }).get(),
    ).rejects.toMatchObject({
      code: 'network-unreachable',
    });
  });
});

describe('the token endpoint', () => {
  const wellKnown = '/tenant/fhir/.well-known/smart-configuration';
  const discovered = { token_endpoint: null };

  it('is discovered under the path of the FHIR base, once an hour', async () => {
    server.on(wellKnown, {
      json: { token_endpoint: `${server.url}/token`, capabilities: ['permission-v2'] },
    });
    const tokens = source(discovered);
    tokens.forget((await tokens.get()).token);
    tokens.forget((await tokens.get()).token);
    expect(server.seen.filter((request) => request.path === wellKnown)).toHaveLength(1);
    pass(3601);
    await tokens.get();
    expect(server.seen.filter((request) => request.path === wellKnown)).toHaveLength(2);
  });

  it('is not asked for, and no credentials are sent, where the server names an endpoint on another host', async () => {
    const other = await startServer();
    try {
      const endpoint = `${other.url.replace('127.0.0.1', 'localhost')}/token`;
      server.on(wellKnown, { json: { token_endpoint: `${endpoint}?key=s3cret` } });
      other.on('/token', issue());
      for (const secret of [
        {},
        {
          private_key_sealed: null,
          client_secret_sealed: await seal(keyring, { ...of, column: 'client_secret_sealed' }, 'hush'),
        },
      ]) {
        const refused = await source({ ...discovered, ...secret })
          .get()
          .catch((error: unknown) => error);
        expect(refused).toMatchObject({ code: 'token-endpoint-foreign', sort: 'give-up' });
        expect(String(refused)).toContain(`${endpoint},`);
        expect(String(refused)).toContain(`add "${new URL(endpoint).host}" to sync_config.token_hosts`);
        expect(String(refused)).not.toContain('s3cret');
      }
      expect(other.seen).toEqual([]);
      // Confirmed by an administrator, in either way.
      server.on(wellKnown, { json: { token_endpoint: endpoint } });
      const listed = { allowed_networks: LOOPBACK, token_hosts: [new URL(endpoint).host] };
      expect((await source({ ...discovered, sync_config: listed }).get()).token).toMatch(/^token-/);
      expect((await source({ token_endpoint: endpoint }).get()).token).toMatch(/^token-/);
      expect(other.seen).toHaveLength(2);
    } finally {
      await other.close();
    }
  });

  it('is read from the CapabilityStatement where there is no smart-configuration', async () => {
    server.on(wellKnown, { status: 404, text: 'no' });
    server.on('/tenant/fhir/metadata', {
      json: {
        resourceType: 'CapabilityStatement',
        rest: [
          {
            security: {
              extension: [
                {
                  url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
                  extension: [
                    { url: 'authorize', valueUri: `${server.url}/authorize` },
                    { url: 'token', valueUri: `${server.url}/token` },
                  ],
                },
              ],
            },
          },
        ],
      },
    });
    expect((await source(discovered).get()).token).toBe('token-1');
  });

  it('is missed with advice when nobody names it', async () => {
    server.on(wellKnown, { json: { issuer: 'x' } });
    server.on('/tenant/fhir/metadata', { json: { resourceType: 'CapabilityStatement', rest: [] } });
    await expect(source(discovered).get()).rejects.toMatchObject({
      code: 'token-endpoint-unknown',
      sort: 'give-up',
      message: expect.stringContaining('fhir_base_url'),
    });
  });

  it('is asked for again later when the server is busy', async () => {
    server.on(wellKnown, { status: 503, text: '' });
    await expect(source(discovered).get()).rejects.toMatchObject({
      code: 'discovery-unavailable',
      sort: 'retry',
    });
  });
});
