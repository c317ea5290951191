import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AssertionChange, assertion, type Key, kickOff, newKey, requestToken } from './client.ts';
import { type Ehr, startEhr } from './server.ts';

let ehr: Ehr;
let key: Key;
const clock = { now: new Date('2026-11-20T08:00:00Z') };
const CLIENT = 'sync-client';

beforeAll(async () => {
  ehr = await startEhr({ clock: () => clock.now });
  key = await newKey('ES384');
  ehr.registerClient({
    client_id: CLIENT,
    jwks: key.jwks,
    scopes: ['system/Patient.read', 'system/Observation.rs'],
  });
});
afterAll(async () => await ehr.close());
beforeEach(() => {
  clock.now = new Date('2026-11-20T08:00:00Z');
});

const ask = async (change: AssertionChange = {}, scope = 'system/Patient.read', signer = key) =>
  await requestToken(ehr, await assertion(ehr, CLIENT, signer, { now: clock.now, ...change }), scope);

test.each(['RS384', 'ES384', 'ES256'] as const)(
  'gives a token for an assertion signed with %s',
  async (alg) => {
    const other = await newKey(alg);
    ehr.registerClient({ client_id: 'other', jwks: other.jwks, scopes: ['system/*.read'] });
    const signed = await assertion(ehr, 'other', other, { now: clock.now });
    const answer = await requestToken(ehr, signed, 'system/*.read');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      access_token: expect.stringMatching(/^[\w-]{32}$/),
      token_type: 'bearer',
      expires_in: 300,
      scope: 'system/*.read',
    });
  },
);

test('reads the key set from the registered jwks_url', async () => {
  const server = createServer((_, response) => response.end(JSON.stringify(key.jwks)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  ehr.registerClient({
    client_id: 'by-url',
    jwks_url: `http://127.0.0.1:${port}/jwks`,
    scopes: ['system/*.read'],
  });
  const signed = await assertion(ehr, 'by-url', key, { now: clock.now });
  expect((await requestToken(ehr, signed, 'system/*.read')).status).toBe(200);
  server.close();
});

test.each<[string, AssertionChange, RegExp]>([
  ['the audience is not the token endpoint', { aud: 'http://elsewhere/token' }, /"aud" claim/],
  ['the audience has a trailing slash', { aud: 'TRAILING' }, /"aud" claim/],
  ['it has expired', { exp: -60 }, /"exp" claim/],
  ['it lives longer than five minutes', { exp: 900 }, /five minutes/],
  ['issuer and subject differ', { iss: 'somebody' }, /unknown client/],
  ['no key has its kid', { kid: 'lost' }, /kid/],
  ['its type is not JWT', { typ: 'at+jwt' }, /typ JWT/],
])('refuses an assertion when %s', async (_, change, why) => {
  const answer = await ask(change.aud === 'TRAILING' ? { aud: `${ehr.tokenEndpoint}/` } : change);
  expect(answer.status).toBe(401);
  expect(await answer.json()).toEqual({
    error: 'invalid_client',
    error_description: expect.stringMatching(why),
  });
});

test('refuses an assertion signed with another key under the registered kid', async () => {
  const answer = await ask({}, 'system/Patient.read', await newKey('ES384'));
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ error_description: expect.stringMatching(/signature/) });
});

test('refuses a second use of the same assertion', async () => {
  const signed = await assertion(ehr, CLIENT, key, { now: clock.now });
  expect((await requestToken(ehr, signed, 'system/Patient.read')).status).toBe(200);
  const again = await requestToken(ehr, signed, 'system/Patient.read');
  expect(again.status).toBe(401);
  expect(await again.json()).toMatchObject({ error_description: 'the jti has been used' });
});

test('gives no more than what is registered, and says so', async () => {
  const narrower = await ask({}, 'system/Patient.read system/Condition.read');
  expect(await narrower.json()).toMatchObject({ scope: 'system/Patient.read' });
  const wildcard = await ask({}, 'system/*.read');
  expect(await wildcard.json()).toMatchObject({ scope: 'system/Patient.read system/Observation.read' });
  const nothing = await ask({}, 'system/Condition.read');
  expect(nothing.status).toBe(400);
  expect(await nothing.json()).toMatchObject({ error: 'invalid_scope' });
});

test('knows client secrets, in the header and in the form, and no wrong ones', async () => {
  ehr.registerClient({ client_id: 'by secret', client_secret: 'p:ss&1', scopes: ['system/*.read'] });
  const form = { grant_type: 'client_credentials', scope: 'system/*.read' };
  const post = async (body: Record<string, string>, headers: Record<string, string> = {}) =>
    (await fetch(ehr.tokenEndpoint, { method: 'POST', body: new URLSearchParams(body), headers })).status;
  const basic = (secret: string) => ({
    authorization: `Basic ${btoa(`${encodeURIComponent('by secret')}:${encodeURIComponent(secret)}`)}`,
  });
  expect(await post(form, basic('p:ss&1'))).toBe(200);
  expect(await post({ ...form, client_id: 'by secret', client_secret: 'p:ss&1' })).toBe(200);
  expect(await post(form, basic('wrong'))).toBe(401);
  expect(await post({ ...form, client_id: 'by secret', client_secret: '' })).toBe(401);
});

test('refuses requests without a token, with an unknown one, and with one that has expired', async () => {
  const body: { access_token: string } = await (await ask()).json();
  const start = async (token: string) => (await kickOff(`${ehr.url}/$export?_type=Patient`, token)).status;
  expect(await start('')).toBe(401);
  expect(await start('Bearer unknown')).toBe(401);
  expect(await start(`Bearer ${body.access_token}`)).toBe(202);
  clock.now = new Date(clock.now.getTime() + 301_000);
  expect(await start(`Bearer ${body.access_token}`)).toBe(401);
});

test('refuses to export types that the scopes do not cover', async () => {
  const body: { access_token: string } = await (await ask({}, 'system/Patient.read')).json();
  const answer = await kickOff(`${ehr.url}/$export?_type=Patient,Observation`, `Bearer ${body.access_token}`);
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({
    resourceType: 'OperationOutcome',
    issue: [{ diagnostics: expect.stringContaining('Observation') }],
  });
});
