import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { inLongRun } from '../long-run.ts';
import { bearer, exported, type Key, kickOff, linesAt, newKey, rawAt } from './client.ts';
import { type Ehr, startEhr } from './server.ts';

let ehr: Ehr;
let key: Key;
let token: string;

beforeAll(async () => {
  ehr = await startEhr({ population: { seed: 5, patients: 6 }, polls: 0 });
  key = await newKey();
  ehr.registerClient({ client_id: 'c', jwks: key.jwks, scopes: ['system/*.read'] });
  token = await bearer(ehr, 'c', key);
});
afterAll(async () => await ehr.close());
afterEach(() => {
  // Each test uses its rules up; one that is left would have been tested by nobody.
  expect(ehr.faults).toEqual([]);
});

const observations = async () =>
  (await exported(`${ehr.url}/$export?_type=Observation`, token)).output[0]?.url ?? '';
const read = async (url: string, headers: Record<string, string> = {}) =>
  await fetch(url, { headers: { authorization: token, ...headers } });

test('answers the next requests of a kind with any status, headers and body', async () => {
  ehr.faults.push({
    on: 'kick-off',
    times: 2,
    do: { status: 429, headers: { 'Retry-After': 'soon' }, body: '<html>busy</html>' },
  });
  for (let n = 0; n < 2; n++) {
    const answer = await kickOff(`${ehr.url}/$export`, token);
    expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([
      429,
      'soon',
      '<html>busy</html>',
    ]);
  }
  expect((await kickOff(`${ehr.url}/$export`, token)).status).toBe(202);
});

test('lets some requests pass before it acts, and picks requests by what they are', async () => {
  const manifest = await exported(`${ehr.url}/$export?_type=Patient,Observation`, token);
  const [patients, results] = [manifest.output[0]?.url ?? '', manifest.output[1]?.url ?? ''];
  ehr.faults.push({
    on: 'file',
    skip: 1,
    match: ({ path }) => path.includes('Observation'),
    do: { status: 503 },
  });
  expect([(await read(results)).status, (await read(patients)).status, (await read(results)).status]).toEqual(
    [200, 200, 503],
  );
});

test('expires all tokens before the n-th file', async () => {
  const url = await observations();
  ehr.faults.push({ on: 'file', skip: 1, do: { expireTokens: true } });
  expect((await read(url)).status).toBe(200);
  expect((await read(url)).status).toBe(401);
  token = await bearer(ehr, 'c', key);
  expect((await read(url)).status).toBe(200);
});

inLongRun(test)('cuts the connection after some bytes of a file, once', async () => {
  const url = await observations();
  const whole = await (await read(url, { 'accept-encoding': 'identity' })).text();
  ehr.faults.push({ on: 'file', do: { cut: 100_000 } });
  const broken = await read(url, { 'accept-encoding': 'identity' });
  expect(broken.status).toBe(200);
  const received: string[] = [];
  const reading = async () => {
    for await (const part of broken.body?.pipeThrough(new TextDecoderStream()) ?? []) received.push(part);
  };
  await expect(reading()).rejects.toThrow('terminated');
  expect(whole.startsWith(received.join(''))).toBe(true);
  expect(received.join('').length).toBeLessThanOrEqual(100_000);
  expect(await (await read(url)).text()).toBe(whole);
});

test('ends a gzip before its end', async () => {
  const url = await observations();
  ehr.faults.push({ on: 'file', do: { truncate: 5_000 } });
  const { encoding, bytes } = await rawAt(url, token);
  expect([encoding, bytes.length]).toEqual(['gzip', 5_000]);
  expect(() => gunzipSync(bytes)).toThrow('unexpected end of file');
});

test('changes a file underneath its reader, with its ETag', async () => {
  const url = await observations();
  const before = await read(url);
  const lines = (await before.text()).split('\n');
  ehr.faults.push({ on: 'file', do: { changeFile: true } });
  const after = await read(url, { range: 'bytes=5000-', 'if-range': before.headers.get('etag') ?? '' });
  expect(after.status).toBe(200);
  expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
  const changed = (await after.text()).split('\n');
  expect(changed[0]).toBe(lines[1]);
  expect(changed.toSorted()).toEqual(lines.toSorted());
});

test('ignores Range when told to', async () => {
  const url = await observations();
  ehr.faults.push({ on: 'file', do: { ignoreRange: true } });
  expect((await read(url, { range: 'bytes=10-' })).status).toBe(200);
});

test('rewrites lines: CRLF, a blank one, an OperationOutcome among the data', async () => {
  const url = await observations();
  ehr.faults.push({
    on: 'file',
    do: {
      rewrite: (line, n) =>
        n === 0 ? '\n{"resourceType":"OperationOutcome"}\r\n' : line.replace('\n', '\r\n'),
    },
  });
  const text = await (await read(url)).text();
  expect(text.startsWith('\n{"resourceType":"OperationOutcome"}\r\n{"resourceType":"Observation"')).toBe(
    true,
  );
  expect(text.endsWith('}\r\n')).toBe(true);
});

test('redirects a file to a host that refuses the token', async () => {
  const url = await observations();
  ehr.faults.push({ on: 'file', times: 2, do: { redirect: true } });
  // fetch drops Authorization when the redirect leaves the origin.
  expect((await read(url)).status).toBe(200);
  const [last] = ehr.requests.slice(-1);
  expect(last).toMatchObject({ host: 'other', authorization: false, status: 200 });
  const location = (await fetch(url, { headers: { authorization: token }, redirect: 'manual' })).headers.get(
    'location',
  );
  expect((await read(location ?? '')).status).toBe(400);
});

test('starts an export and closes the connection, so that the client cannot know', async () => {
  ehr.faults.push({ on: 'kick-off', do: { drop: 'after' } });
  await expect(kickOff(`${ehr.url}/$export`, token)).rejects.toThrow();
  expect(ehr.requests.at(-1)).toMatchObject({ kind: 'kick-off', status: 0 });
});

test('lists a file of errors in the manifest, and changes the manifest', async () => {
  const problem = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'incomplete' }] };
  ehr.faults.push({ on: 'kick-off', do: { errors: [problem] } });
  ehr.faults.push({ on: 'status', do: { manifest: (manifest) => ({ ...manifest, deleted: undefined }) } });
  const manifest = await exported(`${ehr.url}/$export?_type=Patient`, token);
  expect(await linesAt(manifest.error[0]?.url ?? '', token)).toEqual([problem]);
  expect('deleted' in manifest).toBe(false);
});

test('holds an answer until the test lets it go', async () => {
  const hold = Promise.withResolvers<void>();
  ehr.faults.push({ on: 'metadata', do: { hold: hold.promise } });
  let answered = false;
  const asking = fetch(`${ehr.url}/metadata`).then(() => {
    answered = true;
  });
  // A whole other exchange happens meanwhile.
  await kickOff(`${ehr.url}/$export?_type=Patient`, token);
  expect(answered).toBe(false);
  hold.resolve();
  await asking;
  expect(answered).toBe(true);
});
