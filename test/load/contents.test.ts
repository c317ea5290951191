/** What others say to the resources that are mapped with them, and of which version of theirs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { livesOf, namesOfOrganizations, openContents, startsOfVisits } from '../../jobs/load/contents.ts';
import { GONE } from '../../jobs/load/reasons.ts';
import type { Tx } from '../../sql/connect.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { insert, newResource, newSite, type Site } from '../derive/chart.ts';

let db: TestDatabase;
let site: Site;
let other: Site;
beforeAll(async () => {
  db = await newDatabase();
  site = await newSite(db.sql, 'here');
  other = await newSite(db.sql, 'there');
});
afterAll(() => db.drop());

const store = (type: string, id: string, values: Record<string, string | null> = {}, of = site) =>
  newResource(db.sql, of, type, { id, content_hash: `of ${id}`, ...values });

async function ask<Content>(
  fetch: (
    tx: Tx,
    connectionId: number,
    ids: string[],
  ) => Promise<readonly { fhir_id: string; hash: Buffer; content: Content }[]>,
  ...ids: string[]
) {
  const rows = await db.sql.begin((tx) => fetch(tx, site.connectionId, ids));
  return Object.fromEntries(rows.map((row) => [row.fhir_id, [row.content, row.hash.toString()]]));
}

it('an Organization that is loaded is called as its care site is', async () => {
  const named = async (id: string, name: string | null, values = {}, of = site, type = 'Organization') => {
    const care_site_id = await store(type, id, values, of);
    await insert(db.sql, 'care_site', { care_site_id, care_site_name: name });
  };
  await named('named', 'Clinic');
  await named('nameless', null);
  await named('excluded', 'Excluded', { outcome: 'excluded' });
  await named('theirs', 'Theirs', {}, other);
  await named('ward', 'Ward', {}, site, 'Location');
  await named('not-asked', 'Other');
  await store('Organization', 'without-row');
  const ids = ['named', 'nameless', 'excluded', 'theirs', 'ward', 'without-row'];
  expect(await ask(namesOfOrganizations, ...ids)).toEqual({
    named: [{ name: 'Clinic' }, 'of named'],
    nameless: [{ name: undefined }, 'of nameless'],
  });
});

describe('an Encounter', () => {
  it('begins when its visit or its part does, of which midnight is no time', async () => {
    const visit = async (id: string, at: string | null, values = {}, of = site, type = 'Encounter') => {
      await insert(db.sql, 'visit_occurrence', {
        ...{ visit_occurrence_id: await store(type, id, values, of), person_id: 1 },
        ...{ visit_start_date: '2024-01-02', visit_start_datetime: at, visit_end_date: '2024-01-03' },
      });
    };
    await visit('visit', '2024-01-02 10:00:01');
    await visit('midnight', '2024-01-02 00:00:00');
    await visit('second', '2024-01-02 00:00:01');
    await visit('theirs', '2024-01-02 10:00:00', {}, other);
    await visit('episode', '2024-01-02 10:00:00', {}, site, 'EpisodeOfCare');
    const part = await store('Encounter', 'part');
    for (const [n, hour] of ['11', '12'].entries()) {
      await insert(db.sql, 'visit_detail', {
        ...{ visit_detail_id: part * 1000 + n, person_id: 1, visit_occurrence_id: 1 },
        ...{ visit_detail_start_date: '2024-01-02', visit_detail_end_date: '2024-01-02' },
        visit_detail_start_datetime: `2024-01-02 ${hour}:00:00`,
      });
    }
    const date = '2024-01-02';
    expect(
      await ask(startsOfVisits, 'visit', 'midnight', 'second', 'theirs', 'episode', 'part', 'never'),
    ).toEqual({
      visit: [{ start: { date, datetime: '2024-01-02 10:00:01' } }, 'of visit'],
      midnight: [{ start: { date, datetime: undefined } }, 'of midnight'],
      second: [{ start: { date, datetime: '2024-01-02 00:00:01' } }, 'of second'],
      part: [{ start: { date, datetime: '2024-01-02 11:00:00' } }, 'of part'],
    });
  });

  it('that a rule excludes begins nothing; one that may still come is not known', async () => {
    await store('Encounter', 'rule', { outcome: 'excluded', reason: 'status-planned' });
    await store('Encounter', 'loaded-without-visit');
    await store('Encounter', 'parked', { outcome: 'parked', reason: 'patient-not-known' });
    await store('Encounter', 'failed', { outcome: 'failed' });
    for (const reason of Object.values(GONE))
      await store('Encounter', reason, { outcome: 'excluded', reason });
    const ids = ['rule', 'loaded-without-visit', 'parked', 'failed', ...Object.values(GONE)];
    expect(await ask(startsOfVisits, ...ids)).toEqual({
      rule: [{ start: undefined }, 'of rule'],
      'loaded-without-visit': [{ start: undefined }, 'of loaded-without-visit'],
    });
  });
});

it('a person was born on the first day that is known, and died where that is known', async () => {
  const person = async (id: string, born: object, values = {}, of = site) => {
    const person_id = await store('Patient', id, values, of);
    await insert(db.sql, 'person', { person_id, year_of_birth: 1960, ...born });
    return person_id;
  };
  await person('year', {});
  await person('month', { month_of_birth: 5 });
  const dead = await person('day', { month_of_birth: 5, day_of_birth: 4 });
  await insert(db.sql, 'death', { person_id: dead, death_date: '2020-02-03' });
  await person('excluded', {}, { outcome: 'excluded' });
  await person('theirs', {}, {}, other);
  await store('Patient', 'nobody');
  expect(await ask(livesOf, 'year', 'month', 'day', 'excluded', 'theirs', 'nobody')).toEqual({
    year: [{ born: '1960-01-01', died: undefined }, 'of year'],
    month: [{ born: '1960-05-01', died: undefined }, 'of month'],
    day: [{ born: '1960-05-04', died: '2020-02-03' }, 'of day'],
  });
});

it('what was asked for is fetched once, and known also where there is nothing', async () => {
  const asked: string[][] = [];
  const there = { fhir_id: 'there', content: 'words', hash: Buffer.from('x') };
  const contents = openContents<string>('Medication', async (_, ids) => {
    asked.push(ids);
    return ids.includes('there') ? [there] : [];
  });
  const ref = (id: string, type = 'Medication') => ({ types: [type], id });
  const fetchMissing = () => db.sql.begin((tx) => contents.fetchMissing(tx));
  expect([contents.has(ref('there')), contents.has(ref('there', 'Device'))]).toEqual([false, true]);
  expect([contents.get(ref('there')), contents.get(ref('not')), contents.get(ref('x', 'Device'))]).toEqual([
    ...[undefined, undefined, undefined],
  ]);
  await fetchMissing();
  expect([contents.has(ref('there')), contents.has(ref('not')), contents.has(ref('later'))]).toEqual([
    ...[true, true, false],
  ]);
  expect(contents.get(ref('there'))).toMatchObject({ content: 'words', hash: there.hash });
  expect([contents.get(ref('not')), contents.get(ref('there', 'Device'))]).toEqual([undefined, undefined]);
  await fetchMissing();
  contents.get(ref('later'));
  await fetchMissing();
  expect(asked).toEqual([['there', 'not'], ['later']]);
});
