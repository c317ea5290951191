import { afterAll, describe, expect, it } from 'vitest';
import { answerOf, CONNECTIONS, startApi, TOKEN } from './api.ts';

const api = await startApi();
afterAll(() => api.close());

const request = async (path: string, init: RequestInit = {}) => answerOf(await api.app.request(path, init));
const authorization = `Bearer ${TOKEN}`;
const json = { authorization, 'content-type': 'application/json' };

describe('the admin API', () => {
  it.each([undefined, 'Bearer wrong', `Basic ${TOKEN}`, 'Bearer', `Bearer ${TOKEN}x`])(
    'answers 401 to %s',
    async (given) => {
      const headers: Record<string, string> = given === undefined ? {} : { authorization: given };
      const answer = await request(CONNECTIONS, { headers });
      expect(answer).toMatchObject({ status: 401, json: { code: 'unauthorized' } });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    },
  );

  it('asks for the token before it says whether a path is there', async () => {
    expect((await request('/api/v1/admin/nothing')).status).toBe(401);
    expect((await request('/api/v1/admin/nothing', { headers: { authorization } })).json).toMatchObject({
      status: 404,
      code: 'not-found',
    });
  });

  it('answers 405 with the methods there are', async () => {
    const answer = await request(CONNECTIONS, { method: 'PATCH', headers: { authorization } });
    expect(answer).toMatchObject({ status: 405, json: { code: 'method-not-allowed' } });
    expect(answer.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(['GET', 'POST']));
  });

  it('answers 400 to a body that is no JSON, 415 to one of another kind, 413 to one that is too large', async () => {
    const send = (body: string, headers: Record<string, string>) =>
      request(CONNECTIONS, { method: 'POST', body, headers: { authorization, ...headers } });
    expect((await send('{"site_name":', json)).json).toMatchObject({ status: 400, code: 'malformed-json' });
    expect((await send('', json)).json).toMatchObject({ status: 400 });
    expect((await send('[]', json)).json).toMatchObject({ status: 400, code: 'invalid-request' });
    expect((await send('a=b', { 'content-type': 'application/x-www-form-urlencoded' })).json).toMatchObject({
      status: 415,
      code: 'unsupported-media-type',
    });
    expect((await send('{}', { 'content-type': 'text/plain' })).status).toBe(415);
    const large = JSON.stringify({ site_name: 'x'.repeat(1024 * 1024) });
    expect((await send(large, json)).json).toMatchObject({ status: 413, code: 'body-too-large' });
  });

  it('answers every problem in one form, with the id that finds it in the log', async () => {
    const answer = await request(`${CONNECTIONS}/abc`, {
      headers: { authorization, 'x-request-id': 'my-request' },
    });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const id = answer.headers.get('x-request-id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.json).toEqual({
      type: 'urn:fhir-omop-sync:problem:invalid-request',
      title: expect.any(String),
      status: 400,
      code: 'invalid-request',
      detail: expect.stringContaining('id: '),
      request_id: id,
      errors: [{ path: 'id', message: expect.any(String) }],
    });
    expect(api.logged()).toContain(`"request_id":"${id}","callers_request_id":"my-request"`);
  });

  it('logs the path of a request without its query', async () => {
    await request(`${CONNECTIONS}?limit=1&secret=in-the-query`, { headers: { authorization } });
    expect(api.logged()).toContain(`"path":"${CONNECTIONS}"`);
    expect(api.logged()).not.toContain('in-the-query');
  });

  it('takes over no id that the caller chose, and logs it bounded and cleaned', async () => {
    const given = `a\u001b[31m"b"${'c'.repeat(200)}`.replace('\u001b', '%1B');
    const answer = await request('/healthz', { headers: { 'x-request-id': given } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(api.logged()).toContain(`"callers_request_id":"a1B31mb${'c'.repeat(89)}"`);
  });

  it('sends the headers that keep browsers and caches in check, with errors too', async () => {
    for (const { headers } of [
      await request('/healthz'),
      await request(CONNECTIONS),
      await request('/api/v1/admin/nowhere', { headers: { authorization } }),
      await request(CONNECTIONS, { headers: { authorization } }),
    ]) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy':
          "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'x-permitted-cross-domain-policies': 'none',
        'permissions-policy': 'camera=(), geolocation=(), microphone=()',
        'cache-control': 'no-store',
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(headers.get('strict-transport-security')).toBeNull();
    }
  });

  it('has browsers keep to TLS for a year where it is spoken', async () => {
    const { headers } = await api.send('GET', '/healthz', { address: '127.0.0.1', encrypted: true });
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
  });

  it('is alive, ready and documented without a token', async () => {
    expect(await request('/healthz')).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect(await request('/readyz')).toMatchObject({ status: 200, json: { status: 'ready' } });
    expect((await request('/openapi.json')).json).toMatchObject({ openapi: '3.1.0' });
  });
});

describe('when the database is gone', () => {
  it('requests answer 500 without a reason, the log has it, and readyz answers 503', async () => {
    const broken = await startApi();
    await broken.sql`alter table connection rename column site_name to moved_away`;
    const answer = await broken.call('GET', CONNECTIONS);
    expect(answer.json).toMatchObject({ status: 500, code: 'internal-error' });
    expect(answer.text).not.toMatch(/site_name|column|select/);
    expect(broken.logged()).toContain('postgres-42703');
    await broken.sql.end();
    expect(await answerOf(await broken.app.request('/readyz'))).toMatchObject({
      status: 503,
      json: { code: 'not-ready' },
    });
    await broken.close();
  });
});
