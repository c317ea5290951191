import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../jobs/connection/connection.ts';
import { readSyncConfig } from '../../jobs/connection/sync-config.ts';
import { openRemoteFile } from '../../jobs/fhir/file.ts';
import type { TokenSource } from '../../jobs/fhir/token/access-token.ts';

import { LONG_RUN } from '../long-run.ts';
import { LOOPBACK, outbound } from '../outbound/local.ts';

const LINE = '{"resourceType":"Patient","id":"a"}\n';

/** Files as servers send them: /plain/3 has three lines, /gzip/3 too, /unannounced is gzip without a header. */
const server = createServer((request, response) => {
  const [, kind, count = '0'] = (request.url ?? '').split('/');
  const text = LINE.repeat(Number(count));
  if (kind === 'plain') return void response.end(text);
  if (kind === 'chunked') {
    response.write(text.slice(0, 1));
    return void response.end(text.slice(1));
  }
  if (kind === 'gzip') response.setHeader('content-encoding', 'gzip');
  const body = gzipSync(text);
  if (kind === 'cut') {
    response.writeHead(200, { 'content-length': text.length + 10 });
    response.write(text);
    return void setImmediate(() => response.destroy());
  }
  response.end(kind === 'short' ? body.subarray(0, body.length - 9) : body);
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : '';
});
afterAll(() => new Promise((done) => server.close(done)));

const tokens: TokenSource = {
  get: () => Promise.reject(new Error('no token is needed')),
  forget: () => {},
};

async function read(path: string): Promise<string> {
  const connection = {
    fhir_base_url: url,
    config: readSyncConfig({ allowed_networks: LOOPBACK }),
  } as Connection;
  const request = { url: `${url}/${path}`, from: 0, etag: null, requiresToken: false };
  const { bytes } = await openRemoteFile({ outbound, clock: () => new Date() }, connection, tokens, request);
  // Whoever reads does other things first, such as asking the database what is known already.
  await new Promise((done) => setImmediate(done));
  let text = '';
  for await (const part of bytes) text += part;
  return text;
}

describe('a file of an export', () => {
  for (const kind of ['plain', 'chunked', 'gzip', 'unannounced'])
    it(`is read whole, whether it comes in one piece or in many (${kind})`, async () => {
      for (const lines of [1, 2, 30, 20_000])
        for (let again = 0; again < (LONG_RUN ? 10 : 3); again++)
          expect((await read(`${kind}/${lines}`)).length).toBe(LINE.length * lines);
    });

  it('may be empty', async () => {
    expect(await read('plain/0')).toBe('');
    expect(await read('gzip/0')).toBe('');
  });

  it.each([
    ['cut', 'file-transfer-broken'],
    ['short', 'file-damaged'],
  ])('that ends too early is no complete file (%s)', async (kind, code) => {
    for (const lines of [1, 20_000])
      await expect(read(`${kind}/${lines}`)).rejects.toMatchObject({ code, sort: 'retry' });
  });
});
