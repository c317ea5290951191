import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allLines, bearer, exported, kickOff, linesAt, newKey, rawAt } from './client.ts';
import { file } from './export-job.ts';
import { type Ehr, startEhr } from './server.ts';

let ehr: Ehr;
let token: string;
const clock = new Date('2026-11-20T08:00:00Z');

beforeAll(async () => {
  ehr = await startEhr({
    clock: () => clock,
    population: { seed: 7, patients: 12 },
    maxPerFile: 300,
    retryAfter: '120',
  });
  const key = await newKey();
  ehr.registerClient({ client_id: 'c', jwks: key.jwks, scopes: ['system/*.read'] });
  token = await bearer(ehr, 'c', key, clock);
});
afterAll(async () => await ehr.close());

test('describes itself', async () => {
  const smart: unknown = await (await fetch(`${ehr.url}/.well-known/smart-configuration`)).json();
  expect(smart).toMatchObject({ token_endpoint: ehr.tokenEndpoint });
  const metadata: unknown = await (await fetch(`${ehr.url}/metadata`)).json();
  expect(metadata).toMatchObject({
    fhirVersion: '4.0.1',
    software: { name: 'Simulated EHR', version: '1.0.0' },
  });
});

test('exports everything, each resource once, in files of the size that was set', async () => {
  const manifest = await exported(`${ehr.url}/$export`, token);
  expect(manifest).toMatchObject({
    transactionTime: '2026-11-20T08:00:00.000Z',
    request: `${ehr.url}/$export`,
    requiresAccessToken: true,
    deleted: [],
    error: [],
  });
  expect(manifest.output.filter(({ type }) => type === 'Observation').length).toBeGreaterThan(1);
  for (const { url, type, count } of manifest.output) {
    const lines = await linesAt(url, token);
    expect(lines.length).toBe(count);
    expect(lines.length).toBeLessThanOrEqual(300);
    expect(new Set(lines.map(({ resourceType }) => resourceType))).toEqual(new Set([type]));
  }
  const ids = (await allLines(manifest, token)).map(({ resourceType, id }) => `${resourceType}/${id}`);
  expect(ids.length).toBe(ehr.count());
  expect(new Set(ids).size).toBe(ids.length);
});

test('says of no resource when it changed or in which version it is, where it is told so', async () => {
  const other = await startEhr({ lastUpdated: false });
  const tagged = { resourceType: 'Patient', id: 'tagged', meta: { versionId: '3', tag: [{ code: 'x' }] } };
  other.load([{ resourceType: 'Patient', id: 'plain' }, tagged]);
  expect(other.get('Patient', 'plain')).toEqual({ resourceType: 'Patient', id: 'plain' });
  expect(other.get('Patient', 'tagged')).toEqual({ ...tagged, meta: { tag: [{ code: 'x' }] } });
  await other.close();
});

test('exports the members of a group only, with what belongs to nobody', async () => {
  const [first, second] = await allLines(
    await exported(`${ehr.url}/Patient/$export?_type=Patient`, token),
    token,
  );
  ehr.group('two', [first?.id ?? '', second?.id ?? '']);
  const lines = await allLines(await exported(`${ehr.url}/Group/two/$export`, token), token);
  const of = (type: string) => lines.filter(({ resourceType }) => resourceType === type);
  expect(of('Patient').map(({ id }) => id)).toEqual([first?.id, second?.id]);
  expect(of('Practitioner').length).toBe(ehr.count('Practitioner'));
  expect(of('Encounter').length).toBeGreaterThan(0);
  expect(of('Encounter').length).toBeLessThan(ehr.count('Encounter'));
  expect((await kickOff(`${ehr.url}/Group/none/$export`, token)).status).toBe(404);
});

test('takes a POST with Parameters, repeated types and patients', async () => {
  const [patient] = await allLines(await exported(`${ehr.url}/$export?_type=Patient`, token), token);
  const body = JSON.stringify({
    resourceType: 'Parameters',
    parameter: [
      { name: '_type', valueString: 'Patient' },
      { name: '_type', valueString: 'Condition' },
      { name: 'patient', valueReference: { reference: `Patient/${patient?.id}` } },
    ],
  });
  const lines = await allLines(
    await exported(`${ehr.url}/Patient/$export`, token, { method: 'POST', body }),
    token,
  );
  expect(lines.filter(({ resourceType }) => !['Patient', 'Condition'].includes(resourceType))).toEqual([]);
  expect(lines.filter(({ resourceType }) => resourceType === 'Patient').map(({ id }) => id)).toEqual([
    patient?.id,
  ]);
});

test.each([
  ['_since is a date', '_since=2024-01-01'],
  ['_since has no zone', '_since=2024-01-01T00:00:00'],
  ['a parameter is unknown', '_foo=1'],
  ['the format is unknown', '_outputFormat=text%2Fcsv'],
  ['a type is malformed', '_type=patient'],
  ['a filter is by something unsupported', '_typeFilter=Observation%3Fcombo%3D1'],
])('refuses a kick-off when %s', async (_, query) => {
  const answer = await kickOff(`${ehr.url}/$export?${query}`, token);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ resourceType: 'OperationOutcome' });
});

test('refuses a kick-off without Prefer or with another Accept', async () => {
  const answer = async (headers: Record<string, string>) =>
    (await fetch(`${ehr.url}/$export`, { headers: { authorization: token, ...headers } })).status;
  expect(await answer({ accept: 'application/fhir+json' })).toBe(400);
  expect(await answer({ accept: 'application/fhir+json, */*', prefer: 'respond-async' })).toBe(400);
});

test('filters by category and keeps only the elements asked for', async () => {
  const query = new URLSearchParams({
    _type: 'Observation',
    _typeFilter: 'Observation?category=laboratory',
    _elements: 'valueQuantity',
  });
  const manifest = await exported(`${ehr.url}/$export?${query}`, token);
  const lines = await allLines(manifest, token);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThan(ehr.count('Observation'));
  for (const line of lines) {
    expect(line['effectiveDateTime']).toBeUndefined();
    expect(line['meta']).toMatchObject({ tag: [{ code: 'SUBSETTED' }] });
  }
});

test('says 202 with progress and Retry-After before the manifest, and 404 once deleted', async () => {
  const started = await kickOff(`${ehr.url}/$export?_type=Patient`, token);
  const url = started.headers.get('content-location') ?? '';
  const ask = async (method = 'GET') => await fetch(url, { method, headers: { authorization: token } });
  const first = await ask();
  expect([first.status, first.headers.get('x-progress'), first.headers.get('retry-after')]).toEqual([
    202,
    '33% complete',
    '120',
  ]);
  expect((await ask()).headers.get('x-progress')).toBe('67% complete');
  const done = await ask();
  expect([done.status, done.headers.get('expires')]).toEqual([200, 'Fri, 20 Nov 2026 09:00:00 GMT']);
  const manifest: { output: { url: string }[] } = await done.json();
  expect((await ask('DELETE')).status).toBe(202);
  expect((await ask()).status).toBe(404);
  expect((await ask('DELETE')).status).toBe(404);
  expect((await fetch(manifest.output[0]?.url ?? '', { headers: { authorization: token } })).status).toBe(
    404,
  );
});

test('pages the manifest', async () => {
  ehr.settings.pageSize = 3;
  const paged = await exported(`${ehr.url}/$export`, token);
  ehr.settings.pageSize = undefined;
  expect(paged.output.length).toBe((await exported(`${ehr.url}/$export`, token)).output.length);
});

test('serves files only to the client that asked for them', async () => {
  const manifest = await exported(`${ehr.url}/$export?_type=Patient`, token);
  const url = manifest.output[0]?.url ?? '';
  expect((await fetch(url)).status).toBe(401);
  const key = await newKey();
  ehr.registerClient({ client_id: 'stranger', jwks: key.jwks, scopes: ['system/*.read'] });
  const stranger = await bearer(ehr, 'stranger', key, clock);
  expect((await fetch(url, { headers: { authorization: stranger } })).status).toBe(404);
});

test('honours Range, and If-Range only while the file is the same', async () => {
  const url = (await exported(`${ehr.url}/$export?_type=Patient`, token)).output[0]?.url ?? '';
  const read = async (headers: Record<string, string>) =>
    await fetch(url, { headers: { authorization: token, 'accept-encoding': 'identity', ...headers } });
  const whole = await read({});
  const etag = whole.headers.get('etag') ?? '';
  const text = await whole.text();
  expect(whole.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
  const rest = await read({ range: 'bytes=1000-', 'if-range': etag });
  expect(rest.status).toBe(206);
  expect(rest.headers.get('content-range')).toBe(`bytes 1000-${text.length - 1}/${text.length}`);
  expect(await rest.text()).toBe(text.slice(1000));
  expect((await read({ range: `bytes=${text.length}-` })).status).toBe(416);
  expect((await read({ range: 'bytes=1000-', 'if-range': '"older"' })).status).toBe(200);
  ehr.settings.range = false;
  expect((await read({ range: 'bytes=1000-' })).status).toBe(200);
  ehr.settings.range = true;
});

test('compresses when the client takes gzip', async () => {
  const url = (await exported(`${ehr.url}/$export?_type=Encounter`, token)).output[0]?.url ?? '';
  const raw = await rawAt(url, token);
  expect(raw.encoding).toBe('gzip');
  const plain = await (
    await fetch(url, { headers: { authorization: token, 'accept-encoding': 'identity' } })
  ).text();
  expect(gunzipSync(raw.bytes).toString()).toBe(plain);
  expect(raw.bytes.length).toBeLessThan(plain.length / 3);
});

test('tells with _since what has changed and what was deleted, even when its clock stands still', async () => {
  const before = await exported(`${ehr.url}/$export`, token);
  const since = (time: string) => `${ehr.url}/$export?_since=${encodeURIComponent(time)}`;
  expect((await exported(since(before.transactionTime), token)).output).toEqual([]);

  const made = ehr.change('day 1', { patients: 8 });
  const after = await exported(since(before.transactionTime), token);
  const lines = await allLines(after, token);
  expect(lines.length).toBe(made.put);
  expect(made.put).toBeGreaterThan(8);
  expect(made.removed).toBe(1);
  const deleted = await linesAt(after.deleted[0]?.url ?? '', token);
  expect(deleted).toEqual([
    {
      resourceType: 'Bundle',
      id: expect.any(String),
      type: 'transaction',
      entry: [{ request: { method: 'DELETE', url: expect.stringMatching(/^Observation\//) } }],
    },
  ]);
  expect((await exported(since(after.transactionTime), token)).output).toEqual([]);
});

test('a file keeps what it held at the kick-off', async () => {
  const manifest = await exported(`${ehr.url}/$export?_type=Patient`, token);
  const [patient] = await allLines(manifest, token);
  ehr.put({ resourceType: 'Patient', id: patient?.id ?? '', gender: 'unknown' });
  expect((await allLines(manifest, token))[0]).toEqual(patient);
  expect(ehr.get('Patient', patient?.id ?? '')).toMatchObject({
    gender: 'unknown',
    meta: { versionId: '2' },
  });
});

test('serves a population that is not stored, the same as a stored one', async () => {
  const options = { seed: 3, patients: 5 };
  const lazy = await startEhr({ lazy: options, polls: 0 });
  const key = await newKey();
  lazy.registerClient({ client_id: 'c', jwks: key.jwks, scopes: ['system/*.read'] });
  const bearerOf = await bearer(lazy, 'c', key);
  const manifest = await exported(`${lazy.url}/$export`, bearerOf);
  const stored = await startEhr({ population: options });
  const ids = (await allLines(manifest, bearerOf)).map(({ resourceType, id }) => `${resourceType}/${id}`);
  expect(ids.length).toBe(stored.count());
  expect(new Set(ids).size).toBe(ids.length);
  expect(lazy.count()).toBe(0);
  const since = encodeURIComponent(manifest.transactionTime);
  expect((await exported(`${lazy.url}/$export?_since=${since}`, bearerOf)).output).toEqual([]);
  await Promise.all([lazy.close(), stored.close()]);
});

test('sends a file that is made while it is read, whole or from a byte on, in full exports only', async () => {
  const made = await startEhr({ polls: 0, gzip: false });
  const key = await newKey();
  made.registerClient({ client_id: 'c', jwks: key.jwks, scopes: ['system/*.read'] });
  const authorization = await bearer(made, 'c', key);
  const text = Array.from({ length: 2000 }, (_, n) => `{"resourceType":"Basic","id":"b${n}"}\n`).join('');
  const offered = file('big.Basic.ndjson', 'Basic', 2000, () => text.match(/.*\n/g) ?? []);
  made.offer({ ...offered, bytes: text.length });
  const manifest = await exported(`${made.url}/$export`, authorization);
  expect(manifest.output).toMatchObject([{ type: 'Basic', count: 2000 }]);
  const { url = '' } = manifest.output[0] ?? {};
  const read = (headers = {}) => fetch(url, { headers: { authorization, ...headers } });
  expect(await (await read()).text()).toBe(text);
  const rest = await read({ range: 'bytes=1000-' });
  expect([rest.status, await rest.text()]).toEqual([206, text.slice(1000)]);
  expect((await exported(`${made.url}/$export?_type=Patient`, authorization)).output).toEqual([]);
  const since = encodeURIComponent(manifest.transactionTime);
  expect((await exported(`${made.url}/$export?_since=${since}`, authorization)).output).toEqual([]);
  await made.close();
});
