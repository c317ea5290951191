import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bearer, newKey } from './client.ts';
import { epicLike } from './epic-like.ts';
import { type Ehr, startEhr } from './server.ts';
import { SEARCH } from './settings.ts';

let ehr: Ehr;
let token: string;
let clock = new Date('2026-11-20T08:00:00Z');

beforeAll(async () => {
  ehr = await startEhr({ ...epicLike(), clock: () => clock, population: { seed: 7, patients: 4 } });
  const key = await newKey();
  ehr.registerClient({ client_id: 'c', jwks: key.jwks, scopes: ['system/*.read'] });
  token = await bearer(ehr, 'c', key, clock);
});
beforeEach(() => {
  Object.assign(ehr.settings, { search: SEARCH, throttleEvery: undefined });
});
afterAll(async () => await ehr.close());

// biome-ignore lint/suspicious/noExplicitAny: bodies are compared with what is expected, not computed with.
type Body = any;

async function ask(path: string): Promise<{ status: number; body: Body; headers: Headers }> {
  const url = path.startsWith('http') ? path : `${ehr.url}/${path}`;
  const answer = await fetch(url, { headers: { authorization: token, accept: 'application/fhir+json' } });
  return { status: answer.status, body: await answer.json(), headers: answer.headers };
}

async function everything(path: string): Promise<Body[]> {
  const { status, body } = await ask(path);
  expect(status).toBe(200);
  const next = body.link.find(({ relation }: Body) => relation === 'next')?.url;
  const here = body.entry.map(({ resource }: Body) => resource);
  return next === undefined ? here : [...here, ...(await everything(new URL(next, ehr.url).href))];
}

const patients = async () => await everything('Patient');

test('reads by id, tells what never was from what was deleted, and gives its Date', async () => {
  const [one] = await patients();
  const found = await ask(`Patient/${one.id}`);
  expect(found.body).toEqual(one);
  expect(found.headers.get('date')).toBe('Fri, 20 Nov 2026 08:00:00 GMT');
  expect((await ask('Patient/none')).status).toBe(404);
  ehr.put({ resourceType: 'Device', id: 'gone' });
  ehr.remove('Device', 'gone');
  expect((await ask('Device/gone')).status).toBe(410);
  expect((await ask('Device?_id=gone')).body.entry).toEqual([]);
});

test('finds by patient, ids, identifier and category', async () => {
  const [one, two] = await patients();
  const theirs = await everything(`Observation?patient=Patient/${one.id},${two.id}&_count=100`);
  const own = await everything(`Observation?subject=${one.id}&_count=100`);
  expect(own.length).toBeGreaterThan(0);
  expect(theirs.length).toBe(own.length + (await everything(`Observation?patient=${two.id}`)).length);
  expect(new Set(own.map(({ subject }) => subject.reference.replace(/^.*[/:]/, '')))).toEqual(
    new Set([one.id]),
  );
  expect((await everything(`Patient?_id=${one.id},${two.id},none`)).length).toBe(2);
  const [{ system, value }] = one.identifier;
  expect(await everything(`Patient?identifier=${encodeURIComponent(`${system}|${value}`)}`)).toEqual([one]);
  const vitals = await everything(`Observation?patient=${one.id}&category=vital-signs`);
  expect(vitals.length).toBeGreaterThan(0);
  expect(vitals.length).toBeLessThan(own.length);
});

test('gives pages of at most its own size, which hold what was there at first', async () => {
  ehr.settings.search = { ...SEARCH, maxCount: 3, nextLink: 'relative' };
  const all = await everything('Practitioner?_count=1000');
  const first = await ask('Practitioner?_count=1000');
  expect(first.body.entry.length).toBe(3);
  ehr.put({ resourceType: 'Practitioner', id: 'late' });
  const next = first.body.link.find(({ relation }: Body) => relation === 'next').url;
  expect(next.startsWith('/fhir?')).toBe(true);
  const rest = await everything(new URL(next, ehr.url).href);
  expect(3 + rest.length).toBe(all.length);
});

test('gives changes since an instant, or ignores that, or refuses it', async () => {
  clock = new Date(clock.getTime() + 1000);
  ehr.put({ resourceType: 'Device', id: 'new' });
  const since = `Device?_lastUpdated=ge${encodeURIComponent(clock.toISOString())}`;
  ehr.put({ resourceType: 'Device', id: 'newer' });
  expect((await everything(since)).map(({ id }) => id)).toEqual(['new', 'newer']);
  expect(await everything(`Device?_lastUpdated=ge${new Date(clock.getTime() + 1000).toISOString()}`)).toEqual(
    [],
  );
  ehr.settings.search = { ...SEARCH, lastUpdated: 'ignored' };
  expect((await everything(since)).length).toBe(ehr.count('Device'));
  ehr.settings.search = { ...SEARCH, lastUpdated: 'refused' };
  expect((await ask(since)).status).toBe(400);
});

test('reads a Group with its members, and those who are not any more', async () => {
  const [one, two] = await patients();
  ehr.group('g', [one.id], [two.id]);
  expect((await ask('Group/g')).body.member).toEqual([
    { entity: { reference: `Patient/${one.id}` } },
    { entity: { reference: `Patient/${two.id}` }, inactive: true },
  ]);
  expect((await everything('Patient?_has:Group:member:_id=g')).map(({ id }) => id)).toEqual([one.id]);
  expect((await ask('Group/none')).status).toBe(404);
});

test('gives a Binary as its bytes to who does not ask for FHIR', async () => {
  ehr.put({ resourceType: 'Binary', id: 'b', contentType: 'text/plain', data: 'aGVsbG8=' });
  expect((await ask('Binary/b')).body.data).toBe('aGVsbG8=');
  const answer = await fetch(`${ehr.url}/Binary/b`, { headers: { authorization: token } });
  expect([answer.headers.get('content-type'), await answer.text()]).toEqual(['text/plain', 'hello']);
});

test('refuses unknown parameters, other scopes, no token, and every n-th request', async () => {
  expect((await ask('Observation?beneficiary=x')).status).toBe(400);
  expect((await fetch(`${ehr.url}/Patient`)).status).toBe(401);
  const key = await newKey();
  ehr.registerClient({ client_id: 'few', jwks: key.jwks, scopes: ['system/Patient.read'] });
  const authorization = await bearer(ehr, 'few', key, clock);
  expect((await fetch(`${ehr.url}/Device`, { headers: { authorization } })).status).toBe(403);
  ehr.settings.throttleEvery = 2;
  const answers = [await ask('Patient'), await ask('Patient'), await ask('Patient')];
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 429].toSorted());
  expect(answers.find(({ status }) => status === 429)?.headers.get('retry-after')).toBe('1');
});

test('like Epic, wants a category, lets Medication be read only, and exports less, once a day, never _since', async () => {
  ehr.settings.search = { ...SEARCH, ...epicLike().search };
  const [one] = await patients();
  expect((await ask(`Observation?patient=${one.id}`)).status).toBe(400);
  expect((await ask(`Observation?patient=${one.id}&category=laboratory`)).status).toBe(200);
  expect((await ask('Medication')).status).toBe(400);
  const headers = { authorization: token, accept: 'application/fhir+json', prefer: 'respond-async' };
  const since = `${ehr.url}/$export?_since=2026-01-01T00:00:00Z`;
  expect((await fetch(since, { headers })).status).toBe(400);
  const started = await fetch(`${ehr.url}/$export`, { headers });
  expect(started.status).toBe(202);
  const poll = async () =>
    await fetch(started.headers.get('content-location') ?? '', { headers: { authorization: token } });
  let answer = await poll();
  while (answer.status === 202) answer = await poll();
  const { output }: Body = await answer.json();
  const types = new Set(output.map(({ type }: Body) => type));
  expect([types.has('MedicationRequest'), types.has('Medication'), types.has('Practitioner')]).toEqual([
    true,
    false,
    false,
  ]);
  expect((await fetch(`${ehr.url}/$export`, { headers })).status).toBe(400);
});

test('tells lies in its Bundles on request', async () => {
  const link = [{ relation: 'next', url: 'https://elsewhere.example/fhir?page=1' }];
  ehr.faults.push({ on: 'search', do: { bundle: (bundle) => ({ ...bundle, link }) } });
  expect((await ask('Patient')).body.link).toEqual(link);
  ehr.settings.search = { ...SEARCH, outcomes: [{ severity: 'warning', code: 'incomplete' }] };
  expect((await ask('Patient')).body.entry.at(-1)).toMatchObject({ search: { mode: 'outcome' } });
});
