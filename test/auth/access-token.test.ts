/** Programs bring access tokens of the identity provider. */
import { Hono } from 'hono';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { AppEnv } from '../../app/app-env.ts';
import { byAccessToken } from '../../app/auth/access-token.ts';
import { askIssuer } from '../../app/auth/issuer-fetch.ts';
import { openOidc } from '../../app/auth/oidc.ts';
import { openOutbound } from '../../jobs/outbound/outbound.ts';
import { inLongRun } from '../long-run.ts';
import { DASHBOARD } from '../routes/api.ts';
import { HERE } from './pages.ts';
import { startProgram } from './program.ts';
import { AUDIENCE, CLIENT_ID, newKey, PROGRAM } from './provider.ts';

const program = await startProgram();
const { provider, pages, serve, statusOf, seconds, mint } = program;
afterAll(() => program.close());
beforeEach(() => serve());

describe('an access token', () => {
  it('is accepted as the provider issues it to a program', async () => {
    provider.people.set(PROGRAM.id, { roles: ['omop-operators'] });
    const answer = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${PROGRAM.id}:${PROGRAM.secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: AUDIENCE }),
    });
    const { access_token } = await answer.json();
    expect(await statusOf(access_token)).toBe(200);
    expect(pages.logged()).toContain(`"actor":"${PROGRAM.id}"`);
    expect(pages.logged()).not.toContain(access_token.split('.')[2]);
  });

  inLongRun(it)('may be signed by each of the usual algorithms', async () => {
    const keys = await Promise.all(
      ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'].map(
        async (alg) => await newKey(alg, `key-${alg}`),
      ),
    );
    await provider.become({ keys });
    serve();
    for (const key of keys)
      expect([key.alg, await statusOf(await mint({}, undefined, key))]).toEqual([key.alg, 200]);
    await provider.become({ keys: [await newKey('ES256', 'ec-1'), await newKey('RS256', 'rsa-1')] });
  });

  it('may say that it is one, or be a plain JWT, and nothing else', async () => {
    for (const typ of ['at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT']) {
      expect([typ, await statusOf(await mint({}, { typ }))]).toEqual([typ, 200]);
    }
    expect(await statusOf(await mint({}, {}))).toBe(200);
    for (const typ of ['logout+jwt', 'dpop+jwt', 'secevent+jwt', '']) {
      expect([typ, await statusOf(await mint({}, { typ }))]).toEqual([typ, 401]);
    }
  });

  it('is good from its beginning to its end, give or take half a minute', async () => {
    const now = seconds();
    expect(await statusOf(await mint({ exp: now - 29 }))).toBe(200);
    expect(await statusOf(await mint({ exp: now - 30 }))).toBe(401);
    expect(await statusOf(await mint({ nbf: now + 30 }))).toBe(200);
    expect(await statusOf(await mint({ nbf: now + 31 }))).toBe(401);
    expect(await statusOf(await mint({ exp: undefined }))).toBe(401);
  });

  it('is for this server alone', async () => {
    expect(await statusOf(await mint({ aud: ['another', AUDIENCE] }))).toBe(200);
    for (const aud of ['another', `${AUDIENCE}/`, [], ['another'], CLIENT_ID, undefined]) {
      expect([aud, await statusOf(await mint({ aud }))]).toEqual([aud, 401]);
    }
  });

  it('is of this issuer alone', async () => {
    for (const iss of ['https://evil.example', `${provider.issuer}/`, undefined]) {
      expect([iss, await statusOf(await mint({ iss }))]).toEqual([iss, 401]);
    }
  });

  it('names whom it was issued to', async () => {
    expect(await statusOf(await mint({ sub: undefined }))).toBe(401);
    expect(await statusOf(await mint({ sub: undefined, preferred_username: 'ada' }))).toBe(401);
    for (const sub of ['\u0000', ' ', '', 7, ['nightly']]) {
      expect([sub, await statusOf(await mint({ sub }))]).toEqual([sub, 401]);
      expect([sub, await statusOf(await mint({ sub, preferred_username: 'ada' }))]).toEqual([sub, 401]);
    }
  });

  it('is no good where it is bound to a key that nobody proves to have', async () => {
    expect(await statusOf(await mint({ cnf: { jkt: 'thumbprint' } }))).toBe(401);
  });

  it('gives the role that its claim is mapped to, and none without', async () => {
    for (const roles of [undefined, [], ['admin'], 'omop-readers omop-admins', { 0: 'omop-admins' }]) {
      expect([roles, await statusOf(await mint({ roles }))]).toEqual([roles, 401]);
    }
    serve({ roleClaim: 'realm_access.roles' });
    expect(await statusOf(await mint({ roles: undefined, realm_access: { roles: ['omop-admins'] } }))).toBe(
      200,
    );
    expect(await statusOf(await mint())).toBe(401);
  });

  it('is not told to be wrong, nor counted so, where the fault is ours', async () => {
    serve({ connectionsClaim: 'sites' });
    const token = await mint({ sites: ['memorial'] });
    await pages.sql`delete from wrong_credential`;
    await pages.sql`alter table connection rename to away`;
    try {
      expect(await statusOf(token)).toBe(500);
    } finally {
      await pages.sql`alter table away rename to connection`;
    }
    expect(await pages.sql`select 1 from wrong_credential`).toHaveLength(0);
  });

  it('says which connections its program may see, where the settings name a claim', async () => {
    const id = await pages.connect({ site_key: 'memorial' });
    const probe = new Hono<AppEnv>();
    probe.use(async (c, next) => {
      const { oidc } = pages.settings;
      const services = { ...pages.deps, clock: pages.now, config: { adminToken: undefined } };
      c.set('services', {
        ...services,
        oidc: oidc && openOidc(oidc, { ask: askIssuer(openOutbound({})), clock: pages.now }),
      });
      await next();
    });
    probe.get('/', async (c) => c.json((await byAccessToken(c)) ?? null));
    probe.onError((error, c) => c.json({ thrown: error.constructor.name }));
    const recognised = async (token: string) =>
      (await probe.request('/', { headers: { authorization: `Bearer ${token}` } })).json();
    const nightly = { name: 'nightly', role: 'viewer', via: 'oidc', person: null };
    expect(await recognised(await mint())).toEqual({ ...nightly, connections: null });
    expect(await recognised('no.jwt')).toBeNull();
    expect(await recognised(await mint({ aud: 'another' }))).toEqual({ thrown: 'WrongCredential' });
    serve({ connectionsClaim: 'sites' });
    expect(await recognised(await mint({ sites: ['memorial'] }))).toEqual({ ...nightly, connections: [id] });
    expect(await recognised(await mint())).toEqual({ ...nightly, connections: [] });
    for (const all of ['*', ['memorial', '*']]) {
      expect(await recognised(await mint({ sites: all }))).toEqual({ ...nightly, connections: null });
    }
    for (const none of ['', [''], ['MEMORIAL'], ['memorial*'], 'memorial other', 7, { 0: '*' }, [['*']]]) {
      expect([none, await recognised(await mint({ sites: none }))]).toEqual([
        ...[none, { ...nightly, connections: [] }],
      ]);
    }
    const mixed = await mint({ sites: [7, null, 'memorial', ['other']] });
    expect(await recognised(mixed)).toEqual({ ...nightly, connections: [id] });
  });

  it('is good from an address from which others have guessed, and counts as a guess where it is not', async () => {
    const from = async (token: string) => {
      const env = { incoming: { socket: { remoteAddress: '203.0.113.7' } } };
      const headers = { authorization: `Bearer ${token}` };
      return (await program.app.request(`${HERE}${DASHBOARD}`, { headers }, env)).status;
    };
    const wrong = await mint({ aud: 'another' });
    for (let n = 0; n < 6; n++) expect(await from(wrong)).toBe(401);
    expect(await from(wrong)).toBe(429);
    expect(await from(await mint())).toBe(200);
  });

  it('is not looked at where no audience is set', async () => {
    serve({ audience: undefined });
    provider.seen.length = 0;
    expect(await statusOf(await mint())).toBe(401);
    expect(provider.seen).toEqual([]);
  });
});
