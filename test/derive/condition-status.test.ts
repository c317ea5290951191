/** What Encounters say that a Condition was: sql/derive/condition-status.sql. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deriveInTx } from '../../jobs/derive/derive.ts';
import type { Tx } from '../../sql/connect.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { insert, newPerson, newResource, newSite, type Site, touch } from './chart.ts';

const PRIMARY = 32902;
const DISCHARGE = 32896;
const ADMISSION = 32890;
const SECONDARY = 32908;
const PRELIMINARY = 32899;
/** What Conditions say themselves. */
const OWN = 32893;

let db: TestDatabase;
let site: Site;
beforeAll(async () => {
  db = await newDatabase();
  site = await newSite(db.sql, 'north');
});
afterAll(() => db.drop());

async function derived(...persons: number[]): Promise<void> {
  await touch(db.sql, site, ...persons);
  await db.sql.begin((tx) =>
    deriveInTx(tx as Tx, { connectionId: site.connectionId, pulledOn: '2024-06-01' }),
  );
}

const STAY = { visit_start_date: '2024-01-01', visit_end_date: '2024-01-02' };

async function newVisit(person: number): Promise<number> {
  const key = await newResource(db.sql, site, 'Encounter');
  await insert(db.sql, 'visit_occurrence', { visit_occurrence_id: key, person_id: person, ...STAY });
  return key;
}

/** A Condition with two rows, the first and the last that a resource can have, or with these. */
async function newCondition(
  person: number,
  id: string,
  own: number | null = OWN,
  rows: readonly number[] = [0, 999],
): Promise<number> {
  const key = await newResource(db.sql, site, 'Condition', { id });
  for (const row of rows.map((n) => key * 1000 + n)) {
    await insert(db.sql, 'condition_occurrence', {
      ...{ condition_occurrence_id: row, person_id: person, condition_start_date: '2024-01-01' },
      condition_status_concept_id: own,
    });
  }
  return key;
}

async function says(encounter: number, ...roles: (readonly [condition: string, status: number])[]) {
  await db.sql`delete from diagnosis_role where resource_key = ${encounter}`;
  for (const [condition_id, status_concept_id] of roles) {
    const role = { resource_key: encounter, connection_id: site.connectionId };
    await db.sql`insert into diagnosis_role ${db.sql({ ...role, condition_id, status_concept_id })}`;
  }
}

/** Of all rows of these Conditions. */
async function statuses(...keys: number[]): Promise<(number | null)[][]> {
  const found = [];
  for (const key of keys) {
    const rows = await db.sql<{ status: number | null }[]>`
      select condition_status_concept_id as status from condition_occurrence
      where condition_occurrence_id / 1000 = ${key} order by condition_occurrence_id`;
    found.push(rows.map((row) => row.status));
  }
  return found;
}

test('all rows of a Condition take the role, those of its neighbours do not', async () => {
  const person = await newPerson(db.sql, site);
  const visit = await newVisit(person);
  const keys = [
    await newCondition(person, 'before'),
    await newCondition(person, 'named'),
    await newCondition(person, 'after'),
  ];
  await says(visit, ['named', PRIMARY]);
  await derived(person);
  expect(await statuses(...keys)).toEqual([
    [OWN, OWN],
    [PRIMARY, PRIMARY],
    [OWN, OWN],
  ]);
  const kept = await db.sql<{ resource_key: number }[]>`select resource_key from condition_own_status`;
  expect(kept.map((row) => row.resource_key)).toEqual([keys[1]]);
});

test('where Encounters disagree the primary one comes first, then discharge, admission, secondary, others', async () => {
  const person = await newPerson(db.sql, site);
  const [one, other] = [await newVisit(person), await newVisit(person)];
  const order = [PRIMARY, DISCHARGE, ADMISSION, SECONDARY, PRELIMINARY];
  const keys: number[] = [];
  const [first, second]: [string, number][][] = [[], []];
  for (const [n, stronger] of order.slice(0, -1).entries()) {
    keys.push(await newCondition(person, `contested ${n}`));
    // Each of the two says the stronger one in turn.
    (n % 2 === 0 ? first : second)?.push([`contested ${n}`, stronger]);
    (n % 2 === 0 ? second : first)?.push([`contested ${n}`, order[n + 1] ?? 0]);
  }
  await says(one, ...(first ?? []));
  await says(other, ...(second ?? []));
  await derived(person);
  expect(await statuses(...keys)).toEqual(order.slice(0, -1).map((status) => [status, status]));
});

test('an Encounter that is part of another one speaks too, and none for another Patient', async () => {
  const [person, other] = [await newPerson(db.sql, site), await newPerson(db.sql, site)];
  const visit = await newVisit(person);
  const part = await newResource(db.sql, site, 'Encounter');
  await insert(db.sql, 'visit_detail', {
    ...{ visit_detail_id: part * 1000, person_id: person, visit_occurrence_id: visit },
    ...{ visit_detail_start_date: '2024-01-01', visit_detail_end_date: '2024-01-02' },
  });
  const keys = [await newCondition(person, 'in the ward'), await newCondition(other, 'of another')];
  await says(part, ['in the ward', ADMISSION], ['of another', PRIMARY]);
  await derived(person, other);
  expect(await statuses(...keys)).toEqual([
    [ADMISSION, ADMISSION],
    [OWN, OWN],
  ]);
});

test('what the Condition says itself comes back when the role goes, of those who are derived', async () => {
  const persons = [await newPerson(db.sql, site), await newPerson(db.sql, site)];
  const keys: number[] = [];
  const visits: number[] = [];
  for (const [n, person] of persons.entries()) {
    visits.push(await newVisit(person));
    keys.push(await newCondition(person, `mine ${n}`), await newCondition(person, `silent ${n}`, null));
    await says(visits[n] ?? 0, [`mine ${n}`, PRIMARY], [`silent ${n}`, SECONDARY]);
  }
  await derived(...persons);
  const named = [
    [PRIMARY, PRIMARY],
    [SECONDARY, SECONDARY],
  ];
  expect(await statuses(...keys)).toEqual([...named, ...named]);

  // Another role does not become the Condition's own word.
  await says(visits[0] ?? 0, ['mine 0', DISCHARGE], ['silent 0', SECONDARY]);
  await derived(persons[0] ?? 0);
  expect(await statuses(...keys)).toEqual([[DISCHARGE, DISCHARGE], [SECONDARY, SECONDARY], ...named]);

  await says(visits[0] ?? 0, ['silent 0', SECONDARY]);
  await says(visits[1] ?? 0);
  await derived(persons[0] ?? 0);
  expect(await statuses(...keys)).toEqual([[OWN, OWN], [SECONDARY, SECONDARY], ...named]);

  await says(visits[0] ?? 0);
  await derived(...persons);
  expect(await statuses(...keys)).toEqual([
    [OWN, OWN],
    [null, null],
    [OWN, OWN],
    [null, null],
  ]);
  const left = await db.sql`select 1 from condition_own_status where resource_key = any(${keys}::bigint[])`;
  expect(left).toHaveLength(0);
});

test('what the Condition says itself comes back when it has become that of another person', async () => {
  const [person, other] = [await newPerson(db.sql, site), await newPerson(db.sql, site)];
  const visit = await newVisit(person);
  const [stays, moves] = [await newCondition(person, 'stays'), await newCondition(person, 'moves')];
  await says(visit, ['stays', PRIMARY], ['moves', PRIMARY]);
  await derived(person, other);
  await db.sql`
    update condition_occurrence set person_id = ${other} where condition_occurrence_id / 1000 = ${moves}`;
  await derived(person, other);
  expect(await statuses(stays, moves)).toEqual([
    [PRIMARY, PRIMARY],
    [OWN, OWN],
  ]);
});

test('each Condition gets back what it says itself, not what its neighbour says, be its row the only one', async () => {
  const person = await newPerson(db.sql, site);
  const visit = await newVisit(person);
  const own = [PRELIMINARY, OWN, ADMISSION];
  const keys: number[] = [];
  for (const [n, status] of own.entries()) {
    keys.push(await newCondition(person, `neighbour ${n}`, status, [0]));
  }
  await says(visit, ...own.map((_, n) => [`neighbour ${n}`, PRIMARY] as const));
  await derived(person);
  expect(await statuses(...keys)).toEqual([[PRIMARY], [PRIMARY], [PRIMARY]]);
  await says(visit);
  await derived(person);
  expect(await statuses(...keys)).toEqual(own.map((status) => [status]));
});

test("the code that a status comes from is the role's, the Condition's own where the role has none, and comes back", async () => {
  const person = await newPerson(db.sql, site);
  const [visit, other] = [await newVisit(person), await newVisit(person)];
  const keys = [
    await newCondition(person, 'coded', OWN, [0]),
    await newCondition(person, 'uncoded', OWN, [0]),
    await newCondition(person, 'twice', OWN, [0]),
  ];
  await db.sql`
    update condition_occurrence set condition_status_source_value = 'own ' || condition_occurrence_id / 1000
    where person_id = ${person}`;
  const role = (resource_key: number, condition_id: string, source_value: string | null) => ({
    ...{ resource_key, connection_id: site.connectionId, condition_id },
    ...{ status_concept_id: PRIMARY, source_value },
  });
  await db.sql`insert into diagnosis_role ${db.sql([
    role(visit, 'coded', 'CC'),
    role(visit, 'uncoded', null),
    // Of two with the same status it is always the same one.
    role(visit, 'twice', 'b'),
    role(other, 'twice', 'a'),
  ])}`;
  const codes = async () =>
    await db.sql<{ status: number; code: string }[]>`
      select condition_status_concept_id as status, condition_status_source_value as code from condition_occurrence
      where person_id = ${person} order by condition_occurrence_id`;
  await derived(person);
  const named = ['CC', `own ${keys[1]}`, 'a'].map((code) => ({ status: PRIMARY, code }));
  expect(await codes()).toEqual(named);
  await derived(person);
  expect(await codes()).toEqual(named);
  await says(visit);
  await says(other);
  await derived(person);
  expect(await codes()).toEqual(keys.map((key) => ({ status: OWN, code: `own ${key}` })));
});
