import { afterAll, describe, expect, it } from 'vitest';
import { unfit, unfitWithin } from '../../app/http/fit-text.ts';
import { CONNECTIONS, startApi, TOKEN } from '../routes/api.ts';

const api = await startApi();
afterAll(() => api.close());

const control = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).filter(
  (one) => !/[\t\n\r\x20-\x7e]/.test(one),
);

describe('text of a request', () => {
  it('is unfit with any control character or half a character, and with nothing else', () => {
    expect(control).toHaveLength(62);
    expect(control.filter((one) => unfit(`a${one}b`) === undefined)).toEqual([]);
    for (const half of ['\ud800', '\udc00', 'a\udfffb', '\udc00\ud800']) expect(unfit(half)).toMatch(/half/);
    for (const fit of ['', 'a\tb\r\nc', 'Zoë 😀 שלום 東京', '\u00a0\u200f\u2028\ufffd']) {
      expect(unfit(fit)).toBeUndefined();
    }
  });

  it('is looked at in names and values at any depth, and not deeper than is sane', () => {
    expect(unfitWithin({ a: [{ b: 'x\0' }] })).toBe('U+0000');
    expect(unfitWithin({ a: [{ 'b\0': 1 }] })).toBe('U+0000');
    expect(unfitWithin({ a: [1, null, true, { b: ['fit'] }] })).toBeUndefined();
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(unfitWithin(nested(64))).toBeUndefined();
    expect(unfitWithin(nested(65))).toBe('more than 64 levels');
    expect(unfitWithin(nested(200_000))).toBe('more than 64 levels');
  });

  it.each([
    ['GET', '/api/v1/vocabulary/search?q=%00'],
    ['GET', '/api/v1/vocabulary/search?q=a%1Bb'],
    ['GET', '/api/v1/vocabulary/search?%00=a'],
    ['GET', `${CONNECTIONS}/1/failures?resource_type=%00`],
    ['GET', `${CONNECTIONS}/1/failures?resource_type=x&resource_type=%7F`],
    ['GET', `${CONNECTIONS}/%00`],
    ['GET', `${CONNECTIONS}/%2500`],
  ])('in path or query is refused: %s %s', async (method, path) => {
    const answer = await api.call(method, path);
    expect(answer).toMatchObject({
      status: 400,
      json: { code: expect.stringMatching(/^(text-refused|invalid-request)$/) },
    });
  });

  it.each([`${CONNECTIONS}/%00`, `${CONNECTIONS}/1%1B`, '/api/v1/vocabulary/search?q=a&%00=a'])(
    'is refused before any operation reads it: %s',
    async (path) => {
      expect((await api.call('GET', path)).json).toMatchObject({ status: 400, code: 'text-refused' });
    },
  );

  it.each([
    ['POST', CONNECTIONS, '{"site_name":"a\\u0000b","site_key":"x"}'],
    ['POST', CONNECTIONS, '{"site_name":"a\\ud800b","site_key":"x"}'],
    ['POST', CONNECTIONS, '{"site_name":"a\\u001b]0;b","site_key":"x"}'],
    ['PUT', `${CONNECTIONS}/1`, '{"sync_config":{"type_filters":["\\u0007"]}}'],
    ['POST', `${CONNECTIONS}/1/purges`, '{"patient_id":"p","reason":"a\\u0000"}'],
  ])('in a body is refused: %s %s %s', async (method, path, body) => {
    const answer = await api.send(method, path, {
      ...{ token: TOKEN, body },
      headers: { 'content-type': 'application/json' },
    });
    expect(answer).toMatchObject({ status: 400, json: { code: 'text-refused' } });
    expect(unfit(answer.text)).toBeUndefined();
  });

  it('may have line ends, as a key in PEM has', async () => {
    const answer = await api.call('POST', CONNECTIONS, {
      ...{ site_name: 'Zoë\t東京', site_key: 'lines', private_key_pem: '-----BEGIN\r\nno key\n-----END' },
    });
    expect(answer.json).toMatchObject({ code: 'private-key-invalid' });
  });

  it('is still too large when it is sent in pieces', async () => {
    const pieces = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 20; n++) controller.enqueue(new TextEncoder().encode(' '.repeat(100_000)));
        controller.close();
      },
    });
    const init = {
      ...{ method: 'POST', body: pieces, duplex: 'half' as const },
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    };
    const response = await api.app.request(CONNECTIONS, init);
    expect(response.status).toBe(413);
  });
});
