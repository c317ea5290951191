/**
 * Plays a researcher who wants to know by how many days patients were moved. They know the days of all extracts, how EHRs
 * and this program write dates that are not known, and read all of the copy. The patients have all of that on them.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seal } from '../../jobs/connection/secrets.ts';
import { HORIZON } from '../../jobs/deid/as-of.ts';
import { refreshCopy } from '../../jobs/deid/copy.ts';
import { COPIED, treatmentsOf } from '../../jobs/deid/decisions.ts';
import type { Resource } from '../../jobs/map/types.ts';
import { condition, encounter, medication, observation, patient, prescription, to } from '../world/record.ts';
import { openTestWorld } from '../world/world.ts';
import { daysOfPersons } from './days.ts';

// The same days at each run of the test.
let now = Date.parse('2026-06-10T09:00:00Z');
const clock = Object.assign(() => new Date(now), {
  advance(seconds: number) {
    now += seconds * 1000;
  },
});
const world = await openTestWorld({ clock });
const { sql, deps } = world;
afterAll(() => world.close());

const DAY = 86_400_000;
const iso = (time: number) => new Date(time).toISOString().slice(0, 10);
const time = (date: unknown) => Date.parse(`${String(date).slice(0, 10)}T00:00:00Z`);
const INPATIENT = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' };

/** Patients who are followed until the day of the extract, `today`, and beyond the cut of the copy. */
function followed(n: number, today: string): Resource[] {
  const id = `followed-${n}`;
  const ago = (days: number) => iso(time(today) - days * DAY);
  const often = Array.from({ length: 60 }, (_, week) => week * 7);
  return [
    patient(id, { birthDate: n % 2 === 0 ? '1960' : '1960-07-21' }),
    encounter(`${id}-stay`, id, {
      ...{ class: INPATIENT, status: 'in-progress', period: { start: `${ago(400)}T08:00:00Z` } },
    }),
    encounter(`${id}-part`, id, {
      ...{ class: INPATIENT, status: 'in-progress', period: { start: `${ago(399)}T08:00:00Z` } },
      partOf: to('Encounter', `${id}-stay`),
    }),
    ...often.map((days) =>
      observation(`${id}-o${days}`, id, { effectiveDateTime: `${ago(days)}T06:00:00Z` }),
    ),
    ...often.map((days) => condition(`${id}-c${days}`, id, { onsetDateTime: ago(days) })),
    ...often.map((days) => prescription(`${id}-d${days}`, id, 'pill', { authoredOn: ago(days) })),
    ...['2008', '2009', '2011', '2013', '2016', '2012-03', '2014-08', '2015-05', '2017-11'].map((onset) =>
      condition(`${id}-v${onset}`, id, { onsetDateTime: onset }),
    ),
    observation(`${id}-default`, id, { effectiveDateTime: '1900-01-01' }),
    ...(n % 3 === 0 ? [] : [cover(`${id}-cover`, id, '2015-02-03')]),
  ];
}

const cover = (id: string, person: string, start: string): Resource => ({
  ...{ resourceType: 'Coverage', id, status: 'active', beneficiary: to('Patient', person) },
  ...{ period: { start }, payor: [{ display: 'Payer' }] },
});

const race = {
  url: 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race',
  extension: ['2106-3', '2028-9'].map((code) => ({
    ...{ url: 'ombCategory', valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code } },
  })),
};

const PERSONS = 9;
let first = '';
let last = '';

beforeAll(async () => {
  const place = { table: 'deid_secret', column: 'secret_sealed', connection: 0 } as const;
  const secret = await seal(deps.keyring, place, Buffer.alloc(32, 7).toString('base64'));
  await sql`insert into deid_secret (secret_sealed) values (${secret})`;
  const site = await world.site({ config: { retention: { chunks_days: 'keep' } } });
  first = iso(clock().getTime());
  const longLater = iso(clock().getTime() + 400 * DAY);
  site.ehr.load([
    medication('pill'),
    ...Array.from({ length: PERSONS }, (_, n) => followed(n, longLater)).flat(),
    // Both have covers from the first extract on that no later one touches.
    patient('covered'),
    encounter('covered-visit', 'covered', { period: { start: '2020-05-06T10:00:00Z' } }),
    cover('covered-cover', 'covered', '2019-04-05'),
    patient('only-born', { birthDate: '1950', extension: [race] }),
    ...['2001', '2002', '2003'].map((year) =>
      patient(`died-${year}`, { birthDate: '1930-05-05', deceasedDateTime: year }),
    ),
    patient('infant', { birthDate: iso(time(longLater) - 20 * DAY) }),
    patient('newcomer'),
    encounter('newcomer-visit', 'newcomer', {
      period: { start: `${iso(time(longLater) - 3 * DAY)}T10:00:00Z` },
    }),
  ]);
  await site.sync();
  clock.advance((400 * DAY) / 1000);
  site.ehr.put(observation('later', 'covered', { effectiveDateTime: '2020-05-06T11:00:00Z' }));
  await site.sync();
  last = iso(clock().getTime());
  expect(last).toBe(longLater);
  await refreshCopy(deps);
});

interface Cell {
  readonly person: number;
  readonly table: string;
  readonly column: string;
  readonly date: string;
  readonly isVague: boolean;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Every date of the copy. */
async function cells(): Promise<Cell[]> {
  const all: Cell[] = [];
  for (const table of Object.keys(COPIED)) {
    const treatments = treatmentsOf(table);
    if (!treatments.has('person_id')) continue;
    const rows = await sql<Record<string, unknown>[]>`select * from ${sql(`cdm_deid.${table}`)}`;
    for (const row of rows) {
      for (const [column, how] of treatments) {
        const value = row[column];
        if ((how !== 'date' && how !== 'moment') || value === null || value === undefined) continue;
        const at = row[column.replace(/date$/, 'datetime')];
        const isVague = at === undefined || at === null || / 00:00:00$/.test(String(at));
        all.push({
          person: Number(row['person_id']),
          table,
          column,
          date: String(value).slice(0, 10),
          isVague,
          row,
        });
      }
    }
  }
  return all;
}

type Attack = (cells: readonly Cell[]) => readonly number[];

const latest = (found: readonly Cell[]) => Math.max(...found.map(({ date }) => time(date)));
const knownDays = () => [first, last].map(time);
const since = (moment: number) => knownDays().map((known) => (moment - known) / DAY);
const endOf =
  (table: string, column: string, counts: (row: Cell['row']) => boolean = () => true): Attack =>
  (found) => {
    const ends = found.filter((cell) => cell.table === table && cell.column === column && counts(cell.row));
    return ends.length === 0 ? [] : since(latest(ends));
  };

/** What each looks at, and by how many days it then says that the person was moved. */
const ATTACKS: Readonly<Record<string, Attack>> = {
  'the period of somebody who is followed ends on the day': endOf(
    'observation_period',
    'observation_period_end_date',
  ),
  'a stay that goes on ends on the day': endOf(
    ...(['visit_occurrence', 'visit_end_date'] as const),
    (row) => row['discharged_to_concept_id'] === 32220,
  ),
  'a part of a stay that goes on ends on the day': endOf('visit_detail', 'visit_detail_end_date'),
  'a cover that goes on ends on a day of an extract': endOf(
    'payer_plan_period',
    'payer_plan_period_end_date',
  ),
  'an era of what goes on ends on the day': (found) =>
    ['condition_era', 'drug_era', 'dose_era'].flatMap((table) => endOf(table, `${table}_end_date`)(found)),
  'the last of all is of the day': (found) => since(latest(found)),
  'the last row of each table is of the day': (found) =>
    Object.keys(COPIED).flatMap((table) => {
      const own = found.filter((cell) => cell.table === table);
      return own.length === 0 ? [] : since(latest(own));
    }),
  'the first of all was written for want of a date': (found) => {
    const earliest = Math.min(...found.map(({ date }) => time(date)));
    return ['1900-01-01', '1899-12-31', '1970-01-01'].map((day) => (earliest - time(day)) / DAY);
  },
  'a day of the year that comes back is the first of January': (found) => {
    const years = new Map<string, Set<string>>();
    for (const { date, isVague } of found) {
      if (isVague) years.set(date.slice(5), (years.get(date.slice(5)) ?? new Set()).add(date.slice(0, 4)));
    }
    return [...years]
      .filter(([, seen]) => seen.size >= 3)
      .flatMap(([day]) =>
        ['2015', '2016'].map((year) => (time(`${year}-${day}`) - time(`${year}-01-01`)) / DAY - 365),
      );
  },
  'dates without a time are first days of months': (found) => {
    const vague = [...new Set(found.filter((cell) => cell.isVague).map(({ date }) => time(date)))];
    const score = (days: number) => vague.filter((moment) => iso(moment - days * DAY).endsWith('-01')).length;
    const days = Array.from({ length: 729 }, (_, n) => n - 364).filter((one) => one !== 0);
    const best = Math.max(...days.map(score));
    return best >= 6 ? days.filter((one) => score(one) === best) : [];
  },
  'a birth or a death is the first or last day of its year': (found) =>
    found
      .filter(({ table, isVague }) => table === 'death' || (table === 'observation' && isVague))
      .flatMap(({ date }) =>
        [`${date.slice(0, 4)}-01-01`, `${date.slice(0, 4)}-12-31`].map(
          (day) => (time(date) - time(day)) / DAY,
        ),
      )
      .flatMap((days) => [days, days - 365, days + 365]),
};

it('finds the days of nobody', async () => {
  const [found, days] = [await cells(), await daysOfPersons(world)];
  const persons = [...new Set(found.map(({ person }) => person))];
  expect(persons.length).toBeGreaterThan(PERSONS);
  expect(new Set(persons.map((person) => days.get(person))).size).toBeGreaterThan(PERSONS);
  const won = Object.entries(ATTACKS).map(([name, attack]) => {
    const hits = persons.filter((person) =>
      attack(found.filter((cell) => cell.person === person)).includes(days.get(person) ?? 0),
    );
    return [name, hits.length];
  });
  expect(won).toEqual(Object.keys(ATTACKS).map((name) => [name, 0]));
});

const cutOn = () => iso(time(last) - HORIZON * DAY);

it('sees all records that go on end on the same day, which nothing lies after', async () => {
  const found = await cells();
  expect(found.map(({ date }) => date).filter((date) => date > cutOn())).toEqual([]);
  const [ends] = await sql`
    select
      (select array_agg(distinct visit_end_date::text || ' ' || discharged_to_concept_id) from cdm_deid.visit_occurrence
        where visit_concept_id = 9201) as stays,
      (select array_agg(distinct payer_plan_period_end_date::text) from cdm_deid.payer_plan_period) as covers,
      (select count(*)::int from cdm_deid.payer_plan_period) as covered,
      (select array_agg(distinct d) from (select max(observation_period_end_date)::text as d
        from cdm_deid.observation_period o where exists (select from cdm_deid.drug_exposure x where x.person_id = o.person_id)
        group by person_id) p) as periods`;
  expect(ends).toEqual({ stays: [`${cutOn()} 32220`], covers: [cutOn()], covered: 7, periods: [cutOn()] });
});

it('finds no end and no number in what is derived that tells of what was cut off', async () => {
  const wrong = await sql`
    select e.person_id from cdm_deid.condition_era e
    where condition_occurrence_count <> (
      select count(*) from cdm_deid.condition_occurrence c
      where c.person_id = e.person_id and c.condition_concept_id = e.condition_concept_id
        and c.condition_start_date between e.condition_era_start_date and e.condition_era_end_date)
    union all
    select e.person_id from cdm_deid.drug_era e
    where drug_exposure_count <> (
      select count(*) from cdm_deid.drug_exposure d
      where d.person_id = e.person_id and d.drug_exposure_start_date between e.drug_era_start_date and e.drug_era_end_date)`;
  expect(wrong).toEqual([]);
  const [eras] = await sql`
    select (select count(*)::int from cdm_deid.drug_era) as drugs, (select count(*)::int from cdm_deid.condition_era) as conditions`;
  expect(eras?.['drugs']).toBe(PERSONS);
  expect(eras?.['conditions']).toBeGreaterThan(PERSONS);
});

it('does not meet who was born or came after the day of the cut', async () => {
  const [persons] = await sql<{ cdm: number; deid: number }[]>`
    select (select count(*)::int from cdm.person) as cdm, (select count(*)::int from cdm_deid.person) as deid`;
  expect((persons?.cdm ?? 0) - (persons?.deid ?? 0)).toBe(2);
});

it('leaves no view behind that stands for a table', async () => {
  expect(await sql`select relname from pg_class where relkind = 'v' and relpersistence = 't'`).toEqual([]);
});
