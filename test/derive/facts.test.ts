/** What resources are of each other, between the rows of both: sql/derive/facts.sql. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deriveInTx } from '../../jobs/derive/derive.ts';
import type { Tx } from '../../sql/connect.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { insert, newPerson, newResource, newSite, type Site, touch } from './chart.ts';

const CONTAINS = 46233678;
const CONTAINED = 46233679;

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

type Fact = readonly [domain: number, id: number, relationship: number, domain: number, id: number];

async function facts(): Promise<Fact[]> {
  const rows = await db.sql<{ fact: Fact }[]>`
    select jsonb_build_array(domain_concept_id_1, fact_id_1, relationship_concept_id, domain_concept_id_2, fact_id_2)
      as fact
    from fact_relationship order by 1`;
  return rows.map((row) => row.fact);
}

const both = ([a, m, b, n]: readonly [number, number, number, number]): Fact[] => [
  [a, m, CONTAINS, b, n],
  [b, n, CONTAINED, a, m],
];

/** As jsonb sorts arrays of one length: number by number. */
const sorted = (all: readonly Fact[]) =>
  [...all].sort((a, b) => {
    const n = a.findIndex((value, at) => value !== b[at]);
    return n < 0 ? 0 : (a[n] ?? 0) - (b[n] ?? 0);
  });

async function linked(source: number, person: number, target: string, more = {}): Promise<void> {
  const link = {
    ...{ resource_key: source, connection_id: site.connectionId, person_id: person },
    ...{ relationship_concept_id: CONTAINS, reverse_concept_id: CONTAINED },
    ...{ target_type: 'Observation', target_id: target, ...more },
  };
  await db.sql`insert into resource_link ${db.sql(link)}`;
}

const measured = (person: number, ...ids: number[]) =>
  insert(
    db.sql,
    'measurement',
    ...ids.map((id) => ({ person_id: person, measurement_id: id, measurement_date: '2024-01-01' })),
  );

const clean = async () => {
  await db.sql`truncate fact_relationship, written_fact`;
};

test('rows of every domain are related to those of another resource, each to each, and back', async () => {
  await clean();
  const person = await newPerson(db.sql, site);
  const tables = {
    condition_occurrence: [19, { condition_start_date: '2024-01-01' }],
    drug_exposure: [13, { drug_exposure_start_date: '2024-01-01', drug_exposure_end_date: '2024-01-01' }],
    procedure_occurrence: [10, { procedure_date: '2024-01-01' }],
    device_exposure: [17, { device_exposure_start_date: '2024-01-01' }],
    measurement: [21, { measurement_date: '2024-01-01' }],
    observation: [27, { observation_date: '2024-01-01' }],
    specimen: [36, { specimen_date: '2024-01-01' }],
  } as const;
  const expected: Fact[] = [];
  for (const [table, [domain, row]] of Object.entries(tables)) {
    // One after the other, so that their ids are neighbours.
    const source = await newResource(db.sql, site, 'Observation');
    await newResource(db.sql, site, 'Observation');
    const target = await newResource(db.sql, site, 'Observation', { id: `target of ${table}` });
    await newResource(db.sql, site, 'Observation');
    const own = [source * 1000, source * 1000 + 999];
    for (const id of [...own, source * 1000 - 1, (source + 1) * 1000]) {
      await insert(db.sql, table, { person_id: person, [`${table}_id`]: id, ...row });
    }
    await measured(person, target * 1000, target * 1000 + 999, (target + 1) * 1000);
    await linked(source, person, `target of ${table}`);
    for (const id of own) {
      for (const at of [0, 999]) expected.push(...both([domain, id, 21, target * 1000 + at]));
    }
  }
  await derived(person);
  expect(await facts()).toEqual(sorted(expected));
});

test('a resource that is both a part and a whole is related once each way', async () => {
  await clean();
  const person = await newPerson(db.sql, site);
  const [top, middle, low] = [
    await newResource(db.sql, site, 'Observation', { id: 'top' }),
    await newResource(db.sql, site, 'Observation', { id: 'middle' }),
    await newResource(db.sql, site, 'Observation', { id: 'low' }),
  ];
  await measured(person, top * 1000, middle * 1000, low * 1000);
  await linked(top, person, 'middle');
  await linked(middle, person, 'low');
  // The part says the same of the whole.
  const reverse = { relationship_concept_id: CONTAINED, reverse_concept_id: CONTAINS };
  await linked(middle, person, 'top', reverse);
  await derived(person);
  expect(await facts()).toEqual(
    sorted([...both([21, top * 1000, 21, middle * 1000]), ...both([21, middle * 1000, 21, low * 1000])]),
  );
});

test('nothing is related to itself, to what is not loaded, of another type or connection, or of another person', async () => {
  await clean();
  const person = await newPerson(db.sql, site);
  const other = await newPerson(db.sql, site);
  const elsewhere = await newSite(db.sql, 'elsewhere');
  const self = await newResource(db.sql, site, 'Observation', { id: 'self' });
  const parked = await newResource(db.sql, site, 'Observation', { id: 'parked', outcome: 'parked' });
  const procedure = await newResource(db.sql, site, 'Procedure', { id: 'procedure' });
  const foreign = await newResource(db.sql, elsewhere, 'Observation', { id: 'foreign' });
  const theirs = await newResource(db.sql, site, 'Observation', { id: 'theirs' });
  await measured(person, self * 1000, parked * 1000, procedure * 1000, foreign * 1000);
  await measured(other, theirs * 1000);
  for (const id of ['self', 'parked', 'procedure', 'foreign', 'theirs', 'never sent']) {
    await linked(self, person, id);
  }
  await derived(person, other);
  expect(await facts()).toEqual([]);
});

test('a link whose resource has become that of another person relates nothing', async () => {
  await clean();
  const person = await newPerson(db.sql, site);
  const other = await newPerson(db.sql, site);
  const source = await newResource(db.sql, site, 'Observation');
  const target = await newResource(db.sql, site, 'Observation', { id: 'stays' });
  await measured(other, source * 1000);
  await measured(person, target * 1000);
  await linked(source, person, 'stays');
  await derived(person, other);
  expect(await facts()).toEqual([]);
});

test('facts of others stay: of persons whom nobody touched, and those that an existing CDM held', async () => {
  await clean();
  const [person, other] = [await newPerson(db.sql, site), await newPerson(db.sql, site)];
  const ids: number[] = [];
  for (const [n, of] of [person, other].entries()) {
    const source = await newResource(db.sql, site, 'Observation');
    const target = await newResource(db.sql, site, 'Observation', { id: `part ${n}` });
    await measured(of, source * 1000, target * 1000);
    await linked(source, of, `part ${n}`);
    ids.push(source * 1000, target * 1000);
  }
  await derived(person, other);
  const [a = 0, b = 0, c = 0, d = 0] = ids;
  const ours = both([21, a, 21, b]);
  const theirs = both([21, c, 21, d]);
  expect(await facts()).toEqual(sorted([...ours, ...theirs]));

  const held: Fact[] = [
    [27, a, CONTAINS, 21, b],
    [21, 1, CONTAINS, 21, b],
    [21, a, CONTAINED, 21, b],
    [21, a, CONTAINS, 27, b],
    [21, a, CONTAINS, 21, 1],
  ];
  for (const [domain1, id1, relationship, domain2, id2] of held) {
    await db.sql`
      insert into fact_relationship (domain_concept_id_1, fact_id_1, domain_concept_id_2, fact_id_2,
        relationship_concept_id)
      values (${domain1}, ${id1}, ${domain2}, ${id2}, ${relationship})`;
  }
  await db.sql`delete from resource_link where person_id in (${person}, ${other})`;
  await derived(person);
  expect(await facts()).toEqual(sorted([...theirs, ...held]));
  const written = await db.sql<{ person_id: number }[]>`select person_id from written_fact`;
  expect(written.map((row) => row.person_id)).toEqual([other, other]);
});
