/** Programs bring access tokens of the identity provider. */

import { Hono } from 'hono';
import { base64url, exportSPKI, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App, AppEnv } from '../../app/app-env.ts';
import { byAccessToken } from '../../app/auth/access-token.ts';
import { askIssuer } from '../../app/auth/issuer-fetch.ts';
import { openOidc } from '../../app/auth/oidc.ts';
import { openOutbound } from '../../jobs/outbound/outbound.ts';
import { syncError } from '../../jobs/step/errors.ts';
import { DASHBOARD } from '../routes/api.ts';
import { HERE, oidcSettings, startPages, type TestPages } from './pages.ts';
import {
  AUDIENCE,
  CLIENT_ID,
  newKey,
  PROGRAM,
  signed,
  startProvider,
  type TestKey,
  type TestProvider,
} from './provider.ts';

let provider: TestProvider;
let pages: TestPages;
let app: App;

beforeAll(async () => {
  provider = await startProvider([`${HERE}/sign-in/callback`]);
  pages = await startPages();
});
afterAll(async () => {
  await pages.close();
  await provider.close();
});
beforeEach(() => serve());

function serve(changed: Parameters<typeof oidcSettings>[1] = {}): void {
  Object.assign(pages.settings, {
    oidc: oidcSettings(provider.issuer, { client: undefined, audience: AUDIENCE, ...changed }),
    between: undefined,
  });
  app = pages.serve();
}

async function ask(token: string, path = DASHBOARD): Promise<Response> {
  return await app.request(`${HERE}${path}`, { headers: { authorization: `Bearer ${token}` } });
}
const statusOf = async (token: string) => (await ask(token)).status;

const seconds = () => Math.floor(pages.now().getTime() / 1000);
const claims = (changes: Record<string, unknown> = {}): JWTPayload => ({
  ...{ iss: provider.issuer, aud: AUDIENCE, sub: 'nightly', roles: ['omop-readers'] },
  ...{ iat: seconds(), exp: seconds() + 300 },
  ...changes,
});
function keyOf(kid: string): TestKey {
  const key = provider.keys.find((one) => one.kid === kid);
  if (!key) throw new Error(`The provider has no key ${kid}`);
  return key;
}
const mint = (
  changes: Record<string, unknown> = {},
  header?: { typ?: string; kid?: string },
  key = keyOf('ec-1'),
) => signed(key, claims(changes), header);

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

  it('may be signed by each of the usual algorithms', async () => {
    const keys = await Promise.all(
      ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'].map(async (alg) => await newKey(alg, `key-${alg}`)),
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
    expect(await statusOf(await mint({ sub: '\u0000' }))).toBe(401);
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
      return (await app.request(`${HERE}${DASHBOARD}`, { headers }, env)).status;
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

describe('a forged token', () => {
  it('is refused unsigned, with the public key as secret, and altered', async () => {
    const header = (alg: string) => base64url.encode(JSON.stringify({ alg, typ: 'at+jwt', kid: 'rsa-1' }));
    const body = base64url.encode(JSON.stringify(claims()));
    for (const alg of ['none', 'None', 'NONE', '']) {
      for (const signature of ['', 'AAAA']) {
        expect([alg, await statusOf(`${header(alg)}.${body}.${signature}`)]).toEqual([alg, 401]);
      }
    }
    const pem = new TextEncoder().encode(await exportSPKI(keyOf('rsa-1').publicKey));
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      const token = await new SignJWT(claims()).setProtectedHeader({ alg, kid: 'rsa-1' }).sign(pem);
      expect([alg, await statusOf(token)]).toEqual([alg, 401]);
    }
    const good = await mint();
    expect(await statusOf(good)).toBe(200);
    const [head, , signature] = good.split('.');
    const admin = base64url.encode(JSON.stringify(claims({ roles: ['omop-admins'] })));
    expect(await statusOf(`${head}.${admin}.${signature}`)).toBe(401);
  });

  it('is refused with an algorithm that is not on the list, though the provider has the key', async () => {
    const key = await newKey('ES512', 'ec-512');
    const before = provider.keys;
    await provider.become({ keys: [...before, key] });
    serve();
    expect(await statusOf(await mint({}, undefined, key))).toBe(401);
    await provider.become({ keys: before });
  });

  it("is refused when another's key signed it, whatever key it names", async () => {
    const own = await newKey('ES256', 'ec-1');
    expect(await statusOf(await mint({}, undefined, own))).toBe(401);
    const jwk = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'ES256', kid: 'ec-1', jku: 'https://evil.example/jwks' })
      .sign(own.privateKey);
    expect(await statusOf(jwk)).toBe(401);
  });

  it('gets the same answer whatever is wrong with it', async () => {
    const answers = await Promise.all(
      [await mint({ exp: 1 }), await mint({ aud: 'x' }), await mint({ roles: [] }), 'a.b.c', 'nonsense'].map(
        async (token) => {
          const { request_id: _, ...answer } = await (await ask(token)).json();
          return answer;
        },
      ),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});

describe('the keys of the provider', () => {
  const asked = () => provider.seen.filter((path) => path === '/jwks').length;

  it('are read again when a token names one that is not known, and then the old ones are no good', async () => {
    const before = provider.keys;
    expect(await statusOf(await mint())).toBe(200);
    const next = await newKey('ES256', 'ec-2');
    await provider.become({ keys: [next, keyOf('rsa-1')] });
    expect(await statusOf(await signed(next, claims()))).toBe(401);
    pages.pass(30_000);
    expect(await statusOf(await signed(next, claims()))).toBe(200);
    const old = before.find((key) => key.kid === 'ec-1');
    if (!old) throw new Error('no old key');
    expect(await statusOf(await signed(old, claims()))).toBe(401);
    await provider.become({ keys: before });
  });

  it('are asked for once in half a minute, however many bad tokens come', async () => {
    await statusOf(await mint());
    provider.seen.length = 0;
    const bad = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => await mint({}, { kid: `unknown-${i}` })),
    );
    for (const token of bad) expect(await statusOf(token)).toBe(401);
    expect(asked()).toBe(0);
    pages.pass(30_000);
    await Promise.all(bad.map(statusOf));
    expect(asked()).toBe(1);
  });

  it('are read again after ten minutes, so that withdrawn ones are no good for long', async () => {
    expect(await statusOf(await mint())).toBe(200);
    const before = provider.keys;
    const token = await mint({ exp: seconds() + 3600 });
    await provider.become({ keys: [await newKey('ES256', 'ec-1'), keyOf('rsa-1')] });
    pages.pass(599_000);
    expect(await statusOf(token)).toBe(200);
    pages.pass(1000);
    expect(await statusOf(token)).toBe(401);
    await provider.become({ keys: before });
  });

  it('that cannot be read let nobody in, and the provider is asked once in half a minute', async () => {
    let calls = 0;
    pages.settings.between = (ask) => async (input, sent, signal) => {
      if (!input.endsWith('/jwks')) return await ask(input, sent, signal);
      calls += 1;
      const answer = await ask(input, sent, signal);
      return Response.json(await answer.json(), { status: 500 });
    };
    app = pages.serve();
    for (let i = 0; i < 5; i += 1) {
      const answer = await ask(await mint());
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30']);
    }
    expect(calls).toBe(1);
    expect(pages.logged()).toContain('"code":"jwks:500"');
    // What is no token of the provider needs no provider to be refused.
    expect(await statusOf('nonsense')).toBe(401);
    pages.settings.between = (ask) => async (input, sent, signal) =>
      input.endsWith('/jwks') ? Response.json({ keys: 'none' }) : await ask(input, sent, signal);
    app = pages.serve();
    expect(await statusOf(await mint())).toBe(503);
    pages.settings.between = () => () =>
      Promise.reject(syncError('network-unreachable', { host: 'provider', reason: 'ECONNREFUSED' }));
    app = pages.serve();
    expect(await statusOf(await mint())).toBe(503);
  });

  it('are taken from no answer larger than half a megabyte', async () => {
    pages.settings.between = (ask) => async (input, sent, signal) =>
      input.endsWith('/jwks')
        ? new Response(`{"keys":[]}${' '.repeat(600_000)}`)
        : await ask(input, sent, signal);
    app = pages.serve();
    expect(await statusOf(await mint())).toBe(503);
    expect(pages.logged()).toContain('"code":"jwks:answer-too-large"');
  });

  it('are asked for as JSON, at the address that the provider names, and nowhere where it names none', async () => {
    const asked: unknown[] = [];
    let named = true;
    pages.settings.between = (ask) => async (input, sent, signal) => {
      if (input.endsWith('/jwks')) asked.push(sent);
      const answer = await ask(input, sent, signal);
      if (!input.includes('/.well-known/') || named) return answer;
      const { jwks_uri: _, ...others } = await answer.json();
      return Response.json(others);
    };
    app = pages.serve();
    expect(await statusOf(await mint())).toBe(200);
    expect(asked).toEqual([{ method: 'GET', headers: { accept: 'application/json' }, body: undefined }]);
    named = false;
    app = pages.serve();
    expect(await statusOf(await mint())).toBe(503);
    expect(asked).toHaveLength(1);
    expect(pages.logged()).toContain('"code":"no-jwks-uri"');
  });

  it('are taken from no provider that calls itself otherwise', async () => {
    pages.settings.between = (ask) => async (input, sent, signal) => {
      const answer = await ask(input, sent, signal);
      if (!input.includes('/.well-known/')) return answer;
      return Response.json({ ...(await answer.json()), issuer: 'https://evil.example' });
    };
    app = pages.serve();
    expect(await statusOf(await mint())).toBe(503);
  });
});

describe('what the provider says of itself', () => {
  const lookedUp = () => provider.seen.filter((path) => path.startsWith('/.well-known/')).length;

  it('is looked up once an hour', async () => {
    provider.seen.length = 0;
    expect(await statusOf(await mint())).toBe(200);
    for (const [passed, times] of [
      [31_000, 1],
      [3_568_999, 1],
      [1, 2],
    ] as const) {
      pages.pass(passed);
      expect(await statusOf(await mint())).toBe(200);
      expect([passed, lookedUp()]).toEqual([passed, times]);
    }
  });

  it('is asked for once in half a minute while it does not answer', async () => {
    let calls = 0;
    pages.settings.between = () => () => {
      calls += 1;
      return Promise.reject(syncError('network-unreachable', { host: 'provider', reason: 'ECONNREFUSED' }));
    };
    app = pages.serve();
    for (const [passed, times] of [
      [0, 1],
      [29_999, 1],
      [1, 2],
    ] as const) {
      pages.pass(passed);
      const token = await mint();
      for (let n = 0; n < 3; n++) expect(await statusOf(token)).toBe(503);
      expect([passed, calls]).toEqual([passed, times]);
    }
  });
});
