import { afterAll, beforeAll, expect, test } from 'vitest';
import { bearer, exported, type Line, linesAt, newKey } from './client.ts';
import { type Ehr, startEhr } from './server.ts';

const clock = new Date('2026-11-20T08:00:00Z');
const options = { clock: () => clock, population: { seed: 9, patients: 80 }, polls: 0 };
let ehr: Ehr;
let twin: Ehr;
let day: Line[];

beforeAll(async () => {
  [ehr, twin] = await Promise.all([startEhr(options), startEhr(options)]);
  day = await aDay(ehr);
});
afterAll(async () => await Promise.all([ehr.close(), twin.close()]));

async function aDay(at: Ehr): Promise<Line[]> {
  const key = await newKey();
  at.registerClient({ client_id: 'c', jwks: key.jwks, scopes: ['system/*.read'] });
  const token = await bearer(at, 'c', key, clock);
  const before = await exported(`${at.url}/$export?_type=Patient`, token);
  at.change('day', { patients: 70 });
  const since = encodeURIComponent(before.transactionTime);
  const after = await exported(`${at.url}/$export?_since=${since}`, token);
  const lines: Line[] = [];
  for (const { url } of [...after.output, ...after.deleted]) lines.push(...(await linesAt(url, token)));
  return lines;
}

const of = (type: string) => day.filter(({ resourceType }) => resourceType === type);
const isNew = (line: Line) => JSON.stringify(line['meta']).includes('"versionId":"1"');

test.each<[string, () => readonly Line[]]>([
  ['visits', () => of('Encounter').filter(isNew)],
  ['results of theirs', () => of('Observation').filter(isNew)],
  ['a corrected result', () => of('Observation').filter((o) => !isNew(o) && o['status'] === 'corrected')],
  [
    'a result entered in error',
    () => of('Observation').filter((o) => !isNew(o) && o['status'] === 'entered-in-error'),
  ],
  [
    'a condition resolved',
    () => of('Condition').filter((c) => !isNew(c) && c['abatementDateTime'] !== undefined),
  ],
  [
    'a medication stopped',
    () => of('MedicationRequest').filter((m) => !isNew(m) && m['status'] === 'stopped'),
  ],
  ['somebody who moved', () => of('Patient').filter((p) => !isNew(p))],
  ['a deletion', () => of('Bundle')],
])('a day brings %s', (_, found) => {
  expect(found().length).toBeGreaterThan(0);
});

test('a day brings one new patient', () => {
  expect(of('Patient').filter(isNew).length).toBe(1);
});

test('the same day at the same hospital is the same', async () => {
  const known = (lines: Line[], url: string) => lines.map((line) => JSON.stringify(line).replaceAll(url, ''));
  expect(known(await aDay(twin), twin.url)).toEqual(known(day, ehr.url));
});

test('another day is another one, and the deleted stay deleted', () => {
  const before = ehr.count();
  const next = ehr.change('next day', { patients: 5 });
  expect(ehr.count()).toBeLessThan(before + next.put);
  expect(() => ehr.remove('Observation', 'never there')).toThrow('is not in the EHR');
});
