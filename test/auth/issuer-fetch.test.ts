/** What is sent to the identity provider for the library, and what of an answer the library is given. */
import { describe, expect, it } from 'vitest';
import { type AskIssuer, issuerFetch } from '../../app/auth/issuer-fetch.ts';

const URL = 'https://id.example/token';
const FORM = 'application/x-www-form-urlencoded';

async function through(
  answer: Response,
  given: { method: string; body?: URLSearchParams; headers?: object },
) {
  const sent: Parameters<AskIssuer>[] = [];
  const ask: AskIssuer = async (...request) => {
    sent.push(request);
    return answer;
  };
  const { signal } = new AbortController();
  const headers = { accept: 'application/json', ...given.headers } as Record<string, string>;
  const options = { method: given.method, headers, body: given.body, redirect: 'manual', signal } as const;
  return { got: await issuerFetch(ask)(URL, options), sent, signal };
}

describe('a request of the library', () => {
  it('is sent as it is, a form as a form', async () => {
    const body = new URLSearchParams({ code: 'a b', state: '&' });
    const { sent, signal } = await through(new Response('{}'), { method: 'POST', body });
    const headers = { accept: 'application/json', 'content-type': FORM };
    expect(sent).toEqual([[URL, { method: 'POST', headers, body: 'code=a+b&state=%26' }, signal]]);
    expect(sent[0]?.[2]).toBe(signal);
  });

  it('keeps the type that it says itself, and has none without a body', async () => {
    const own = { 'content-type': `${FORM};charset=UTF-8` };
    const form = await through(new Response(), { method: 'POST', body: new URLSearchParams(), headers: own });
    expect(form.sent[0]?.[1].headers).toEqual({ accept: 'application/json', ...own });
    const none = await through(new Response(), { method: 'GET' });
    expect(none.sent[0]?.[1]).toEqual({
      method: 'GET',
      headers: { accept: 'application/json' },
      body: undefined,
    });
  });
});

describe('the answer that the library is given', () => {
  it('has status, text, and of the headers those two that it reads', async () => {
    const headers = { 'content-type': 'application/json', 'www-authenticate': 'Basic', 'set-cookie': 'a=b' };
    for (const status of [200, 203, 206, 303, 401]) {
      const { got } = await through(new Response('{"a":"ä"}', { status, headers }), { method: 'GET' });
      const { 'set-cookie': _, ...kept } = headers;
      expect([got.status, await got.text(), Object.fromEntries(got.headers)]).toEqual([
        status,
        '{"a":"ä"}',
        kept,
      ]);
    }
  });

  it.each([204, 205, 304])('has no text with the status %i', async (status) => {
    const { got } = await through(new Response(null, { status }), { method: 'GET' });
    expect([got.status, got.body, [...got.headers]]).toEqual([status, null, []]);
  });
});
