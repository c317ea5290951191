/** What others say to the resources that are mapped with them, and by which hash a change of it is noticed. */
import { hash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { type ContentTable, storedContent } from '../../jobs/connection/sealed-data.ts';
import { type ContentType, hashesNow, openContents } from '../../jobs/load/contents.ts';
import { GONE } from '../../jobs/load/reasons.ts';
import { insert, newResource } from '../derive/chart.ts';
import { openTwoSites } from '../derive/two-sites.ts';

const { db, site, other, keyring } = await openTwoSites();
afterAll(() => db.drop());

const store = (type: string, id: string, values: Record<string, string | null> = {}, of = site) =>
  newResource(db.sql, of, type, { id, ...values });

const source = () => ({ connectionId: site.connectionId, keyring });
const ref = (type: string, id: string) => ({ types: [type], id });

async function ask(type: ContentType, ...ids: string[]) {
  const contents = openContents(type, source());
  for (const id of ids) contents.get(ref(type, id));
  await db.sql.begin((tx) => contents.fetchMissing(tx));
  return Object.fromEntries(
    ids.flatMap((id) => {
      const found = contents.get(ref(type, id));
      return found ? [[id, found.content]] : [];
    }),
  );
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
  expect(await ask('Organization', ...ids)).toEqual({
    named: { name: 'Clinic' },
    nameless: { name: undefined },
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
      await ask('Encounter', 'visit', 'midnight', 'second', 'theirs', 'episode', 'part', 'never'),
    ).toEqual({
      visit: { start: { date, datetime: '2024-01-02 10:00:01' } },
      midnight: { start: { date, datetime: undefined } },
      second: { start: { date, datetime: '2024-01-02 00:00:01' } },
      part: { start: { date, datetime: '2024-01-02 11:00:00' } },
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
    expect(await ask('Encounter', ...ids)).toEqual({
      rule: { start: undefined },
      'loaded-without-visit': { start: undefined },
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
  expect(await ask('Patient', 'year', 'month', 'day', 'excluded', 'theirs', 'nobody')).toEqual({
    year: { born: '1960-01-01', died: undefined },
    month: { born: '1960-05-01', died: undefined },
    day: { born: '1960-05-04', died: '2020-02-03' },
  });
});

it('what was asked for is fetched once, and known also where there is nothing', async () => {
  const care_site_id = await store('Organization', 'there');
  await insert(db.sql, 'care_site', { care_site_id, care_site_name: 'There' });
  const contents = openContents('Organization', source());
  const org = (id: string) => ref('Organization', id);
  const fetchMissing = () => db.sql.begin((tx) => contents.fetchMissing(tx));
  expect([contents.has(org('there')), contents.has(ref('Device', 'there'))]).toEqual([false, true]);
  expect([contents.get(org('there')), contents.get(org('not')), contents.get(ref('Device', 'x'))]).toEqual([
    ...[undefined, undefined, undefined],
  ]);
  await fetchMissing();
  expect([contents.has(org('there')), contents.has(org('not')), contents.has(org('later'))]).toEqual([
    ...[true, true, false],
  ]);
  expect(contents.get(org('there'))).toMatchObject({ content: { name: 'There' } });
  expect([contents.get(org('not')), contents.get(ref('Device', 'there'))]).toEqual([undefined, undefined]);
  await db.sql`update care_site set care_site_name = 'Elsewhere' where care_site_id = ${care_site_id}`;
  contents.get(org('later'));
  await fetchMissing();
  expect(contents.get(org('there'))).toMatchObject({ content: { name: 'There' } });
});

it('a hash is of the content alone: of none there is none', async () => {
  const named = async (id: string, name: string) => {
    const care_site_id = await store('Organization', id, { content_hash: `of ${id}` });
    await insert(db.sql, 'care_site', { care_site_id, care_site_name: name });
  };
  await named('one', 'Same');
  await named('two', 'Same');
  await named('three', 'Another');
  const hashes = await db.sql.begin((tx) =>
    hashesNow(tx, source(), 'Organization', ['one', 'two', 'three', 'never']),
  );
  expect([...hashes.keys()].sort()).toEqual(['one', 'three', 'two']);
  expect(hashes.get('one')).toEqual(hashes.get('two'));
  expect(hashes.get('one')).not.toEqual(hashes.get('three'));
  expect(hashes.get('one')).toHaveLength(32);
});

describe('what is kept of a resource to be mapped with', () => {
  const PLACES = [
    ['Medication', 'medication_content'],
    ['Substance', 'substance_content'],
    ['Device', 'device_content'],
    ['Binary', 'attachment_content'],
  ] as const;

  interface Kept {
    readonly of?: typeof site;
    readonly seals?: boolean;
  }
  async function keep(
    [type, table]: readonly [ContentType, ContentTable],
    id: string,
    content: object,
    { of = site, seals = false }: Kept = {},
  ): Promise<void> {
    const key = await store(type, id, {}, of);
    const text = await storedContent({ ...keyring, sealsData: seals }, table, key, content);
    await db.sql`
      insert into ${db.sql(table)} (resource_key, connection_id, fhir_id, content)
      values (${key}, ${of.connectionId}, ${id}, ${text}::text::jsonb)`;
  }
  const now = async (type: ContentType, ...ids: string[]) =>
    await db.sql.begin((tx) => hashesNow(tx, source(), type, ids));

  it.each(PLACES)(
    'is read of a %s by its id, of this connection, and opened where it is sealed',
    async (...at) => {
      const [type] = at;
      const says = (words: string) => ({ text: `${words} of ${type}` });
      await keep(at, 'clear', says('clear'));
      await keep(at, 'sealed', says('sealed'), { seals: true });
      await keep(at, 'theirs', says('theirs'), { of: other });
      await keep(at, 'sealed-theirs', says('theirs'), { of: other, seals: true });
      await keep(at, 'not-asked', says('not asked'));
      const ids = ['clear', 'sealed', 'theirs', 'sealed-theirs', 'never'];
      expect(await ask(type, ...ids)).toEqual({ clear: says('clear'), sealed: says('sealed') });
      expect([...(await now(type, ...ids)).keys()].sort()).toEqual(['clear', 'sealed']);
    },
  );

  it('is not asked for again where there was nothing, nor known where nobody asked', async () => {
    const contents = openContents('Device', source());
    const fetchMissing = () => db.sql.begin((tx) => contents.fetchMissing(tx));
    await keep(['Device', 'device_content'], 'beside', { lotNumber: '1' });
    contents.get(ref('Device', 'late'));
    await fetchMissing();
    await keep(['Device', 'device_content'], 'late', { lotNumber: '2' });
    expect(contents.get(ref('Device', 'late'))).toBeUndefined();
    await fetchMissing();
    expect([contents.has(ref('Device', 'late')), contents.has(ref('Device', 'beside'))]).toEqual([
      true,
      false,
    ]);
    expect(contents.get(ref('Device', 'late'))).toBeUndefined();
  });

  it('has a hash of what it says, wherever it stands, sealed or not, and however it is ordered', async () => {
    const [MEDICATION, SUBSTANCE] = PLACES;
    const code = { text: 'Aspirin' };
    await keep(MEDICATION, 'one', { code, ingredients: [1, 2] });
    await keep(MEDICATION, 'two', { ingredients: [1, 2], code }, { seals: true });
    await keep(SUBSTANCE, 'three', { ingredients: [1, 2], code });
    await keep(MEDICATION, 'other', { code, ingredients: [2, 1] });
    await keep(MEDICATION, 'less', { code });
    const medications = await now('Medication', 'one', 'two', 'other', 'less');
    const expected = hash('sha256', '{"code":{"text":"Aspirin"},"ingredients":[1,2]}', 'buffer');
    expect([medications.get('one'), medications.get('two')]).toEqual([expected, expected]);
    expect((await now('Substance', 'three')).get('three')).toEqual(expected);
    expect(new Set([...medications.values()].map((one) => one.toString('hex'))).size).toBe(3);
    const contents = openContents('Medication', source());
    contents.get(ref('Medication', 'one'));
    await db.sql.begin((tx) => contents.fetchMissing(tx));
    expect(contents.get(ref('Medication', 'one'))?.hash).toEqual(expected);
  });
});
