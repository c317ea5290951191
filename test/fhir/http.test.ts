import { afterAll, describe, expect, it } from 'vitest';
import { describeErrorBody } from '../../jobs/fhir/error-body.ts';
import { checkUrl, readText, send, under } from '../../jobs/fhir/http.ts';
import { readRetryAfter } from '../../jobs/fhir/retry-after.ts';
import { LOOPBACK, outbound } from '../outbound/local.ts';
import { startServer } from './server.ts';

const http = { outbound, reach: { networks: LOOPBACK, hosts: [] } };
const server = await startServer();
afterAll(() => server.close());

describe('a request', () => {
  it('does not follow redirects', async () => {
    server.on('/redirect', { status: 307, headers: { location: `${server.url}/elsewhere` } });
    const response = await send(`${server.url}/redirect`, { headers: { authorization: 'Bearer x' } }, http);
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe(`${server.url}/elsewhere`);
    expect(server.seen.map((request) => request.path)).toEqual(['/redirect']);
  });

  it('tells the host and the reason when it fails, not the signed URL', async () => {
    const gone = await startServer();
    await gone.close();
    const error = await send(`${gone.url}/file?sig=s3cret`, {}, http).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'network-unreachable', sort: 'retry' });
    expect(String(error)).toContain('ECONNREFUSED');
    expect(String(error)).not.toContain('s3cret');
  });

  it.each([
    'ftp://ehr.example/',
    'nonsense',
    'https://user:pass@ehr.example/',
    'http://ehr.example/',
    'http://127.0.0.1.evil.example/',
  ])('is refused for %s', (url) => {
    expect(() => checkUrl(url, false)).toThrow(expect.objectContaining({ sort: 'give-up' }));
  });

  it.each(['https://ehr.example/', 'http://localhost:1/', 'http://127.0.0.1/', 'http://[::1]:8080/'])(
    'may go to %s',
    (url) => {
      expect(checkUrl(url, false).href).toBe(new URL(url).href);
    },
  );

  it('stops reading a body that is too large, or that never ends', async () => {
    server.on('/large', { text: 'x'.repeat(5000) });
    await expect(readText(await send(`${server.url}/large`, {}, http), 1000)).rejects.toMatchObject({
      code: 'answer-too-large',
    });
    server.on('/endless', { raw: (response) => void response.writeHead(200).write('x') });
    await expect(readText(await send(`${server.url}/endless`, {}, http), 1000, 50)).rejects.toMatchObject({
      code: 'network-timeout',
    });
    server.on('/broken', {
      raw: (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('x', () => response.destroy());
      },
    });
    await expect(readText(await send(`${server.url}/broken`, {}, http), 1000)).rejects.toMatchObject({
      code: 'network-error',
      sort: 'retry',
    });
  });

  it.each([
    ['https://a.example', 'metadata', 'https://a.example/metadata'],
    ['https://a.example/x/fhir/', '/metadata', 'https://a.example/x/fhir/metadata'],
    [
      'https://a.example/fhir?tenant=7',
      '.well-known/smart-configuration',
      'https://a.example/fhir/.well-known/smart-configuration?tenant=7',
    ],
  ])('joins %s and %s', (base, path, url) => {
    expect(under(base, path)).toBe(url);
  });
});

describe('the body of an error', () => {
  it('is told by its codes when it is an OperationOutcome, and its words stand apart', () => {
    const text = JSON.stringify({
      resourceType: 'OperationOutcome',
      issue: [
        { severity: 'error', code: 'throttled', diagnostics: `too\nmany ${'x'.repeat(500)}` },
        {
          ...{ severity: 'fatal', code: 'transient' },
          details: { text: 'later', coding: [{ code: 'Doe, Jane', display: 'shown' }, { code: '4118' }] },
        },
      ],
    });
    const body = describeErrorBody(text, 'application/fhir+json');
    expect(body.issueCodes).toEqual(['throttled', 'transient']);
    expect(body.text).toBe(
      'OperationOutcome (error throttled; fatal transient 4118; its words are withheld, see retention.server_text_hours)',
    );
    expect(body.said).toBe(`too\nmany ${'x'.repeat(500)}; later; shown`);
  });

  it.each([
    [{ severity: 'Jane', code: 'Doe' }, 'OperationOutcome (error unknown)'],
    [{ severity: 'error', code: 'mrn-12345678' }, 'OperationOutcome (error unknown)'],
    [
      { code: 'processing', details: { coding: [{ code: '12345678' }] } },
      'OperationOutcome (error processing)',
    ],
    [
      { code: 'security', details: { coding: [{ code: 'MSG_AUTH_REQUIRED' }] } },
      'OperationOutcome (error security MSG_AUTH_REQUIRED)',
    ],
  ])('takes no code that is none of the specification: %j', (issue, text) => {
    const body = JSON.stringify({ resourceType: 'OperationOutcome', issue: [issue] });
    expect(describeErrorBody(body, null).text).toBe(text);
  });

  it.each([
    ['invalid_client', 'invalid_client', 'invalid_client'],
    [
      'Doe, Jane',
      'an error that OAuth does not know (its words are withheld, see retention.server_text_hours)',
      undefined,
    ],
  ])('of OAuth tells the error %j only where it is registered', (error, text, known) => {
    expect(describeErrorBody(JSON.stringify({ error }), null)).toMatchObject({ text, oauthError: known });
  });

  it('is told by its kind and length otherwise', () => {
    expect(describeErrorBody('<p>Jane Doe</p>', 'text/html; charset=utf-8').text).toBe(
      '15 bytes of text/html',
    );
    expect(describeErrorBody('{"patient":"Jane"}', null).text).toBe('18 bytes of no content type');
    expect(describeErrorBody('x', 'Jane Doe').text).toBe('1 bytes of a content type that is none');
    expect(describeErrorBody('{"resourceType":"OperationOutcome","issue":"?"}', null).text).toBe(
      'OperationOutcome (without issues)',
    );
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-01-02T03:04:05Z');
  it.each([
    ['120', 120],
    [' 2.5 ', 2.5],
    ['0', 0],
    ['Fri, 02 Jan 2026 03:05:05 GMT', 60],
    ['2026-01-02T03:04:35Z', 30],
    ['Fri, 02 Jan 2026 03:00:00 GMT', 0],
    [String(now.getTime() / 1000 + 45), 45],
    [String(now.getTime() + 45_000), 45],
    ['-5', undefined],
    ['NaN', undefined],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j means %j seconds', (header, seconds) => {
    expect(readRetryAfter(header, now)).toBe(seconds);
  });
});
