/** People sign in at a real identity provider, as a browser without JavaScript does it. */
import { createHash } from 'node:crypto';
import { base64url, decodeJwt, exportSPKI, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { syncError } from '../../jobs/step/errors.ts';
import { inLongRun } from '../long-run.ts';
import type { Browser } from './browser.ts';
import { HERE, oidcSettings, startPages, type TestPages } from './pages.ts';
import { CLIENT_ID, signed, startProvider, type TestProvider } from './provider.ts';

const SESSION = '__Host-fos-session';
const HANDSHAKE = '__Host-fos-sign-in';
const HOST = new URL(HERE).hostname;
const LOCAL = 'http://127.0.0.1:8080';

let provider: TestProvider;
let pages: TestPages;

beforeAll(async () => {
  provider = await startProvider([`${HERE}/sign-in/callback`, `${LOCAL}/sign-in/callback`]);
  pages = await startPages();
});
afterAll(async () => {
  await pages.close();
  await provider.close();
});
beforeEach(async () => {
  Object.assign(pages.settings, { publicUrl: HERE, oidc: oidcSettings(provider.issuer), between: undefined });
  provider.people.clear();
  provider.people.set('ada', {
    preferred_username: 'Ada',
    email: 'ada@hospital.example',
    roles: ['staff', 'omop-operators', 'omop-readers'],
  });
  await pages.sql`truncate user_session, sign_in_handshake`;
  await pages.forgetRecorded();
});

const isCallback = (url: string) => new URL(url).pathname === '/sign-in/callback';

/** From the button to the address that the provider sends the browser back to, which is not opened. */
async function untilCallback(browser: Browser, login = 'ada', path = '/sign-in'): Promise<URL> {
  await browser.open(`${new URL(pages.settings.publicUrl ?? LOCAL).origin}${path}`);
  await browser.submit();
  await browser.submit({ login, password: 'any' });
  return new URL(await browser.submitUntil(isCallback));
}

async function signIn(browser: Browser, login = 'ada', path = '/sign-in') {
  const back = await untilCallback(browser, login, path);
  // The provider's page sends the browser back, so the request counts as sent by another site.
  return await browser.open(back.href, provider.issuer);
}

describe('a person who signs in', () => {
  it('gets a session with the role that the provider gives, and sees who is signed in', async () => {
    const browser = pages.browse();
    const page = await signIn(browser);
    expect([page.url, page.status]).toEqual([`${HERE}/admin`, 200]);
    expect(page.text).toContain('<dd>Ada</dd>');
    expect(page.text).toContain('<dd>operator</dd>');
    expect(await pages.recorded()).toEqual([{ actor: 'Ada', action: 'sign-in', target: 'subject/ada' }]);
  });

  it('is sent to the provider with PKCE, state, nonce and the exact redirect address', async () => {
    const browser = pages.browse();
    await browser.open(`${HERE}/sign-in`);
    const sent = new URL(await browser.submitUntil((url) => url.startsWith(provider.issuer)));
    const asked = Object.fromEntries(sent.searchParams);
    expect(asked).toEqual({
      ...{ client_id: CLIENT_ID, response_type: 'code', scope: 'openid profile email' },
      redirect_uri: `${HERE}/sign-in/callback`,
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(asked['state']).not.toBe(asked['nonce']);
    // Whoever sees the address must not learn the verifier from it.
    for (const seen of [asked['state'], asked['nonce']]) {
      const challenge = createHash('sha256')
        .update(seen ?? '')
        .digest('base64url');
      expect(challenge).not.toBe(asked['code_challenge']);
    }
  });

  it('holds a cookie that only our own pages send, by TLS, and no script reads', async () => {
    const browser = pages.browse();
    await browser.open(`${HERE}/sign-in`);
    await browser.submitUntil((url) => url.startsWith(provider.issuer));
    expect(browser.cookie(HOST, HANDSHAKE)?.flags).toBe(
      '; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax',
    );
    await signIn(browser);
    expect(browser.cookie(HOST, HANDSHAKE)).toBeUndefined();
    expect(browser.cookie(HOST, SESSION)?.flags).toBe('; Path=/; HttpOnly; Secure; SameSite=Strict');
  });

  it('holds cookies without TLS on this machine only', async () => {
    pages.settings.publicUrl = LOCAL;
    const browser = pages.browse();
    await signIn(browser);
    expect(browser.page.text).toContain('<dd>Ada</dd>');
    expect([...(browser.cookies.get('127.0.0.1')?.keys() ?? [])]).toContain('fos-session');
    expect(browser.cookie('127.0.0.1', 'fos-session')?.flags).toBe('; Path=/; HttpOnly; SameSite=Strict');
  });

  it.each([
    [undefined, 'basic'],
    [['client_secret_post'], 'post'],
    [['client_secret_post', 'client_secret_basic'], 'basic'],
  ])('comes back while we prove who we are as the provider wants: %j is %s', async (methods, way) => {
    const ways: string[] = [];
    pages.settings.between = (ask) => async (input, sent, signal) => {
      if (input.endsWith('/token'))
        ways.push(new Headers(sent.headers).has('authorization') ? 'basic' : 'post');
      const answer = await ask(input, sent, signal);
      if (!input.includes('/.well-known/')) return answer;
      return Response.json({ ...(await answer.json()), token_endpoint_auth_methods_supported: methods });
    };
    expect((await signIn(pages.browse())).text).toContain('<dd>operator</dd>');
    expect(ways).toEqual([way]);
  });

  it('comes back also where we are a client without a secret, whom PKCE proves', async () => {
    const configuration = {
      clients: [
        {
          client_id: CLIENT_ID,
          redirect_uris: [`${HERE}/sign-in/callback`],
          id_token_signed_response_alg: 'ES256' as const,
          token_endpoint_auth_method: 'none' as const,
        },
      ],
    };
    await provider.become({ configuration });
    const client = { id: CLIENT_ID, secret: undefined, scope: 'openid profile email' };
    pages.settings.oidc = oidcSettings(provider.issuer, { client });
    expect((await signIn(pages.browse())).text).toContain('<dd>operator</dd>');
    await provider.become({});
  });

  it('is not asked for at a provider that has no userinfo endpoint', async () => {
    await provider.become({ configuration: { conformIdTokenClaims: false } });
    pages.settings.oidc = oidcSettings(provider.issuer, { connectionsClaim: 'sites' });
    pages.settings.between = (ask) => async (input, sent, signal) => {
      const answer = await ask(input, sent, signal);
      if (!input.includes('/.well-known/')) return answer;
      return Response.json({ ...(await answer.json()), userinfo_endpoint: undefined });
    };
    expect((await signIn(pages.browse())).text).toContain('<dd>none</dd>');
    await provider.become({});
  });

  it('is let in by no fault of ours, which is told as one and not as theirs', async () => {
    const browser = pages.browse();
    const back = await untilCallback(browser);
    await pages.sql`alter table user_session rename to away`;
    try {
      expect((await browser.open(back.href, provider.issuer)).status).toBe(500);
    } finally {
      await pages.sql`alter table away rename to user_session`;
    }
    expect(await pages.recorded()).toEqual([]);
  });

  inLongRun(it)(
    'is known by what the ID token says, without a question to the userinfo endpoint, where it says all',
    async () => {
      await provider.become({ configuration: { conformIdTokenClaims: false } });
      provider.seen.length = 0;
      pages.settings.oidc = oidcSettings(provider.issuer, { connectionsClaim: 'sites' });
      provider.people.set('eve', { preferred_username: 'Eve', roles: 'omop-operators', sites: '*' });
      expect((await signIn(pages.browse(), 'eve')).text).toContain('<dd>operator</dd>');
      expect(provider.seen.filter((path) => path.startsWith('/me'))).toEqual([]);
      pages.settings.oidc = oidcSettings(provider.issuer);
      await provider.become({});
      expect((await signIn(pages.browse())).text).toContain('<dd>operator</dd>');
      expect(provider.seen.filter((path) => path.startsWith('/me'))).toHaveLength(1);
    },
  );

  inLongRun(it)('sees the connections that the claim names, and none without the claim', async () => {
    pages.settings.oidc = oidcSettings(provider.issuer, { connectionsClaim: 'sites' });
    const id = await pages.connect({ site_key: 'memorial' });
    provider.people.set('ada', { roles: ['omop-readers'], sites: ['memorial', 'elsewhere'] });
    provider.people.set('bob', { roles: ['omop-readers'] });
    provider.people.set('eve', { roles: 'omop-readers', sites: '*' });
    expect((await signIn(pages.browse(), 'ada')).text).toContain(`<dd>${id}</dd>`);
    expect((await signIn(pages.browse(), 'bob')).text).toContain('<dd>none</dd>');
    expect((await signIn(pages.browse(), 'eve')).text).toContain('<dd>all</dd>');
    expect(await pages.sql`select name, connections from user_session order by name`).toEqual([
      { name: 'ada', connections: [id] },
      { name: 'bob', connections: [] },
      { name: 'eve', connections: null },
    ]);
  });

  it('keeps the role of the sign-in until the next one', async () => {
    const browser = pages.browse();
    await signIn(browser);
    provider.people.set('ada', { roles: ['omop-admins'] });
    expect((await browser.open(`${HERE}/admin`)).text).toContain('<dd>operator</dd>');
    await browser.open(`${HERE}/sign-in`);
    expect((await browser.submit()).text).toContain('<dd>admin</dd>');
  });

  inLongRun(it)('goes on to the page that was asked for, if it is one of ours', async () => {
    const path = '/sign-in?return_to=%2Fopenapi.json%3Fa%3D1';
    expect((await signIn(pages.browse(), 'ada', path)).url).toBe(`${HERE}/openapi.json?a=1`);
    for (const other of ['https://evil.example/', '//evil.example', '/\\evil.example', '/%09/evil.example']) {
      const page = await signIn(pages.browse(), 'ada', `/sign-in?return_to=${encodeURIComponent(other)}`);
      expect([other, new URL(page.url).origin]).toEqual([other, HERE]);
    }
  });

  it('may have a name of any kind, which is shown and recorded as plain text', async () => {
    provider.people.set('ada', {
      roles: ['omop-readers'],
      preferred_username: '<script>alert(1)</script>\u202enimda\u0007\r\n\u001b]0;x',
    });
    const page = await signIn(pages.browse());
    expect(page.text).toContain('<dd>&lt;script&gt;alert(1)&lt;/script&gt;nimda ]0;x</dd>');
    expect(page.text).not.toContain('<script>');
    expect((await pages.recorded())[0]?.actor).toBe('<script>alert(1)</script>nimda ]0;x');
  });

  it('leaves nothing in the database or the log by which somebody else could sign in', async () => {
    const browser = pages.browse();
    await browser.open(`${HERE}/sign-in`);
    await browser.submitUntil((url) => url.startsWith(provider.issuer));
    const secrets = [browser.cookie(HOST, HANDSHAKE)?.value ?? 'none'];
    const underWay = JSON.stringify(await pages.sql`select to_json(h) from sign_in_handshake h`);
    const sent = new URL(browser.visited.at(-1) ?? HERE);
    await browser.open(`${HERE}/sign-in`);
    const back = await untilCallback(browser);
    secrets.push(back.searchParams.get('code') ?? 'none', back.searchParams.get('state') ?? 'none');
    await browser.open(back.href, provider.issuer);
    secrets.push(browser.cookie(HOST, SESSION)?.value ?? 'none');
    const kept = `${underWay}${JSON.stringify(await pages.sql`select to_json(s) from user_session s`)}${pages.logged()}`;
    expect(sent.origin).toBe(HERE);
    for (const secret of secrets) {
      expect(secret).toMatch(/^[\w-]{43}$/);
      expect(kept).not.toContain(secret);
      expect(kept).not.toContain(Buffer.from(secret, 'base64url').toString('hex'));
    }
  });
});

describe('nobody is let in', () => {
  /** Opens the address, and expects that it begins no session. */
  async function refused(browser: Browser, url: string, status: number) {
    const page = await browser.open(url, provider.issuer);
    expect(page.status).toBe(status);
    expect(page.text).toContain('<h1>Not signed in</h1>');
    expect(browser.cookie(HOST, SESSION)).toBeUndefined();
    expect(await pages.sql`select name from user_session`).toEqual([]);
    return page;
  }

  it('without a role that is mapped', async () => {
    provider.people.set('bob', { preferred_username: 'Bob', roles: ['staff', 'admin', 'OMOP-ADMINS'] });
    const browser = pages.browse();
    const page = await refused(browser, (await untilCallback(browser, 'bob')).href, 403);
    expect(page.text).toContain('no role here');
    expect(await pages.recorded()).toEqual([
      { actor: 'nobody', action: 'sign-in.refuse', target: 'no-role' },
    ]);
  });

  it('with another state than the one of this browser', async () => {
    const browser = pages.browse();
    const back = await untilCallback(browser);
    back.searchParams.set('state', 'A'.repeat(43));
    await refused(browser, back.href, 403);
  });

  it.each(['<b>Mary Smith</b>', 'access_denied 1952', 'mrn:12', 'x'.repeat(61)])(
    'with an error that is no word of OAuth, which is neither shown nor kept: %s',
    async (error) => {
      const browser = pages.browse();
      const back = await untilCallback(browser);
      back.searchParams.delete('code');
      back.searchParams.set('error', error);
      expect((await refused(browser, back.href, 403)).text).toContain('(unknown)');
      expect(pages.logged()).toContain('"code":"unknown"');
      expect(pages.logged()).not.toContain(`"code":"${error}`);
    },
  );

  it('with an answer without a state', async () => {
    const browser = pages.browse();
    const back = await untilCallback(browser);
    back.searchParams.delete('state');
    await refused(browser, back.href, 403);
  });

  it("with somebody else's answer in a browser that began no sign-in, or another one", async () => {
    const back = await untilCallback(pages.browse());
    await refused(pages.browse(), back.href, 400);
    const other = pages.browse();
    await untilCallback(other);
    await refused(other, back.href, 403);
  });

  it('with an answer that names another issuer, or none although the provider names itself', async () => {
    for (const iss of ['https://evil.example', undefined]) {
      const browser = pages.browse();
      const back = await untilCallback(browser);
      if (iss === undefined) back.searchParams.delete('iss');
      else back.searchParams.set('iss', iss);
      await refused(browser, back.href, 403);
    }
  });

  it('by an answer that was used before, also where the browser kept the cookie', async () => {
    const browser = pages.browse();
    const back = await untilCallback(browser);
    const cookie = browser.cookie(HOST, HANDSHAKE);
    await browser.open(back.href, provider.issuer);
    expect(await pages.sql`delete from user_session returning name`).toHaveLength(1);
    browser.cookies.get(HOST)?.clear();
    if (cookie) browser.cookies.get(HOST)?.set(HANDSHAKE, cookie);
    await refused(browser, back.href, 400);
  });

  it('by a code that the provider has redeemed before', async () => {
    const browser = pages.browse();
    const back = await untilCallback(browser);
    const rows = await pages.sql`select secret_hash, return_to, expires_at from sign_in_handshake`;
    const cookie = browser.cookie(HOST, HANDSHAKE);
    await browser.open(back.href, provider.issuer);
    await pages.sql`delete from user_session`;
    browser.cookies.get(HOST)?.clear();
    if (cookie) browser.cookies.get(HOST)?.set(HANDSHAKE, cookie);
    await pages.sql`insert into sign_in_handshake ${pages.sql(rows)}`;
    const page = await refused(browser, back.href, 403);
    expect(page.text).toContain('(invalid_grant)');
  });

  it('by a sign-in that was left lying, of which nothing stays once another begins', async () => {
    const app = pages.serve();
    await untilCallback(pages.browse(app));
    pages.pass(10 * 60_000);
    await untilCallback(pages.browse(app));
    expect(await pages.sql`select 1 from sign_in_handshake`).toHaveLength(1);
  });

  it('when it took ten minutes, and not a millisecond less', async () => {
    const app = pages.serve();
    const [late, inTime] = [pages.browse(app), pages.browse(app)];
    const [lateBack, back] = [await untilCallback(late), await untilCallback(inTime)];
    pages.pass(10 * 60_000 - 1);
    expect((await inTime.open(back.href, provider.issuer)).text).toContain('<dd>Ada</dd>');
    await pages.sql`delete from user_session`;
    for (const passed of [1, 1000]) {
      pages.pass(passed);
      await refused(late, lateBack.href, 400);
    }
  });

  it('by a server at which nobody signs in through a provider any more, though one is set up for programs', async () => {
    const browser = pages.browse();
    const back = await untilCallback(browser);
    const cookie = browser.cookie(HOST, HANDSHAKE)?.value;
    for (const oidc of [oidcSettings(provider.issuer, { client: undefined, audience: 'ours' }), undefined]) {
      pages.settings.oidc = oidc;
      const app = pages.serve();
      const headers = { cookie: `${HANDSHAKE}=${cookie}` };
      const answer = await app.request(back.href, { headers });
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([400, []]);
      expect(await (await app.request(`${HERE}/sign-in`)).text()).toContain(
        'No identity provider is set up here',
      );
      const pressed = await app.request(`${HERE}/sign-in`, { method: 'POST' });
      expect([pressed.status, pressed.headers.get('location')]).toEqual([303, '/sign-in']);
    }
    expect(await pages.sql`select name from user_session`).toEqual([]);
  });

  it('when the person says no at the provider', async () => {
    const browser = pages.browse();
    await browser.open(`${HERE}/sign-in`);
    await browser.submit();
    const abort = /href="([^"]*\/abort)"/.exec(browser.page.text)?.[1] ?? '';
    const back = await browser.openUntil(new URL(abort, provider.issuer).href, isCallback);
    const page = await refused(browser, back, 403);
    expect(page.text).toContain('(access_denied)');
    expect(page.text).not.toContain('aborted');
  });

  it("by a form on another site's page, nor on a sibling host's", async () => {
    const app = pages.serve();
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://omop.example.org' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const body = new URLSearchParams({ return_to: '/admin' });
      const answer = await app.request(`${HERE}/sign-in`, { method: 'POST', body, headers });
      expect([headers, answer.status, answer.headers.getSetCookie()]).toEqual([headers, 403, []]);
    }
    expect(await pages.sql`select 1 from sign_in_handshake`).toEqual([]);
  });

  it('while the provider cannot be reached, and the server starts without it', async () => {
    pages.settings.oidc = oidcSettings('http://127.0.0.1:9');
    const browser = pages.browse();
    expect((await browser.open(`${HERE}/sign-in`)).status).toBe(200);
    const page = await browser.submit();
    expect([page.status, browser.cookie(HOST, HANDSHAKE)]).toEqual([503, undefined]);
  });
});

describe('a provider that fails', () => {
  it.each([
    ['/token', () => new Response('<html>', { status: 502 })],
    ['/token', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    [
      '/token',
      () => Promise.reject(syncError('network-error', { host: 'id.example', reason: 'ECONNRESET' })),
    ],
    ['/token', () => Promise.reject(new DOMException('It took too long', 'TimeoutError'))],
    ['/me', () => new Response('', { status: 500 })],
    ['/jwks', () => Promise.reject(syncError('network-error', { host: 'id.example', reason: 'ECONNRESET' }))],
  ])('at %s lets nobody in, and is not told of as a refusal', async (path, fail) => {
    pages.settings.between = (ask) => async (input, sent, signal) =>
      input.endsWith(path) ? await fail() : await ask(input, sent, signal);
    const browser = pages.browse();
    const page = await signIn(browser);
    expect([page.status, browser.cookie(HOST, SESSION)]).toEqual([503, undefined]);
    expect(await pages.recorded()).toEqual([]);
  });
});

describe('an ID token', () => {
  /** Signs in while the provider's answer with the tokens is changed on its way. */
  async function withIdToken(change: (token: string, claims: JWTPayload) => Promise<string> | string) {
    pages.settings.between = (ask) => async (input, sent, signal) => {
      const answer = await ask(input, sent, signal);
      if (!input.endsWith('/token') || answer.status !== 200) return answer;
      const body = await answer.json();
      const token = await change(body.id_token, decodeJwt(body.id_token));
      return Response.json({ ...body, id_token: token });
    };
    const browser = pages.browse();
    const page = await signIn(browser);
    return { status: page.status, session: browser.cookie(HOST, SESSION) !== undefined };
  }

  const [ec, rsa] = [() => provider.keys[0], () => provider.keys[1]];
  const LET_IN = { status: 200, session: true };
  const REFUSED = { status: 403, session: false };

  /** Signed by the provider's own key, with these claims changed. */
  const resigned = (changes: Record<string, unknown>) =>
    withIdToken(async (_, claims) => {
      const key = ec();
      if (!key) throw new Error('The provider has no key');
      return await signed(key, { ...claims, ...changes }, { typ: 'JWT' });
    });

  it('is accepted as the provider wrote it', async () => {
    expect(await withIdToken((token) => token)).toEqual(LET_IN);
    expect(await resigned({})).toEqual(LET_IN);
  });

  it.each([
    [{ preferred_username: undefined, email: undefined }],
    [{ roles: undefined }],
    [{ sites: undefined }],
  ])('that lacks what is needed is completed by the userinfo endpoint: %j', async (changes) => {
    pages.settings.oidc = oidcSettings(provider.issuer, { connectionsClaim: 'sites' });
    provider.people.set('ada', { preferred_username: 'Ada', roles: ['omop-operators'], sites: '*' });
    await provider.become({ configuration: { conformIdTokenClaims: false } });
    expect(await resigned(changes)).toEqual(LET_IN);
    await provider.become({});
    expect(await pages.sql`select name, role, connections from user_session`).toEqual([
      { name: 'Ada', role: 'operator', connections: null },
    ]);
  });

  it('that is completed so keeps what it says itself: it is signed, the other answer is not', async () => {
    provider.people.set('ada', { preferred_username: 'Ada', roles: ['omop-operators'] });
    await provider.become({ configuration: { conformIdTokenClaims: false } });
    const own = { preferred_username: undefined, email: undefined, roles: ['omop-readers'] };
    expect(await resigned(own)).toEqual(LET_IN);
    await provider.become({});
    expect(await pages.sql`select name, role from user_session`).toEqual([{ name: 'Ada', role: 'viewer' }]);
  });

  it('is refused with another nonce, issuer or audience, when it expired, or without a subject', async () => {
    const now = Math.floor(Date.now() / 1000);
    for (const changes of [
      { nonce: 'another' },
      { nonce: undefined },
      { iss: 'https://evil.example' },
      { aud: 'another' },
      { aud: [CLIENT_ID, 'another'], azp: 'another' },
      { exp: now - 31 },
      { sub: undefined },
    ]) {
      expect([changes, await resigned(changes)]).toEqual([changes, REFUSED]);
    }
  });

  inLongRun(it)(
    'is refused where its subject is nothing that could be recorded, whatever name it has beside',
    async () => {
      await provider.become({ configuration: { conformIdTokenClaims: false } });
      for (const sub of ['\u0007', ' ', '\u202e'])
        expect([sub, await resigned({ sub })]).toEqual([sub, REFUSED]);
      await provider.become({});
      expect((await pages.recorded()).map(({ target }) => target)).toEqual(Array(3).fill('no-subject'));
    },
  );

  it('is refused where there is none beside the access token', async () => {
    pages.settings.between = (ask) => async (input, sent, signal) => {
      const answer = await ask(input, sent, signal);
      if (!input.endsWith('/token') || answer.status !== 200) return answer;
      const { id_token: _, ...others } = await answer.json();
      return Response.json(others);
    };
    const browser = pages.browse();
    expect([(await signIn(browser)).status, browser.cookie(HOST, SESSION)]).toEqual([403, undefined]);
  });

  it('is refused unsigned, signed by another key, or with the public key as secret', async () => {
    const [key, publicKey] = [ec(), rsa()?.publicKey];
    if (!key || !publicKey) throw new Error('The provider has no keys');
    const pem = new TextEncoder().encode(await exportSPKI(publicKey));
    const header = (alg: string) => base64url.encode(JSON.stringify({ alg, typ: 'JWT' }));
    const body = (token: string) => token.split('.')[1] ?? '';
    const last = (token: string) => (token.endsWith('AA') ? 'BB' : 'AA');
    expect(await withIdToken((token) => `${header('none')}.${body(token)}.`)).toEqual(REFUSED);
    expect(
      await withIdToken((_, claims) =>
        new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'rsa-1' }).sign(pem),
      ),
    ).toEqual(REFUSED);
    expect(await withIdToken((token) => token.slice(0, -40) + last(token) + token.slice(-38))).toEqual(
      REFUSED,
    );
  });
});
