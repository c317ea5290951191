import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { groupOf } from '../../jobs/cohorts/group.ts';
import { type CohortOptions, importCohort } from '../../jobs/cohorts/import-cohort.ts';
import { openMembers } from '../../jobs/cohorts/read-members.ts';
import { commandLine } from '../../jobs/record/actor.ts';
import { newDatabase, type TestDatabase } from '../database.ts';
import { insert, newPerson, newSite } from '../derive/chart.ts';
import { folderOfTest } from '../folder-of-test.ts';

let db: TestDatabase;
let deps: Parameters<typeof importCohort>[0];
let north = 0;
let persons: number[] = [];
beforeAll(async () => {
  db = await newDatabase();
  deps = { sql: db.sql, clock: () => new Date('2026-01-02T03:04:05Z'), actor: commandLine('kim') };
  const site = await newSite(db.sql, 'north');
  north = site.connectionId;
  persons = [];
  for (const name of ['p-1', 'p-2', 'p-1'])
    persons.push(await newPerson(db.sql, site, { person_source_value: name }));
  await insert(db.sql, 'observation_period', {
    ...{ person_id: persons[0] ?? 0, observation_period_start_date: '2020-01-01' },
    ...{ observation_period_end_date: '2025-12-31', period_type_concept_id: 32817 },
  });
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.sql`delete from cohort`;
  await db.sql`delete from cohort_definition`;
});

const file = async (...lines: string[]) => {
  const path = join(await folderOfTest(), 'members.csv');
  await writeFile(path, lines.join('\n'));
  return await openMembers(path);
};
const HEADER = 'subject_id,cohort_start_date,cohort_end_date';
const options: CohortOptions = { id: 7, name: 'diabetes', apply: true, replace: false };
const rows = () => db.sql`select * from cohort order by subject_id, cohort_start_date`;

describe('a cohort from a file', () => {
  it('is checked first, and written when asked for', async () => {
    const [one = 0, two = 0] = persons;
    const lines = [HEADER, `${one},2021-01-01,2021-06-30`, `${two},2022-02-01,`];
    const checked = await importCohort(deps, await file(...lines), { ...options, apply: false });
    const found = { members: 2, persons: 2, outside_observation: 1, faults: 0, first_faults: [], there: 0 };
    expect(checked).toEqual({ cohort_definition_id: 7, ...found, written: false });
    expect(await rows()).toEqual([]);

    expect(await importCohort(deps, await file(...lines), options)).toMatchObject({
      ...found,
      written: true,
    });
    expect([...(await rows())]).toEqual([
      {
        ...{ cohort_definition_id: 7, subject_id: one },
        ...{ cohort_start_date: '2021-01-01', cohort_end_date: '2021-06-30' },
      },
      {
        ...{ cohort_definition_id: 7, subject_id: two },
        ...{ cohort_start_date: '2022-02-01', cohort_end_date: '2022-02-01' },
      },
    ]);
    expect(await db.sql`select cohort_definition_name as name from cohort_definition`).toEqual([
      { name: 'diabetes' },
    ]);
  });

  it('is written whole or not at all: each line that cannot be taken is named', async () => {
    const [one = 0] = persons;
    const report = await importCohort(
      deps,
      await file(
        HEADER,
        `${one},2021-01-01,2021-06-30`,
        '99999999999,2021-01-01,2021-06-30',
        'x); drop table person --,2021-01-01,2021-06-30',
        `${one},2021-02-30,2021-06-30`,
        `${one},2021-07-01,2021-06-30`,
        `${one},soon,`,
        `${one},2021-01-01,2021-06-30`,
        ',2021-01-01,',
        '99999999999999999999999999,2021-01-01,',
      ),
      options,
    );
    expect(report).toMatchObject({ faults: 8, written: false });
    expect(report.first_faults).toEqual([
      { line: 3, fault: 'not-a-person' },
      { line: 4, fault: 'not-a-person' },
      { line: 5, fault: 'not-a-date' },
      { line: 6, fault: 'ends-before-start' },
      { line: 7, fault: 'not-a-date' },
      { line: 8, fault: 'twice' },
      { line: 9, fault: 'not-a-person' },
      { line: 10, fault: 'not-a-person' },
    ]);
    expect(await rows()).toEqual([]);
  });

  it('finds persons by what the EHR calls them, unless two are called so', async () => {
    const header = 'person_source_value,cohort_start_date';
    const report = await importCohort(deps, await file(header, 'p-2,2021-01-01', 'p-1,2021-01-01'), options);
    expect(report).toMatchObject({ faults: 1, first_faults: [{ line: 3, fault: 'several-persons' }] });
    await importCohort(deps, await file(header, 'p-2,2021-01-01'), options);
    expect(await rows()).toMatchObject([{ subject_id: persons[1] }]);
  });

  it('takes the place of another only where that is said', async () => {
    const lines = [HEADER, `${persons[0]},2021-01-01,2021-06-30`];
    await importCohort(deps, await file(...lines), options);
    await expect(importCohort(deps, await file(...lines), options)).rejects.toMatchObject({
      code: 'cohort-exists',
    });
    const again = await importCohort(deps, await file(...lines), { ...options, replace: true });
    expect(again).toMatchObject({ there: 1, written: true });
    expect(await rows()).toHaveLength(1);
  });

  it('is recorded with what it writes, and only then', async () => {
    const lees = { ...deps, actor: commandLine('lee') };
    const recorded = () => db.sql`select action, details from audit_event where actor = 'cli:lee'`;
    const lines = [HEADER, `${persons[0]},2021-01-01,2021-06-30`];
    await importCohort(lees, await file(...lines), { ...options, apply: false });
    await importCohort(lees, await file(HEADER, '1,never,'), options);
    expect([...(await recorded())]).toEqual([]);

    // Where it cannot be recorded, it is not written.
    const unrecorded = { ...lees, clock: () => new Date(Number.NaN) };
    await expect(importCohort(unrecorded, await file(...lines), options)).rejects.toThrow();
    expect(await rows()).toEqual([]);

    await importCohort(lees, await file(...lines), options);
    expect([...(await recorded())]).toEqual([
      { action: 'cohort.import', details: { members: 1, persons: 1, replaced: 0 } },
    ]);
  });

  it('has columns by name', async () => {
    await expect(file('id,start', '1,2')).rejects.toMatchObject({ code: 'cohort-columns' });
    await expect(file('')).rejects.toMatchObject({ code: 'cohort-columns' });
    await expect(file('cohort_start_date,id', '1,2')).rejects.toThrow(
      'has 2 columns, of these names cohort_start_date',
    );
  });

  it('without a header is refused without a word of its first person', async () => {
    const error: unknown = await file('MRN-4711,2021-01-01,2021-06-30').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      ...{ code: 'cohort-columns', message: expect.stringContaining('has 3 columns, none of them') },
    });
    expect(String(error)).not.toMatch(/4711|2021/i);
  });
});

it('a cohort comes out of another schema', async () => {
  await db.sql.unsafe(`create schema results; create table results.cohort as table cohort;
    insert into results.cohort values (7, ${persons[0]}, '2021-01-01', '2021-06-30'), (8, 1, '2021-01-01', '2021-01-02')`);
  const report = await importCohort(deps, { schema: 'results' }, options);
  expect(report).toMatchObject({ members: 1, written: true });
  await expect(importCohort(deps, { schema: 'nowhere"' }, options)).rejects.toMatchObject({
    code: 'cohort-schema',
  });
});

it('a cohort goes out as a Group of the Patients of one connection', async () => {
  const south = await newSite(db.sql, 'south');
  const other = await newPerson(db.sql, south, {});
  const [one = 0] = persons;
  await importCohort(
    deps,
    await file(
      HEADER,
      `${one},2021-01-01,2021-06-30`,
      `${one},2023-01-01,2023-06-30`,
      `${other},2021-01-01,`,
    ),
    options,
  );
  const [patient] = await db.sql<
    { fhir_id: string }[]
  >`select fhir_id from resource where resource_key = ${one}`;
  const reference = `Patient/${patient?.fhir_id}`;
  expect(await groupOf(db.sql, { id: 7, connectionId: north })).toEqual({
    group: {
      ...{ resourceType: 'Group', type: 'person', actual: true, name: 'diabetes', quantity: 1 },
      member: [
        { entity: { reference }, period: { start: '2021-01-01', end: '2021-06-30' } },
        { entity: { reference }, period: { start: '2023-01-01', end: '2023-06-30' } },
      ],
    },
    elsewhere: 1,
  });
  await expect(groupOf(db.sql, { id: 9, connectionId: north })).rejects.toMatchObject({
    code: 'cohort-empty',
  });
});
