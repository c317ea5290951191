/** Sessions: what a cookie is good for, until when, and in whose requests. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../app/app-env.ts';
import { endSessionInTx } from '../../app/auth/session.ts';
import { makeSignInCode } from '../../app/auth/sign-in-code.ts';
import { inLongRun } from '../long-run.ts';
import { CONNECTIONS } from '../routes/api.ts';
import type { Browser } from './browser.ts';
import { HERE, startPages, type TestPages } from './pages.ts';

const SESSION = '__Host-fos-session';
const HOST = new URL(HERE).hostname;
const MINUTE = 60_000;

let pages: TestPages;
let app: App;

beforeAll(async () => {
  pages = await startPages();
});
afterAll(async () => await pages.close());
beforeEach(async () => {
  pages.settings.publicUrl = HERE;
  app = pages.serve();
  await pages.sql`truncate user_session, sign_in_code`;
  await pages.forgetRecorded();
});

const idOf = (browser: Browser) => browser.cookie(HOST, SESSION)?.value ?? 'none';
const csrfOf = (browser: Browser) => /name="csrf" value="([^"]+)"/.exec(browser.page.text)?.[1] ?? 'none';

/** Asks with the cookie of the session and these headers, as a program that stole it could. */
async function ask(
  path: string,
  session: string,
  init: RequestInit & { headers?: Record<string, string> } = {},
) {
  const headers = { cookie: `${SESSION}=${session}`, ...init.headers };
  return await app.request(`${HERE}${path}`, { ...init, headers });
}

const create = (session: string, headers: Record<string, string>) =>
  ask(CONNECTIONS, session, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{}',
  });

describe('a one-time address', () => {
  it('shows a button, so that whoever only looks at it does not use it up', async () => {
    const code = await makeSignInCode(pages.sql, pages.now());
    for (const method of ['GET', 'HEAD']) {
      const answer = await app.request(`${HERE}/sign-in?code=${code}`, { method });
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []]);
    }
    const browser = pages.browse(app);
    await browser.open(`${HERE}/sign-in?code=${code}`);
    const page = await browser.submit();
    expect([page.url, page.status]).toEqual([`${HERE}/admin`, 200]);
    expect(page.text).toContain('<dd>admin</dd>');
    expect(browser.cookie(HOST, SESSION)?.flags).toBe('; Path=/; HttpOnly; Secure; SameSite=Strict');
    expect(await pages.recorded()).toEqual([
      { actor: 'first-start', action: 'sign-in', target: 'first-start' },
    ]);
  });

  it('signs in once, within its time', async () => {
    const code = await makeSignInCode(pages.sql, pages.now());
    const old = await makeSignInCode(pages.sql, pages.now());
    const statuses = [];
    for (const given of [code, code, 'never-made', '']) {
      const browser = pages.browse(app);
      await browser.open(`${HERE}/sign-in?code=${given}`);
      statuses.push((await browser.submit()).status);
    }
    pages.pass(15 * MINUTE);
    const late = pages.browse(app);
    await late.open(`${HERE}/sign-in?code=${old}`);
    statuses.push((await late.submit()).status);
    expect(statuses).toEqual([200, 403, 403, 403, 403]);
  });

  it("is not used up by another site's form", async () => {
    const code = await makeSignInCode(pages.sql, pages.now());
    const body = new URLSearchParams({ code });
    const foreign = await app.request(`${HERE}/sign-in`, {
      ...{ method: 'POST', body },
      headers: { origin: 'https://evil.example' },
    });
    expect([foreign.status, foreign.headers.getSetCookie()]).toEqual([403, []]);
    expect(await pages.sql`select 1 from sign_in_code`).toHaveLength(1);
  });

  it('shows what it was given as plain text', async () => {
    const answer = await app.request(
      `${HERE}/sign-in?code=${encodeURIComponent('"><script>alert(1)</script>')}`,
    );
    expect(await answer.text()).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
  });
});

describe('a session', () => {
  it('begins under an id that the server chose, and ends the one that was there', async () => {
    const planted = pages.browse(app);
    const fixed = 'A'.repeat(43);
    planted.cookies.set(HOST, new Map([[SESSION, { name: SESSION, value: fixed, flags: '' }]]));
    await planted.open(`${HERE}/sign-in?code=${await makeSignInCode(pages.sql, pages.now())}`);
    await planted.submit();
    const first = idOf(planted);
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(first).not.toBe(fixed);
    expect((await ask('/admin', fixed)).status).toBe(303);

    await planted.open(`${HERE}/sign-in?code=${await makeSignInCode(pages.sql, pages.now())}`);
    await planted.submit();
    expect(idOf(planted)).not.toBe(first);
    expect((await ask('/admin', first)).status).toBe(303);
    expect((await ask('/admin', idOf(planted))).status).toBe(200);
  });

  it('ends when nothing was asked for half an hour, and not before', async () => {
    const [idle, active] = [await pages.signedIn(app), await pages.signedIn(app)];
    for (let minutes = 0; minutes < 60; minutes += 29) {
      expect((await ask('/admin', idOf(active))).status).toBe(200);
      pages.pass(29 * MINUTE);
    }
    expect((await ask('/admin', idOf(active))).status).toBe(200);
    expect((await ask('/admin', idOf(idle))).status).toBe(303);
    expect((await ask(CONNECTIONS, idOf(idle))).status).toBe(401);
    pages.pass(30 * MINUTE);
    expect((await ask(CONNECTIONS, idOf(active))).status).toBe(401);
  });

  inLongRun(it)('ends after twelve hours, whatever was asked', async () => {
    const browser = await pages.signedIn(app);
    for (let minutes = 20; minutes < 720; minutes += 20) {
      pages.pass(20 * MINUTE);
      expect([minutes, (await ask('/admin', idOf(browser))).status]).toEqual([minutes, 200]);
    }
    pages.pass(20 * MINUTE);
    expect((await ask('/admin', idOf(browser))).status).toBe(303);
  });

  it('ends as the settings say, where they say something else', async () => {
    pages.settings.times = { idleMs: 5 * MINUTE, longestMs: 9 * MINUTE };
    const strict = pages.serve();
    delete pages.settings.times;
    const statusOf = async (browser: Browser) =>
      (await strict.request(`${HERE}/admin`, { headers: { cookie: `${SESSION}=${idOf(browser)}` } })).status;
    const [idle, active] = [await pages.signedIn(strict), await pages.signedIn(strict)];
    pages.pass(5 * MINUTE - 1);
    expect(await statusOf(active)).toBe(200);
    pages.pass(1);
    expect([await statusOf(idle), await statusOf(active)]).toEqual([303, 200]);
    // Those that have ended by it are let go.
    await pages.signedIn(strict);
    expect(await pages.sql`select 1 from user_session`).toHaveLength(2);
    pages.pass(4 * MINUTE - 1);
    expect(await statusOf(active)).toBe(200);
    pages.pass(1);
    expect(await statusOf(active)).toBe(303);
  });

  it('is removed from the database after its end, at the next sign-in', async () => {
    await pages.signedIn(app);
    pages.pass(30 * MINUTE);
    const idle = await pages.signedIn(app);
    expect(await pages.sql`select 1 from user_session`).toHaveLength(1);
    await pages.sql`update user_session set seen_at = ends_at`;
    pages.pass(12 * 60 * MINUTE);
    await pages.signedIn(app);
    expect((await ask('/admin', idOf(idle))).status).toBe(303);
    expect(await pages.sql`select 1 from user_session`).toHaveLength(1);
  });

  it('is noted as seen to the minute, so that not every request writes', async () => {
    const browser = await pages.signedIn(app);
    const seen = async () =>
      (await pages.sql<{ seen_at: Date }[]>`select seen_at from user_session`)[0]?.seen_at;
    const before = await seen();
    pages.pass(MINUTE - 1);
    await ask('/admin', idOf(browser));
    expect(await seen()).toEqual(before);
    pages.pass(1);
    await ask('/admin', idOf(browser));
    expect(await seen()).not.toEqual(before);
  });

  it('is nothing under a cookie that is unknown, short, or has another name', async () => {
    const browser = await pages.signedIn(app);
    const id = idOf(browser);
    const other = `${id.startsWith('A') ? 'B' : 'A'}${id.slice(1)}`;
    for (const given of [other, id.slice(1), '', `${id} `.repeat(2)]) {
      expect((await ask(CONNECTIONS, given)).status).toBe(401);
    }
    const unprefixed = await app.request(`${HERE}${CONNECTIONS}`, {
      headers: { cookie: `fos-session=${id}` },
    });
    expect(unprefixed.status).toBe(401);
    expect((await ask(CONNECTIONS, id)).status).toBe(200);
  });

  it('counts for nothing beside another credential', async () => {
    const browser = await pages.signedIn(app);
    const answer = await ask(CONNECTIONS, idOf(browser), { headers: { authorization: 'Bearer wrong' } });
    expect(answer.status).toBe(401);
  });

  it('goes on from an address from which others have guessed: nobody guesses the id', async () => {
    const id = idOf(await pages.signedIn(app));
    const from = async (headers: Record<string, string>) => {
      const env = { incoming: { socket: { remoteAddress: '203.0.113.7' } } };
      return (await app.request(`${HERE}${CONNECTIONS}`, { headers }, env)).status;
    };
    for (let n = 0; n < 6; n++) expect(await from({ authorization: `Bearer wrong-${n}` })).toBe(401);
    expect(await from({ authorization: 'Bearer wrong' })).toBe(429);
    expect(await from({ cookie: `${SESSION}=${id}` })).toBe(200);
  });

  it('lets the API know who acts', async () => {
    const browser = await pages.signedIn(app);
    await browser.open(`${HERE}/admin`);
    expect((await create(idOf(browser), { 'x-csrf-token': csrfOf(browser) })).status).toBe(400);
    expect(pages.logged()).toContain('"actor":"first-start"');
  });
});

describe('the cookie of a session', () => {
  it.each([
    ['http://127.0.0.1:8080', undefined, 'fos-session', false],
    ['http://[::1]:8080', undefined, 'fos-session', false],
    ['https://127.0.0.1:8443', 'https://127.0.0.1:8443', SESSION, true],
    ['http://127.0.0.1:8080', 'https://omop.example.org', SESSION, true],
    ['http://omop.example.org', undefined, SESSION, true],
    ['https://omop.example.org', undefined, SESSION, true],
  ])('asked for at %s with PUBLIC_URL %s is %s, by TLS: %s', async (at, publicUrl, name, secure) => {
    pages.settings.publicUrl = publicUrl;
    const body = new URLSearchParams({ code: await makeSignInCode(pages.sql, pages.now()) });
    const answer = await pages.serve().request(`${at}/sign-in`, { method: 'POST', body });
    const [cookie = ''] = answer.headers.getSetCookie();
    expect([cookie.split('=')[0], cookie.includes('; Secure')]).toEqual([name, secure]);
  });
});

describe('a request with the cookie of a session', () => {
  it("changes something only with the token of this session's pages", async () => {
    const [mine, other] = [await pages.signedIn(app), await pages.signedIn(app)];
    await mine.open(`${HERE}/admin`);
    await other.open(`${HERE}/admin`);
    const token = csrfOf(mine);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(csrfOf(other)).not.toBe(token);
    const wrong = `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`;
    for (const given of [
      {},
      ...['', csrfOf(other), wrong, idOf(mine)].map((it) => ({ 'x-csrf-token': it })),
    ]) {
      const answer = await create(idOf(mine), given);
      expect([given, answer.status]).toEqual([given, 403]);
    }
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      expect([method, (await ask(`${CONNECTIONS}/1`, idOf(mine), { method })).status]).toEqual([method, 403]);
    }
    // The body is refused, so the request was let in.
    expect((await create(idOf(mine), { 'x-csrf-token': token })).status).toBe(400);
  });

  it('counts only from our own pages, whatever it asks for', async () => {
    const browser = await pages.signedIn(app);
    await browser.open(`${HERE}/admin`);
    const token = { 'x-csrf-token': csrfOf(browser) };
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'https://omop.example.org:8443' },
      { origin: 'http://omop.example.org' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      expect([headers, (await create(idOf(browser), { ...token, ...headers })).status]).toEqual([
        headers,
        403,
      ]);
      expect([headers, (await ask(CONNECTIONS, idOf(browser), { headers })).status]).toEqual([headers, 403]);
    }
    const typed = { 'sec-fetch-site': 'none' };
    expect((await ask(CONNECTIONS, idOf(browser), { headers: typed })).status).toBe(200);
    const own = { origin: HERE, 'sec-fetch-site': 'same-origin' };
    expect((await create(idOf(browser), { ...token, ...own })).status).toBe(400);
    expect((await ask(CONNECTIONS, idOf(browser), { headers: own })).status).toBe(200);
  });

  it('is compared with the host that it names where PUBLIC_URL is not set', async () => {
    pages.settings.publicUrl = undefined;
    const local = pages.serve();
    const browser = await pages.signedIn(local);
    const cookie = `fos-session=${browser.cookie('127.0.0.1', 'fos-session')?.value}`;
    const from = async (origin: string) =>
      (await local.request(`http://127.0.0.1:8080${CONNECTIONS}`, { headers: { cookie, origin } })).status;
    expect(await from('http://127.0.0.1:8080')).toBe(200);
    expect(await from('https://127.0.0.1:8080')).toBe(200);
    expect(await from('http://127.0.0.1:9090')).toBe(403);
    expect(await from('http://localhost:8080')).toBe(403);
  });
});

describe('signing out', () => {
  it('ends the session at the server, also for whoever kept the cookie', async () => {
    const browser = await pages.signedIn(app);
    const kept = idOf(browser);
    await browser.open(`${HERE}/admin`);
    const page = await browser.submit();
    expect([page.status, page.url]).toEqual([200, `${HERE}/sign-out`]);
    expect(page.text).toContain('<h1>Signed out</h1>');
    expect(browser.cookie(HOST, SESSION)).toBeUndefined();
    expect((await ask('/admin', kept)).status).toBe(303);
    expect((await pages.recorded()).map((one) => [one.actor, one.action])).toEqual([
      ['first-start', 'sign-in'],
      ['first-start', 'sign-out'],
    ]);
  });

  it('needs the token of this session, and a form of our own page', async () => {
    const [mine, other] = [await pages.signedIn(app), await pages.signedIn(app)];
    await mine.open(`${HERE}/admin`);
    await other.open(`${HERE}/admin`);
    const signOut = async (csrf: string | undefined, headers: Record<string, string> = {}) => {
      const body = new URLSearchParams(csrf === undefined ? {} : { csrf });
      return (await ask('/sign-out', idOf(mine), { method: 'POST', body, headers })).status;
    };
    expect(await signOut(undefined)).toBe(403);
    expect(await signOut(csrfOf(other))).toBe(403);
    expect(await signOut(csrfOf(mine), { origin: 'https://evil.example' })).toBe(403);
    expect((await ask('/admin', idOf(mine))).status).toBe(200);
    expect(await signOut(csrfOf(mine))).toBe(200);
    expect((await ask('/admin', idOf(mine))).status).toBe(303);
    expect((await ask('/admin', idOf(other))).status).toBe(200);
    expect((await ask('/sign-out', idOf(mine))).status).toBe(405);
  });
});

describe('a form that cannot be read', () => {
  it.each([
    ['multipart/form-data; boundary=x', 'hello'],
    ['multipart/form-data', 'hello'],
    ['multipart/form-data; boundary=x', ''],
  ])('%s with "%s" is refused, and changes nothing', async (type, body) => {
    const browser = await pages.signedIn(app);
    const send = (path: string, headers: Record<string, string> = {}) =>
      ask(path, idOf(browser), { method: 'POST', body, headers: { 'content-type': type, ...headers } });
    expect([(await send('/sign-in')).status, (await send('/sign-out')).status]).toEqual([400, 400]);
    expect((await ask('/admin', idOf(browser))).status).toBe(200);
  });
});

describe('signing out without a session', () => {
  it('is nothing that another site can have a browser do, which would lose its cookie', async () => {
    const foreign = await app.request(`${HERE}/sign-out`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    });
    expect([foreign.status, foreign.headers.get('set-cookie')]).toEqual([403, null]);
  });

  it('is done already', async () => {
    const answer = await app.request(`${HERE}/sign-out`, { method: 'POST', headers: { origin: HERE } });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<h1>Signed out</h1>');
    expect(await pages.recorded()).toEqual([]);
    const ended = await pages.sql.begin((tx) => endSessionInTx(tx, 'of nobody'));
    expect(ended).toBe(false);
  });
});

describe('the pages', () => {
  it('know who is signed in also when a link on another site leads there, and ask once', async () => {
    const browser = await pages.signedIn(app);
    const page = await browser.open(`${HERE}/admin`, 'https://mail.example');
    expect(page.text).toContain('<dd>first-start</dd>');
    const nobody = await pages.browse(app).open(`${HERE}/admin`, 'https://mail.example');
    expect(nobody.url).toBe(`${HERE}/sign-in?return_to=%2Fadmin`);
  });

  it('of the sign-in run no script, and name their one style by its hash', async () => {
    const browser = await pages.signedIn(app);
    for (const path of ['/sign-in', '/sign-in/callback']) {
      const answer = await ask(path, idOf(browser));
      expect(answer.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
      expect(answer.headers.get('referrer-policy')).toBe('same-origin');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await answer.text()).not.toMatch(/<script|style="|\son\w+=/);
    }
  });

  it('say how to sign in where no identity provider is set up', async () => {
    const answer = await app.request(`${HERE}/sign-in`);
    expect(await answer.text()).toContain('npm run cli -- tokens sign-in');
    expect((await app.request(`${HERE}/sign-in`, { method: 'POST' })).status).toBe(303);
    expect((await app.request(`${HERE}/sign-in/callback?code=a&state=b`)).status).toBe(400);
  });

  it('take a form of sixteen kibibytes, and none that is a byte larger', async () => {
    for (const path of ['/sign-in', '/sign-out']) {
      for (const [length, tooLarge] of [
        [16_384, false],
        [16_385, true],
      ] as const) {
        const body = 'code='.padEnd(length, 'x');
        const headers = {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': String(length),
        };
        const answer = await app.request(`${HERE}${path}`, { method: 'POST', body, headers });
        expect([path, length, answer.status === 413]).toEqual([path, length, tooLarge]);
        if (!tooLarge) continue;
        const text = await answer.text();
        expect(text).toContain('<h1>Not signed in</h1>');
        expect(text).toContain('The form is too large.');
      }
    }
  });
});
