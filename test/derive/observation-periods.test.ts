import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deriveEveryoneInTx, deriveInTx } from '../../jobs/derive/derive.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { LONG_RUN } from '../long-run.ts';
import { insert, newPerson, newResource, newSite, type Site, touch } from './chart.ts';

let db: TestDatabase;
let site: Site;
beforeAll(async () => {
  db = await newDatabase();
  site = await newSite(db.sql, 'north');
});
afterAll(() => db.drop());

const derive = (pulledOn: string, of: Site = site) =>
  db.sql.begin((tx) => deriveInTx(tx, { connectionId: of.connectionId, pulledOn }));

const periodsOf = (person: number) => db.sql<{ start: string; end: string; id: number; type: number }[]>`
  select observation_period_start_date as start, observation_period_end_date as end, observation_period_id as id,
    period_type_concept_id as type
  from observation_period where person_id = ${person} order by 1`;

const spansOf = async (person: number) => (await periodsOf(person)).map((row) => [row.start, row.end]);

const measured = (person: number, ...dates: string[]) =>
  insert(db.sql, 'measurement', ...dates.map((date) => ({ person_id: person, measurement_date: date })));

describe('observation_period', () => {
  test('reaches from the first event to 60 days after the last', async () => {
    const person = await newPerson(db.sql, site);
    await measured(person, '2020-03-01', '2021-01-15');
    await touch(db.sql, site, person);
    await derive('2024-06-01');
    expect([...(await periodsOf(person))]).toEqual([
      { id: person * 100000 + 1, start: '2020-03-01', end: '2021-03-16', type: 32882 },
    ]);
  });

  test('takes the events of all clinical tables at their start, and visits to their end', async () => {
    const dates: Record<string, Record<string, string>> = {
      condition_occurrence: { condition_start_date: '2001-01-01', condition_end_date: '2001-12-31' },
      drug_exposure: { drug_exposure_start_date: '2003-01-01', drug_exposure_end_date: '2003-12-31' },
      procedure_occurrence: { procedure_date: '2005-01-01' },
      device_exposure: { device_exposure_start_date: '2007-01-01' },
      measurement: { measurement_date: '2009-01-01' },
      observation: { observation_date: '2011-01-01' },
      note: { note_date: '2013-01-01' },
      specimen: { specimen_date: '2015-01-01' },
      visit_occurrence: { visit_start_date: '2017-01-01', visit_end_date: '2017-01-31' },
      visit_detail: { visit_detail_start_date: '2019-01-01', visit_detail_end_date: '2019-01-31' },
    };
    const person = await newPerson(db.sql, site);
    for (const [table, row] of Object.entries(dates)) {
      const visit: Record<string, number> = table === 'visit_detail' ? { visit_occurrence_id: 1 } : {};
      await insert(db.sql, table, { person_id: person, ...row, ...visit });
    }
    await touch(db.sql, site, person);
    await derive('2024-06-01');
    expect(await spansOf(person)).toEqual([
      ...['2001', '2003', '2005', '2007', '2009', '2011', '2013', '2015'].map((y) => [
        `${y}-01-01`,
        `${y}-03-02`,
      ]),
      ['2017-01-01', '2017-04-01'],
      ['2019-01-01', '2019-04-01'],
    ]);
  });

  test('is split where 548 days lie between two events, and not where 547 do', async () => {
    const apart = await newPerson(db.sql, site);
    const together = await newPerson(db.sql, site);
    await measured(apart, '2020-01-01', '2021-07-02');
    await measured(together, '2020-01-01', '2021-07-01');
    await touch(db.sql, site, apart, together);
    await derive('2024-06-01');
    expect(await spansOf(apart)).toEqual([
      ['2020-01-01', '2020-03-01'],
      ['2021-07-02', '2021-08-31'],
    ]);
    expect(await spansOf(together)).toEqual([['2020-01-01', '2021-08-30']]);
  });

  test('is not split within a long stay that holds the gap', async () => {
    const person = await newPerson(db.sql, site);
    await insert(db.sql, 'visit_occurrence', {
      ...{ person_id: person, visit_start_date: '2015-01-01', visit_end_date: '2019-01-01' },
    });
    await measured(person, '2015-02-01', '2020-06-01');
    await touch(db.sql, site, person);
    await derive('2024-06-01');
    expect(await spansOf(person)).toEqual([['2015-01-01', '2020-07-31']]);
  });

  test('is one over many years, and not split within a stay that holds all that lies apart', async () => {
    const person = await newPerson(db.sql, site);
    await insert(db.sql, 'visit_occurrence', {
      ...{ person_id: person, visit_start_date: '2010-01-01', visit_end_date: '2019-01-01' },
    });
    await measured(person, '2012-06-01', '2016-06-01', '2020-06-01');
    await touch(db.sql, site, person);
    await derive('2024-06-01');
    expect(await spansOf(person)).toEqual([['2010-01-01', '2020-07-31']]);
  });

  test('ends 60 days after death at the latest; a death alone makes none', async () => {
    const dead = await newPerson(db.sql, site);
    const only = await newPerson(db.sql, site);
    await measured(dead, '2020-01-01', '2020-05-20', '2020-12-24');
    await insert(
      db.sql,
      'death',
      ...[dead, only].map((person) => ({ person_id: person, death_date: '2020-05-01' })),
    );
    await touch(db.sql, site, dead, only);
    await derive('2024-06-01');
    expect(await spansOf(dead)).toEqual([['2020-01-01', '2020-06-30']]);
    expect(await spansOf(only)).toEqual([]);
  });

  test('does not begin before birth, but holds the visit in which the person was born', async () => {
    const person = await newPerson(db.sql, site, { year_of_birth: 2020, month_of_birth: 5, day_of_birth: 2 });
    await measured(person, '1970-01-01');
    await insert(db.sql, 'visit_occurrence', {
      ...{ person_id: person, visit_start_date: '2020-05-01', visit_end_date: '2020-05-04' },
    });
    await touch(db.sql, site, person);
    await derive('2024-06-01');
    expect(await spansOf(person)).toEqual([['2020-05-02', '2020-07-03']]);
  });

  test('counts a visit that ends before it starts at its start', async () => {
    const [visitor, inpatient] = [await newPerson(db.sql, site), await newPerson(db.sql, site)];
    await insert(db.sql, 'visit_occurrence', {
      ...{ person_id: visitor, visit_start_date: '2020-03-01', visit_end_date: '2020-01-01' },
    });
    await insert(db.sql, 'visit_detail', {
      ...{ person_id: inpatient, visit_occurrence_id: 1 },
      ...{ visit_detail_start_date: '2020-03-01', visit_detail_end_date: '2020-01-01' },
    });
    await touch(db.sql, site, visitor, inpatient);
    await derive('2024-06-01');
    expect(await spansOf(visitor)).toEqual([['2020-03-01', '2020-04-30']]);
    expect(await spansOf(inpatient)).toEqual([['2020-03-01', '2020-04-30']]);
  });

  test('takes what a Patient resource says of the person for no event', async () => {
    const person = await newPerson(db.sql, site);
    for (const observation_id of [person * 1000, person * 1000 + 999]) {
      const row = { observation_id, person_id: person, observation_date: '2020-01-01' };
      await insert(db.sql, 'observation', row);
    }
    await touch(db.sql, site, person);
    await derive('2024-06-01');
    expect(await spansOf(person)).toEqual([]);
  });

  test('holds events on the day of birth, and no earlier ones', async () => {
    const spans = [];
    for (const end of ['2020-05-01', '2020-05-02']) {
      const born = { year_of_birth: 2020, month_of_birth: 5, day_of_birth: 2 };
      const person = await newPerson(db.sql, site, born);
      const visit = { visit_start_date: '2020-04-30', visit_end_date: end };
      await insert(db.sql, 'visit_occurrence', { person_id: person, ...visit });
      await touch(db.sql, site, person);
      await derive('2024-06-01');
      spans.push(await spansOf(person));
    }
    expect(spans).toEqual([[], [['2020-05-02', '2020-07-01']]]);
  });

  test('holds events on the 60th day after death, and no later ones', async () => {
    const [last, late] = [await newPerson(db.sql, site), await newPerson(db.sql, site)];
    for (const person of [last, late]) {
      await insert(db.sql, 'death', { person_id: person, death_date: '2020-05-01' });
    }
    await measured(last, '2020-06-30');
    await measured(late, '2020-07-01');
    await touch(db.sql, site, last, late);
    await derive('2024-06-01');
    expect(await spansOf(last)).toEqual([['2020-06-30', '2020-06-30']]);
    expect(await spansOf(late)).toEqual([]);
  });

  test('is reckoned from the last of several deaths', async () => {
    const person = await newPerson(db.sql, site);
    for (const day of ['2020-05-01', '2020-03-01']) {
      await insert(db.sql, 'death', { person_id: person, death_date: day });
    }
    await measured(person, '2020-01-01', '2020-06-25');
    await touch(db.sql, site, person);
    await derive('2024-06-01');
    expect(await spansOf(person)).toEqual([['2020-01-01', '2020-06-30']]);
  });

  test('holds events on the day of the data pull, also of a person born on it', async () => {
    const [newborn, unborn] = [1, 2].map((day) => ({
      ...{ year_of_birth: 2024, month_of_birth: 6, day_of_birth: day },
    }));
    const today = await newPerson(db.sql, site, newborn);
    const tomorrow = await newPerson(db.sql, site, unborn);
    for (const person of [today, tomorrow]) {
      const visit = { visit_start_date: '2024-06-01', visit_end_date: '2024-06-03' };
      await insert(db.sql, 'visit_occurrence', { person_id: person, ...visit });
    }
    await touch(db.sql, site, today, tomorrow);
    await derive('2024-06-01');
    expect(await spansOf(today)).toEqual([['2024-06-01', '2024-06-01']]);
    expect(await spansOf(tomorrow)).toEqual([]);
  });

  test('begins on the first day that a birth date of parts allows', async () => {
    const parts = [
      [2020, null, null, '2020-01-01'],
      [2020, 5, null, '2020-05-01'],
      [2020, null, 7, '2020-01-07'],
      // As an existing CDM may say: a day that February does not have.
      [2020, 2, 31, '2020-03-02'],
    ] as const;
    for (const [year, month, day, first] of parts) {
      const born = { year_of_birth: year, month_of_birth: month, day_of_birth: day };
      const person = await newPerson(db.sql, site, born);
      const visit = { visit_start_date: '2019-12-01', visit_end_date: '2020-06-01' };
      await insert(db.sql, 'visit_occurrence', { person_id: person, ...visit });
      await touch(db.sql, site, person);
      await derive('2024-06-01');
      expect(await spansOf(person)).toEqual([[first, '2020-07-31']]);
    }
  });

  test('copes with years of birth that no calendar has', async () => {
    const [before, after] = [
      await newPerson(db.sql, site, { year_of_birth: 0 }),
      await newPerson(db.sql, site, { year_of_birth: 6_000_000 }),
    ];
    await measured(before, '2020-01-01');
    await measured(after, '2020-01-01');
    await touch(db.sql, site, before, after);
    await derive('2024-06-01');
    expect(await spansOf(before)).toEqual([['2020-01-01', '2020-03-01']]);
    expect(await spansOf(after)).toEqual([]);
  });

  test('ends at the data pull, and grows with later ones although nobody touched the person', async () => {
    const of = await newSite(db.sql, 'growing');
    const person = await newPerson(db.sql, of);
    await measured(person, '2024-01-10');
    await touch(db.sql, of, person);
    expect(await derive('2024-01-20', of)).toEqual({ persons: 1, extended: 0 });
    expect(await spansOf(person)).toEqual([['2024-01-10', '2024-01-20']]);
    expect(await derive('2024-02-01', of)).toEqual({ persons: 0, extended: 1 });
    expect(await spansOf(person)).toEqual([['2024-01-10', '2024-02-01']]);
    expect(await derive('2024-06-01', of)).toEqual({ persons: 0, extended: 1 });
    expect(await spansOf(person)).toEqual([['2024-01-10', '2024-03-10']]);
    expect(await derive('2024-07-01', of)).toEqual({ persons: 0, extended: 0 });
    expect([...(await db.sql`select * from open_period where person_id = ${person}`)]).toEqual([]);
  });

  test('leaves events after the data pull out until the data reach them', async () => {
    const of = await newSite(db.sql, 'future');
    const person = await newPerson(db.sql, of);
    await measured(person, '2024-01-10', '2024-05-01');
    await touch(db.sql, of, person);
    await derive('2024-04-01', of);
    expect(await spansOf(person)).toEqual([['2024-01-10', '2024-03-10']]);
    expect(await derive('2024-05-02', of)).toEqual({ persons: 1, extended: 0 });
    expect(await spansOf(person)).toEqual([['2024-01-10', '2024-05-02']]);
  });
});

describe('open_period', () => {
  const openOf = async (person: number) => [
    ...(await db.sql<{ period: number | null; ends: string | null; again: string | null }[]>`
      select observation_period_id as period, ends_on as ends, again_on as again
      from open_period where person_id = ${person}`),
  ];

  test('says until when a period that the data pull cut would last', async () => {
    const of = await newSite(db.sql, 'cut');
    const [cut, whole] = [await newPerson(db.sql, of), await newPerson(db.sql, of)];
    await measured(cut, '2020-01-01', '2024-04-03');
    await measured(whole, '2020-01-01', '2024-04-02');
    await touch(db.sql, of, cut, whole);
    await derive('2024-06-01', of);
    expect(await spansOf(cut)).toEqual([
      ['2020-01-01', '2020-03-01'],
      ['2024-04-03', '2024-06-01'],
    ]);
    expect(await openOf(cut)).toEqual([{ period: cut * 100000 + 2, ends: '2024-06-02', again: null }]);
    expect((await spansOf(whole)).at(-1)).toEqual(['2024-04-02', '2024-06-01']);
    expect(await openOf(whole)).toEqual([]);
  });

  test('ends with the 60 days after death', async () => {
    const of = await newSite(db.sql, 'dying');
    const [dying, dead] = [await newPerson(db.sql, of), await newPerson(db.sql, of)];
    await insert(db.sql, 'death', { person_id: dying, death_date: '2024-04-03' });
    await insert(db.sql, 'death', { person_id: dead, death_date: '2024-04-02' });
    for (const person of [dying, dead]) await measured(person, '2024-04-30');
    await touch(db.sql, of, dying, dead);
    await derive('2024-06-01', of);
    expect(await openOf(dying)).toEqual([{ period: dying * 100000 + 1, ends: '2024-06-02', again: null }]);
    expect(await openOf(dead)).toEqual([]);
  });

  test('says when the first of later events counts, also where there is no period yet', async () => {
    const of = await newSite(db.sql, 'later');
    const [known, unknown] = [await newPerson(db.sql, of), await newPerson(db.sql, of)];
    await measured(known, '2020-01-01', '2024-07-01', '2024-06-02');
    await measured(unknown, '2026-01-01', '2024-06-03');
    await touch(db.sql, of, known, unknown);
    await derive('2024-06-01', of);
    expect(await openOf(known)).toEqual([{ period: null, ends: null, again: '2024-06-02' }]);
    expect(await spansOf(known)).toEqual([['2020-01-01', '2020-03-01']]);
    expect(await openOf(unknown)).toEqual([{ period: null, ends: null, again: '2024-06-03' }]);
    expect(await spansOf(unknown)).toEqual([]);
    expect(await derive('2024-06-02', of)).toEqual({ persons: 1, extended: 0 });
    expect((await spansOf(known)).at(-1)).toEqual(['2024-06-02', '2024-06-02']);
    expect(await openOf(known)).toEqual([
      { period: known * 100000 + 2, ends: '2024-08-01', again: '2024-07-01' },
    ]);
  });

  test('stays where another person is derived, and where another connection is', async () => {
    const [here, there] = [await newSite(db.sql, 'here'), await newSite(db.sql, 'there')];
    const [touched, other] = [await newPerson(db.sql, here), await newPerson(db.sql, here)];
    const stranger = await newPerson(db.sql, there);
    for (const person of [touched, other, stranger]) await measured(person, '2024-05-01');
    await touch(db.sql, here, touched, other);
    await touch(db.sql, there, stranger);
    await derive('2024-05-10', here);
    await derive('2024-05-10', there);
    await measured(touched, '2024-05-05');
    await touch(db.sql, here, touched);
    expect(await derive('2024-05-20', here)).toEqual({ persons: 1, extended: 1 });
    expect(await openOf(other)).toEqual([{ period: other * 100000 + 1, ends: '2024-06-30', again: null }]);
    expect(await spansOf(other)).toEqual([['2024-05-01', '2024-05-20']]);
    expect(await spansOf(stranger)).toEqual([['2024-05-01', '2024-05-10']]);
    expect(await derive('2024-05-20', here)).toEqual({ persons: 0, extended: 0 });
    expect(await derive('2024-06-30', here)).toEqual({ persons: 0, extended: 2 });
    expect(await openOf(other)).toEqual([]);
    expect(await spansOf(stranger)).toEqual([['2024-05-01', '2024-05-10']]);
  });
});

describe('who is derived', () => {
  test('only the persons touched; the others keep their rows', async () => {
    const [one, other] = [await newPerson(db.sql, site), await newPerson(db.sql, site)];
    await measured(one, '2020-01-01');
    await measured(other, '2020-01-01');
    await touch(db.sql, site, one, other);
    await derive('2024-06-01');
    await measured(one, '2020-02-01');
    await measured(other, '2020-02-01');
    await touch(db.sql, site, one);
    expect(await derive('2024-06-01')).toEqual({ persons: 1, extended: 0 });
    expect(await spansOf(one)).toEqual([['2020-01-01', '2020-04-01']]);
    expect(await spansOf(other)).toEqual([['2020-01-01', '2020-03-01']]);
  });

  test('a run that touched nobody builds nothing', async () => {
    expect(await derive('2024-06-01', await newSite(db.sql, 'quiet'))).toEqual({ persons: 0, extended: 0 });
  });

  test('what a failed run touched is made good by the next one of the connection', async () => {
    const of = await newSite(db.sql, 'failing');
    const person = await newPerson(db.sql, of);
    await measured(person, '2020-01-01');
    await touch(db.sql, of, person);
    await db.sql`update run set status = 'failed', finished_at = now() where run_id = ${of.runId}`;
    expect((await derive('2024-06-01', await newSite(db.sql, 'stranger'))).persons).toBe(0);
    expect((await derive('2024-06-01', of)).persons).toBe(1);
    expect((await derive('2024-06-01', of)).persons).toBe(0);
  });

  test('a person who is gone loses the derived rows', async () => {
    const person = await newPerson(db.sql, site);
    await measured(person, '2020-01-01');
    await touch(db.sql, site, person);
    await derive('2024-06-01');
    await db.sql`delete from person where person_id = ${person}`;
    await touch(db.sql, site, person);
    await derive('2024-06-01');
    expect(await spansOf(person)).toEqual([]);
  });

  test('everyone on demand up to the last completed run of the connection, up to today without one', async () => {
    const runs = {
      dated: [
        ['completed', '2023-11-30T23:00:00+02:00', '2024-01-01'],
        ['completed', '2024-02-01T23:00:00+02:00', '2024-01-01'],
        ['failed', '2024-04-01T10:00:00Z', '2024-01-01'],
      ],
      undated: [['completed', 'yesterday', '2024-02-02T23:30:00Z']],
      unfinished: [],
    };
    const ends: Record<string, string | undefined> = {};
    const patients = async () =>
      (await db.sql`select 1 from resource where resource_type = 'Patient'`).length;
    await newResource(db.sql, site, 'Encounter');
    for (const [key, all] of Object.entries(runs)) {
      const of = await newSite(db.sql, key);
      for (const [status = '', transaction_time = null, created_at = ''] of all) {
        const run = { connection_id: of.connectionId, mode: 'full', triggered_by: 'test' };
        await db.sql`
          insert into run ${db.sql({ ...run, status, transaction_time, created_at, finished_at: created_at })}`;
      }
      // The one that is under way.
      await db.sql`update run set transaction_time = '2024-02-01T10:00:00Z' where run_id = ${of.runId}`;
      const person = await newPerson(db.sql, of);
      await measured(person, '2024-01-20');
      const persons = await db.sql.begin((tx) => deriveEveryoneInTx(tx, '2024-03-03'));
      expect(persons).toBe(await patients());
      ends[key] = (await spansOf(person))[0]?.[1];
    }
    expect(ends).toEqual({ dated: '2024-02-01', undated: '2024-02-02', unfinished: '2024-03-03' });
  });

  test('everyone that was loaded, on demand, and nobody whom an existing CDM held before', async () => {
    const person = await newPerson(db.sql, site);
    await measured(person, '2020-01-01');
    await insert(db.sql, 'person', { person_id: 900_000_001 });
    await measured(900_000_001, '2020-01-01');
    await db.sql.begin((tx) => deriveEveryoneInTx(tx, '2024-06-01'));
    expect(await spansOf(person)).toEqual([['2020-01-01', '2020-03-01']]);
    expect(await spansOf(900_000_001)).toEqual([]);
  });
});

test('a stay that goes on lasts to the data pull, with its last ward; one coded so by the source stays', async () => {
  const of = await newSite(db.sql, 'stays');
  const person = await newPerson(db.sql, of);
  const keys: number[] = [];
  for (const source of [null, '30']) {
    const key = await newResource(db.sql, of, 'Encounter');
    keys.push(key);
    await insert(db.sql, 'visit_occurrence', {
      ...{
        visit_occurrence_id: key,
        person_id: person,
        visit_start_date: '2024-01-01',
        visit_end_date: '2024-01-20',
      },
      ...{ visit_end_datetime: '2024-01-20 00:00:00', discharged_to_concept_id: 32220 },
      discharged_to_source_value: source,
    });
  }
  const ward = { person_id: person, visit_occurrence_id: keys[0] ?? 0 };
  await insert(
    db.sql,
    'visit_detail',
    {
      ...{ ...ward, visit_detail_start_date: '2024-01-01', visit_detail_end_date: '2024-01-05' },
      visit_detail_end_datetime: '2024-01-05 10:00:00',
    },
    {
      ...{ ...ward, visit_detail_start_date: '2024-01-05', visit_detail_end_date: '2024-01-20' },
      visit_detail_end_datetime: '2024-01-20 00:00:00',
    },
  );
  expect((await derive('2024-02-15', of)).persons).toBe(1);
  const visits = await db.sql<{ end: string; at: string }[]>`
    select visit_end_date as end, visit_end_datetime as at from visit_occurrence where person_id = ${person} order by visit_occurrence_id`;
  expect([...visits]).toEqual([
    { end: '2024-02-15', at: '2024-02-15 00:00:00' },
    { end: '2024-01-20', at: '2024-01-20 00:00:00' },
  ]);
  const wards = await db.sql<{ end: string }[]>`
    select visit_detail_end_date as end from visit_detail where person_id = ${person} order by visit_detail_id`;
  expect(wards.map((row) => row.end)).toEqual(['2024-01-05', '2024-02-15']);
  expect(await spansOf(person)).toEqual([['2024-01-01', '2024-02-15']]);
  expect((await derive('2024-02-15', of)).persons).toBe(0);
});

test('whatever the events: periods are apart, cover every event that counts, and are split at long gaps only', async () => {
  const PULLED = 9000;
  const day = (n: number) => new Date(Date.UTC(1998, 0, 1) + n * 86_400_000).toISOString().slice(0, 10);
  const number = (date: string) => (Date.parse(date) - Date.UTC(1998, 0, 1)) / 86_400_000;
  const history = fc.record({
    born: fc.integer({ min: 0, max: 3000 }),
    died: fc.option(fc.integer({ min: 3000, max: 9000 })),
    events: fc.array(fc.integer({ min: -500, max: 9500 }), { maxLength: 12 }),
    visits: fc.array(fc.tuple(fc.integer({ min: 0, max: 9200 }), fc.integer({ min: 0, max: 900 })), {
      maxLength: 3,
    }),
  });
  const of = await newSite(db.sql, 'property');
  await fc.assert(
    fc.asyncProperty(history, async ({ born, died, events, visits }) => {
      const birth = new Date(Date.UTC(1998, 0, 1) + born * 86_400_000);
      const person = await newPerson(db.sql, of, {
        ...{ year_of_birth: birth.getUTCFullYear(), month_of_birth: birth.getUTCMonth() + 1 },
        day_of_birth: birth.getUTCDate(),
      });
      if (died !== null) await insert(db.sql, 'death', { person_id: person, death_date: day(died) });
      await measured(person, ...events.map(day));
      for (const [start, length] of visits) {
        const dates = { visit_start_date: day(start), visit_end_date: day(start + length) };
        await insert(db.sql, 'visit_occurrence', { person_id: person, ...dates });
      }
      await touch(db.sql, of, person);
      await derive(day(PULLED - 100), of);
      await derive(day(PULLED), of);
      const grown = await spansOf(person);
      await touch(db.sql, of, person);
      await derive(day(PULLED), of);
      // Two pulls, of which the second did not touch the person, end where one full pull does.
      expect(grown).toEqual(await spansOf(person));
      const periods = (await spansOf(person)).map(([start = '', end = '']) => ({
        start: number(start),
        end: number(end),
      }));
      const silentAfter = died === null ? Number.POSITIVE_INFINITY : died + 60;
      const spans = [
        ...events.map((at) => [at, at] as const),
        ...visits.map(([at, n]) => [at, at + n] as const),
      ]
        .filter(([from, to]) => to >= born && from <= Math.min(PULLED, silentAfter))
        .map(([from, to]) => ({
          from: Math.max(from, born),
          to: Math.min(to, PULLED, silentAfter),
          raw: to,
        }));
      for (const [index, period] of periods.entries()) {
        expect(period.start).toBeGreaterThanOrEqual(born);
        expect(period.end).toBeGreaterThanOrEqual(period.start);
        expect(period.end).toBeLessThanOrEqual(Math.min(PULLED, silentAfter));
        expect(spans.some((span) => span.from === period.start)).toBe(true);
        const next = periods[index + 1];
        if (!next) continue;
        const last = Math.max(...spans.filter((span) => span.from < next.start).map((span) => span.raw));
        expect(next.start - last).toBeGreaterThanOrEqual(548);
        expect(period.end).toBe(last + 60);
      }
      for (const span of spans) {
        expect(periods.filter((period) => period.start <= span.from && span.to <= period.end)).toHaveLength(
          1,
        );
      }
      if (spans.length === 0) expect(periods).toEqual([]);
      // Within one period no two neighbouring events are 548 days apart.
      for (const period of periods) {
        const inside = spans
          .filter((span) => span.from >= period.start && span.from <= period.end)
          .sort((a, b) => a.from - b.from);
        let reached = period.start;
        for (const span of inside) {
          expect(span.from - reached).toBeLessThan(548);
          reached = Math.max(reached, span.to);
        }
      }
    }),
    { numRuns: LONG_RUN ? 120 : 5 },
  );
});
