/** What is asked of the identity provider, to check programs' access tokens by, and how often. */
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { syncError } from '../../jobs/step/errors.ts';
import { inLongRun } from '../long-run.ts';
import { startProgram } from './program.ts';
import { newKey, signed } from './provider.ts';

const program = await startProgram();
const { provider, pages, serve, ask, statusOf, seconds, claims, keyOf, mint } = program;
afterAll(() => program.close());
beforeEach(() => serve());

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
    program.serveAsSet();
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
    program.serveAsSet();
    expect(await statusOf(await mint())).toBe(503);
    pages.settings.between = () => () =>
      Promise.reject(syncError('network-unreachable', { host: 'provider', reason: 'ECONNREFUSED' }));
    program.serveAsSet();
    expect(await statusOf(await mint())).toBe(503);
  });

  it('are taken from no answer larger than half a megabyte', async () => {
    pages.settings.between = (ask) => async (input, sent, signal) =>
      input.endsWith('/jwks')
        ? new Response(`{"keys":[]}${' '.repeat(600_000)}`)
        : await ask(input, sent, signal);
    program.serveAsSet();
    expect(await statusOf(await mint())).toBe(503);
    expect(pages.logged()).toContain('"code":"jwks:answer-too-large"');
  });

  inLongRun(it)('are a hundred at most', async () => {
    let unused = 98;
    pages.settings.between = (ask) => async (input, sent, signal) => {
      const answer = await ask(input, sent, signal);
      if (!input.endsWith('/jwks')) return answer;
      const { keys } = await answer.json();
      return Response.json({ keys: [...keys, ...Array.from({ length: unused }, () => ({ kty: 'oct' }))] });
    };
    program.serveAsSet();
    expect(await statusOf(await mint())).toBe(200);
    unused = 99;
    program.serveAsSet();
    expect(await statusOf(await mint())).toBe(503);
  });

  inLongRun(it)(
    'are asked for as JSON, at the address that the provider names, and nowhere where it names none',
    async () => {
      const asked: unknown[] = [];
      let named = true;
      pages.settings.between = (ask) => async (input, sent, signal) => {
        if (input.endsWith('/jwks')) asked.push(sent);
        const answer = await ask(input, sent, signal);
        if (!input.includes('/.well-known/') || named) return answer;
        const { jwks_uri: _, ...others } = await answer.json();
        return Response.json(others);
      };
      program.serveAsSet();
      expect(await statusOf(await mint())).toBe(200);
      expect(asked).toEqual([{ method: 'GET', headers: { accept: 'application/json' }, body: undefined }]);
      named = false;
      program.serveAsSet();
      expect(await statusOf(await mint())).toBe(503);
      expect(asked).toHaveLength(1);
      expect(pages.logged()).toContain('"code":"no-jwks-uri"');
    },
  );

  it('are taken from no provider that calls itself otherwise', async () => {
    pages.settings.between = (ask) => async (input, sent, signal) => {
      const answer = await ask(input, sent, signal);
      if (!input.includes('/.well-known/')) return answer;
      return Response.json({ ...(await answer.json()), issuer: 'https://evil.example' });
    };
    program.serveAsSet();
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
    program.serveAsSet();
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
