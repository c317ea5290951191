/**
 * What is derived of visits: the one before (preceding-visits.sql), parts and their events (visit-parts.sql), stays that
 * go on (move-open-stays.sql), and the date of what a Patient resource says (patient-observations.sql).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deriveInTx } from '../../jobs/derive/derive.ts';
import type { Tx } from '../../sql/connect.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { insert, newPerson, newResource, newSite, type Site, touch } from './chart.ts';

let db: TestDatabase;
let site: Site;
beforeAll(async () => {
  db = await newDatabase();
  site = await newSite(db.sql, 'north');
});
afterAll(() => db.drop());

const derive = (of: Site = site) =>
  db.sql.begin((tx) => deriveInTx(tx as Tx, { connectionId: of.connectionId, pulledOn: '2024-06-01' }));

async function derived(...persons: number[]): Promise<void> {
  await touch(db.sql, site, ...persons);
  await derive();
}

describe('the preceding visit', () => {
  /** Visits in this order, given to the database in the opposite one; those without a FHIR id are not ours. */
  async function chainOf(visits: readonly (Record<string, string | null> & { fhir?: string })[]) {
    const person = await newPerson(db.sql, site);
    const ids: number[] = [];
    for (const { fhir, ...values } of [...visits].reverse()) {
      const id = fhir
        ? await newResource(db.sql, site, 'Encounter', { id: `${person} ${fhir}` })
        : person * 1000 + ids.length;
      ids.unshift(id);
      await insert(db.sql, 'visit_occurrence', { visit_occurrence_id: id, person_id: person, ...values });
    }
    await derived(person);
    const rows = await db.sql<{ id: number; preceding: number | null }[]>`
      select visit_occurrence_id as id, preceding_visit_occurrence_id as preceding
      from visit_occurrence where person_id = ${person}`;
    const preceding = new Map(rows.map((row) => [row.id, row.preceding]));
    return { found: ids.map((id) => preceding.get(id)), expected: [null, ...ids.slice(0, -1)] };
  }

  test.each([
    ['day of start', { visit_start_date: '2024-01-02', visit_end_date: '2024-01-09' }],
    ['time of start', { visit_start_datetime: '2024-01-01 10:00:01' }],
    ['day of end', { visit_end_date: '2024-01-11' }],
    ['time of end', { visit_end_datetime: '2024-01-10 10:00:01' }],
    ['FHIR id', { fhir: 'b' }],
  ])('is told by its %s', async (_, later) => {
    const first = {
      ...{ visit_start_date: '2024-01-01', visit_start_datetime: '2024-01-01 10:00:00' },
      ...{ visit_end_date: '2024-01-10', visit_end_datetime: '2024-01-10 10:00:00', fhir: 'a' },
    };
    const second = { ...first, fhir: 'fhir' in later ? 'a' : '0', ...later };
    const { found, expected } = await chainOf([first, second]);
    expect(found).toEqual(expected);
  });

  test('starts first, whichever ends first', async () => {
    const day = { visit_start_date: '2024-01-01', visit_end_date: '2024-01-10' };
    const { found, expected } = await chainOf([
      {
        ...day,
        visit_start_datetime: '2024-01-01 10:00:00',
        visit_end_datetime: '2024-01-10 20:00:00',
        fhir: 'z',
      },
      {
        ...day,
        visit_start_datetime: '2024-01-01 11:00:00',
        visit_end_datetime: '2024-01-10 19:00:00',
        fhir: 'a',
      },
    ]);
    expect(found).toEqual(expected);
  });

  test('may be one that an existing CDM held', async () => {
    const { found, expected } = await chainOf([
      { visit_start_date: '2024-01-01', visit_end_date: '2024-01-01', fhir: 'a' },
      { visit_start_date: '2024-02-01', visit_end_date: '2024-02-01' },
      { visit_start_date: '2024-03-01', visit_end_date: '2024-03-01', fhir: 'b' },
    ]);
    expect(found).toEqual(expected);
  });

  test('is of the same person', async () => {
    const persons = [await newPerson(db.sql, site), await newPerson(db.sql, site)];
    const ids: number[] = [];
    for (const day of ['2024-01-01', '2024-01-03']) {
      for (const person of persons) {
        ids.push(await newResource(db.sql, site, 'Encounter'));
        await insert(db.sql, 'visit_occurrence', {
          ...{ visit_occurrence_id: ids.at(-1) ?? 0, person_id: person },
          ...{ visit_start_date: day, visit_end_date: day },
        });
      }
    }
    await derived(...persons);
    const rows = await db.sql<{ preceding: number | null }[]>`
      select preceding_visit_occurrence_id as preceding from visit_occurrence
      where visit_occurrence_id = any(${ids}::bigint[]) order by visit_occurrence_id`;
    expect(rows.map((row) => row.preceding)).toEqual([null, null, ids[0], ids[1]]);
  });
});

describe('a part of a visit', () => {
  const EVENTS = {
    condition_occurrence: { condition_start_date: '2024-01-01' },
    drug_exposure: { drug_exposure_start_date: '2024-01-01', drug_exposure_end_date: '2024-01-01' },
    procedure_occurrence: { procedure_date: '2024-01-01' },
    device_exposure: { device_exposure_start_date: '2024-01-01' },
    measurement: { measurement_date: '2024-01-01' },
    observation: { observation_date: '2024-01-01' },
    note: { note_date: '2024-01-01' },
  };
  const DAYS = { visit_detail_start_date: '2024-01-01', visit_detail_end_date: '2024-01-01' };

  async function newPart(person: number, visit: number, parent: number | null = null): Promise<number> {
    const id = (await newResource(db.sql, site, 'Encounter')) * 1000;
    await insert(db.sql, 'visit_detail', {
      ...{ visit_detail_id: id, person_id: person, visit_occurrence_id: visit, ...DAYS },
      parent_visit_detail_id: parent,
    });
    return id;
  }

  test('takes its own parts into its visit, at any depth, and leaves those of others', async () => {
    const [person, other] = [await newPerson(db.sql, site), await newPerson(db.sql, site)];
    const top = await newPart(person, 2);
    const middle = await newPart(person, 1, top);
    const low = await newPart(person, 3, middle);
    const theirs = await newPart(other, 1, await newPart(other, 2));
    await derived(person);
    const rows = await db.sql<{ visit: number }[]>`
      select visit_occurrence_id as visit from visit_detail
      where visit_detail_id = any(${[top, middle, low, theirs]}::bigint[]) order by visit_detail_id`;
    expect(rows.map((row) => row.visit)).toEqual([2, 2, 2, 1]);
  });

  test.each(Object.entries(EVENTS))('takes every %s along that names it', async (table, row) => {
    const [person, other] = [await newPerson(db.sql, site), await newPerson(db.sql, site)];
    const part = await newPart(person, 2);
    // Where the patient is within the visit: not a part of its own, so its events stay.
    await insert(db.sql, 'visit_detail', {
      ...{ visit_detail_id: part + 1, person_id: person, visit_occurrence_id: 2, ...DAYS },
    });
    const named: [detail: number | null, visit: number | null, person: number][] = [
      [part, 1, person],
      [part, null, person],
      [part, 1, other],
      [part + 1, 1, person],
      [null, 1, person],
    ];
    for (const [n, [visit_detail_id, visit_occurrence_id, of]] of named.entries()) {
      await insert(db.sql, table, {
        ...{ [`${table}_id`]: part * 10 + n, person_id: of, ...row },
        ...{ visit_detail_id, visit_occurrence_id },
      });
    }
    await derived(person);
    const rows = await db.sql<{ visit: number | null }[]>`
      select visit_occurrence_id as visit from ${db.sql(table)}
      where ${db.sql(`${table}_id`)} between ${part * 10} and ${part * 10 + 4} order by ${db.sql(`${table}_id`)}`;
    expect(rows.map((one) => one.visit)).toEqual([2, 2, 2, 1, 1]);
  });
});

describe('a stay that goes on', () => {
  const STILL = { discharged_to_concept_id: 32220 };
  const ends = async (table: 'visit' | 'visit_detail', ...ids: number[]) => {
    const key = table === 'visit' ? 'visit_occurrence_id' : 'visit_detail_id';
    const rows = await db.sql<{ end: string; at: string | null }[]>`
      select ${db.sql(`${table}_end_date`)} as end, ${db.sql(`${table}_end_datetime`)} as at
      from ${db.sql(table === 'visit' ? 'visit_occurrence' : 'visit_detail')}
      where ${db.sql(key)} = any(${ids}::bigint[]) order by array_position(${ids}::bigint[], ${db.sql(key)})`;
    return rows.map((row) => [row.end, row.at]);
  };
  const MOVED = ['2024-06-01', '2024-06-01 00:00:00'];
  const EARLIER = ['2024-05-01', '2024-05-01 10:00:00'];

  test('is moved where it is of this connection and ended earlier, and touches its person', async () => {
    const [here, there] = [await newSite(db.sql, 'here'), await newSite(db.sql, 'there')];
    const ids: number[] = [];
    for (const [of, values] of [
      [here, STILL],
      [here, { ...STILL, visit_end_date: '2024-05-31', visit_end_datetime: null }],
      [here, { ...STILL, visit_end_date: '2024-06-01' }],
      [here, { ...STILL, visit_end_date: '2024-06-02' }],
      [here, { ...STILL, discharged_to_source_value: '30' }],
      [here, { discharged_to_concept_id: 8536 }],
      [here, {}],
      [there, STILL],
    ] as const) {
      const person = await newPerson(db.sql, of);
      const id = await newResource(db.sql, of, 'Encounter');
      ids.push(id);
      await insert(db.sql, 'visit_occurrence', {
        ...{ visit_occurrence_id: id, person_id: person, visit_start_date: '2024-04-01' },
        ...{ visit_end_date: '2024-05-01', visit_end_datetime: '2024-05-01 10:00:00', ...values },
      });
    }
    expect((await derive(here)).persons).toBe(2);
    expect(await ends('visit', ...ids)).toEqual([
      MOVED,
      MOVED,
      ['2024-06-01', '2024-05-01 10:00:00'],
      ['2024-06-02', '2024-05-01 10:00:00'],
      EARLIER,
      EARLIER,
      EARLIER,
      EARLIER,
    ]);
  });

  test('takes along the ward that ended with it and that nobody left', async () => {
    const of = await newSite(db.sql, 'wards');
    const person = await newPerson(db.sql, of);
    const visits: number[] = [];
    for (const values of [STILL, {}]) {
      visits.push(await newResource(db.sql, of, 'Encounter'));
      await insert(db.sql, 'visit_occurrence', {
        ...{ visit_occurrence_id: visits.at(-1) ?? 0, person_id: person, visit_start_date: '2024-04-01' },
        ...{ visit_end_date: '2024-05-01', visit_end_datetime: '2024-05-01 10:00:00', ...values },
      });
    }
    const [stay = 0, over = 0] = visits;
    const wards: number[] = [];
    for (const values of [
      { visit_occurrence_id: stay },
      { visit_occurrence_id: stay, visit_detail_end_datetime: '2024-05-01 09:59:59' },
      { visit_occurrence_id: stay, discharged_to_concept_id: 8536 },
      { visit_occurrence_id: over },
    ]) {
      wards.push(stay * 1000 + wards.length + 1);
      await insert(db.sql, 'visit_detail', {
        ...{ visit_detail_id: wards.at(-1) ?? 0, person_id: person, visit_detail_start_date: '2024-04-01' },
        ...{
          visit_detail_end_date: '2024-05-01',
          visit_detail_end_datetime: '2024-05-01 10:00:00',
          ...values,
        },
      });
    }
    await derive(of);
    expect(await ends('visit_detail', ...wards)).toEqual([
      MOVED,
      ['2024-05-01', '2024-05-01 09:59:59'],
      EARLIER,
      EARLIER,
    ]);
  });

  test('may be part of another one, and then touches its person as well', async () => {
    const [here, there] = [await newSite(db.sql, 'parts-here'), await newSite(db.sql, 'parts-there')];
    const ids: number[] = [];
    for (const [of, values] of [
      [here, STILL],
      [here, { ...STILL, visit_detail_end_date: '2024-06-01' }],
      [here, { ...STILL, discharged_to_source_value: '30' }],
      [here, { discharged_to_concept_id: 8536 }],
      [here, {}],
      [there, STILL],
    ] as const) {
      const person = await newPerson(db.sql, of);
      const id = (await newResource(db.sql, of, 'Encounter')) * 1000;
      ids.push(id);
      await insert(db.sql, 'visit_detail', {
        ...{ visit_detail_id: id, person_id: person, visit_occurrence_id: 1 },
        ...{ visit_detail_start_date: '2024-04-01', visit_detail_end_date: '2024-05-01' },
        ...{ visit_detail_end_datetime: '2024-05-01 10:00:00', ...values },
      });
    }
    expect((await derive(here)).persons).toBe(1);
    expect(await ends('visit_detail', ...ids)).toEqual([
      MOVED,
      ['2024-06-01', '2024-05-01 10:00:00'],
      EARLIER,
      EARLIER,
      EARLIER,
      EARLIER,
    ]);
  });
});

describe('an observation that a Patient gives', () => {
  async function daysOf(born: Record<string, number>, visits: readonly string[]) {
    const person = await newPerson(db.sql, site, born);
    const other = await newPerson(db.sql, site);
    for (const day of visits) {
      await insert(db.sql, 'visit_occurrence', {
        ...{ person_id: person, visit_start_date: day, visit_end_date: '2024-12-31' },
      });
    }
    await insert(db.sql, 'visit_occurrence', {
      ...{ person_id: other, visit_start_date: '2024-05-31', visit_end_date: '2024-05-31' },
    });
    // The first and the last row of the Patient, what is not the Patient's, and one that has become another person's.
    const rows = [
      [person * 1000, person],
      [person * 1000 + 998, person],
      [person * 1000 - 1, person],
      [(person + 1) * 1000, person],
      [person * 1000 + 999, other],
    ];
    for (const [observation_id = 0, of = 0] of rows) {
      await insert(db.sql, 'observation', { observation_id, person_id: of, observation_date: '2020-02-02' });
    }
    await derived(person);
    const found = await db.sql<{ day: string; at: string | null }[]>`
      select observation_date as day, observation_datetime as at from observation
      where observation_id = any(${rows.map(([id = 0]) => id)}::bigint[])
      order by array_position(${rows.map(([id = 0]) => id)}::bigint[], observation_id)`;
    return found.map((row) => [row.day, row.at]);
  }
  const KEPT = ['2020-02-02', null];

  test('is dated at the start of the latest visit up to the data pull', async () => {
    const day = ['2024-06-01', '2024-06-01 00:00:00'];
    expect(await daysOf({}, ['2024-06-01', '2024-06-02', '2024-01-01'])).toEqual([
      day,
      day,
      KEPT,
      KEPT,
      KEPT,
    ]);
  });

  test('is dated at birth where there is no visit yet', async () => {
    const day = ['1960-05-04', '1960-05-04 00:00:00'];
    const born = { month_of_birth: 5, day_of_birth: 4 };
    expect(await daysOf(born, ['2024-06-02'])).toEqual([day, day, KEPT, KEPT, KEPT]);
  });
});
